"""Integrals on a graphics card: who does what there, and with which memory.

No physics stands here: every formula, map, order and error rule is called from
``thermospin.kernels``, compiled for the card from the same functions.
"""

from thermospin.device.selection import (
    CPU,
    CUDA,
    DEVICES,
    Device,
    NoCardError,
    card_name,
    check_device,
    check_name,
    opened_card,
    spin_up_on_card,
)

__all__ = [
    "CPU",
    "CUDA",
    "DEVICES",
    "Device",
    "NoCardError",
    "card_name",
    "check_device",
    "check_name",
    "opened_card",
    "spin_up_on_card",
]
