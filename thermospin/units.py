"""The ratio of the two reduced units, Δ0 for energies and T_c for temperatures."""

import math

BCS_RATIO = math.exp(0.57721566490153286) / math.pi
"""k_B T_c / Δ0 of a weak-coupling superconductor, e^γ/π = 0.5669329586555488."""
