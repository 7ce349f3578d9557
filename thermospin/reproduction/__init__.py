"""Reproduction of arXiv:2105.01527: its figures, and a table of its claims beside the model."""

from thermospin.reproduction.whole_paper import (
    DEFAULT_GAMMA,
    FIGURES,
    GAMMA,
    PANELS,
    Events,
    Reproduction,
    reproduce,
)

__all__ = [
    "DEFAULT_GAMMA",
    "FIGURES",
    "GAMMA",
    "PANELS",
    "Events",
    "Reproduction",
    "reproduce",
]
