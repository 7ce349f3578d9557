"""Microwaves: which amplitudes and frequencies belong together, and what excludes them."""

import numpy as np
from numpy.typing import ArrayLike

MOST_PHOTONS = 1000.0
"""Largest amplitude eV_ac/hf, to which the number of sidebands is in proportion."""
NOT_WITH_MICROWAVES = "is not derived with microwaves: set V_ac to 0"
"""What is said of an output that has no meaning, or no search, where V_ac is above 0."""


def mistake_of_microwaves(V_ac: ArrayLike, hf: ArrayLike | None) -> str:
    """Return in words what is wrong with microwaves; empty if nothing is.

    Parameters
    ----------
    V_ac : array_like
        Amplitudes of the voltage, in Δ0/e.
    hf : array_like or None
        Energies of photons, in Δ0, which broadcast with the amplitudes; None if not given.
    """
    if not np.any(V_ac):
        return ""
    if hf is None:
        return "V_ac needs the energy of its photons: give hf"
    a = float(np.max(np.divide(V_ac, hf)))
    if a > MOST_PHOTONS:
        return f"V_ac must be at most {MOST_PHOTONS:g} hf/e, not {a:g} hf/e"
    return ""
