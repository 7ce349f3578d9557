"""The colours of the paper's panels, which the colour-blind can tell apart as well."""

import numpy as np
from matplotlib import colormaps

from thermospin.junction import FloatArray

FIELDS = {0.0: "#000000", 0.1: "#c2185b", 0.2: "#6a3fb5", 0.3: "#56b4e9", 0.4: "#1fb8a2"}
"""Colour of each exchange field in Δ0: those of the paper, and blue for 0.3."""

SEEBECK = "#ef7d00"
"""Colour of the circles at ±V_S: orange."""

THERMOACTIVE, DISSIPATIVE = "#ffe680", "#c9b3e6"
"""Colours of shading: yellow where I_q V < 0, violet where the junction dissipates."""


def graded(count: int) -> FloatArray:
    """Return colours for ordered values, from dark violet to orange, lighter step by step."""
    return np.asarray(colormaps["inferno"](np.linspace(0.10, 0.82, count)))
