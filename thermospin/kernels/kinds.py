"""The kinds of integral of spin up."""

CURRENT, CONDUCTANCE, MEAN_CONDUCTANCE = range(3)
"""I_up(V), dI_up/dV, and [I_up(V) − I_up(0)]/V."""
