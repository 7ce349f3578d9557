"""The paper's panels and claims, computed anew: arXiv:2105.01527."""

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
