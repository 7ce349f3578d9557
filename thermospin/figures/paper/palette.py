"""The colours of the paper's panels, told apart by the colour-blind as well."""

import numpy as np
from matplotlib import colormaps

from thermospin.figures.scales import FloatArray

FIELDS = {0.0: "#000000", 0.1: "#d81b87", 0.2: "#6a3fb5", 0.3: "#2f7fd6", 0.4: "#0fae9b"}
"""Exchange fields in Δ0: black, magenta, violet and aquamarine as in the paper, blue for 0.3."""

SEEBECK = "#ef7d00"
"""The circles at ±V_S: orange."""

THERMOACTIVE, DISSIPATIVE = "#ffe680", "#c9b3e6"
"""Shading: yellow where I_q V < 0, violet where the junction dissipates."""


def graded(count: int) -> FloatArray:
    """Return colours for ordered values, from dark blue to orange, lighter step by step."""
    return np.asarray(colormaps["plasma"](np.linspace(0.02, 0.80, count)))
