"""The choice of a device, the processor or a graphics card, and whether it is there.

Nothing here imports the compiler for cards before a card is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from thermospin.device.card import Card

Device = Literal["cpu", "cuda"]
DEVICES: tuple[Device, ...] = get_args(Device)
CPU, CUDA = DEVICES
"""The processor, and an NVIDIA graphics card."""
_ONE_AT_A_TIME = Lock()


class NoCardError(OSError):
    """No graphics card can be used, or it failed; the message says why and what to do."""


def check_name(device: str) -> None:
    """Raise ValueError unless a device is one of ``DEVICES``."""
    if device not in DEVICES:
        raise ValueError(f"device must be among {', '.join(DEVICES)}, not {device!r}")


def check_device(device: str) -> None:
    """Raise an error unless integrals can be computed on a device.

    Parameters
    ----------
    device : str
        One of ``DEVICES``.

    Raises
    ------
    ValueError
        If there is no device of that name.
    ModuleNotFoundError
        If the compiler for cards is missing.
    NoCardError
        If there is no card, or its driver or compiler cannot be used.
    """
    check_name(device)
    if device == CUDA:
        opened_card()


def card_name() -> str:
    """Return the name of the card that is used and the version of its compiler.

    Raises
    ------
    ModuleNotFoundError, NoCardError
        As by `check_device`.
    """
    return opened_card().name


def spin_up_on_card(
    kind: int,
    voltage: NDArray[np.float64],
    row: NDArray[np.int64],
    table: NDArray[np.float64],
    rtol: float,
    found: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]],
) -> NDArray[np.int64]:
    """Write an integral of spin up between ideal leads at many points, computed on a card.

    Parameters
    ----------
    kind : int
        ``CURRENT`` or ``CONDUCTANCE`` of ``thermospin.kernels.kinds``.
    voltage, row, table, rtol
        As for ``thermospin.kernels.tunnelling.spin_up_values``.
    found : tuple of ndarray, shape (n,)
        Receives values, errors, and whether they are as accurate as asked.

    Returns
    -------
    ndarray of int
        The points that are left to the processor, about which nothing was written.

    Raises
    ------
    ModuleNotFoundError, NoCardError
        As by `check_device`.
    """
    card = opened_card()
    with _failures_told():
        return card.spin_up(kind, voltage, row, table, rtol, found)


def opened_card() -> Card:
    """Return the card that is used, found when it is first asked for.

    Raises
    ------
    ModuleNotFoundError, NoCardError
        As by `check_device`.
    """
    with _ONE_AT_A_TIME:  # threads that ask at the same time get the same card
        return _opened()


@cache
def _opened() -> Card:
    from thermospin.machine.compilation import CONFIG

    if not CONFIG.ENABLE_CUDASIM and find_spec("numba_cuda") is None:
        raise ModuleNotFoundError(
            'a graphics card needs numba-cuda: pip install "thermospin[cuda]"; or compute with'
            f" device {CPU}",
            name="numba_cuda",
        )
    from thermospin.device.card import Card, why_there_is_none

    if reason := why_there_is_none():
        raise NoCardError(
            f"no NVIDIA graphics card can be used: {reason}; see what nvidia-smi lists and what"
            f" CUDA_VISIBLE_DEVICES leaves of it, or compute with device {CPU}"
        )
    with _failures_told():
        return Card()


@contextmanager
def _failures_told() -> Iterator[None]:
    """Say that it is the card that failed, and what to do: numba-cuda has many kinds of errors."""
    try:
        yield
    except (OSError, MemoryError):
        raise
    except Exception as error:
        raise NoCardError(
            f"the graphics card failed ({type(error).__name__}: {error}); see whether nvidia-smi"
            f" shows errors, or programs that take its memory, or compute with device {CPU}"
        ) from error
