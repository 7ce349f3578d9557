"""From reduced units to the units of the laboratory, once Δ0 and G_T of a junction are known."""

import math
from dataclasses import dataclass
from typing import Protocol

from thermospin.units import BCS_RATIO

ELEMENTARY_CHARGE = 1.602176634e-19
"""e in C, exact by definition."""
BOLTZMANN = 1.380649e-23 / ELEMENTARY_CHARGE
"""k_B in eV/K, exact by definition."""


class Material(Protocol):
    """What turns reduced units into SI: Δ0 in eV and the normal-state conductance G_T in S."""

    @property
    def Delta_0(self) -> float:
        """Zero-temperature gap of the reference superconductor, eV."""
        ...

    @property
    def G_T(self) -> float:
        """Normal-state conductance of the junction, S."""
        ...


@dataclass(frozen=True)
class Laboratory:
    """A unit of the laboratory: its symbol, its word in names, and what one reduced unit is.

    One reduced unit is constant · Δ0^gap_power · G_T^conductance_power, with Δ0 in eV and G_T in S.
    """

    symbol: str
    word: str
    gap_power: int
    conductance_power: int
    constant: float = 1.0

    def factor(self, material: Material) -> float:
        """Return one reduced unit of the given material, in this unit."""
        power = material.Delta_0**self.gap_power * material.G_T**self.conductance_power
        return self.constant * power


LABORATORY = {
    "Δ0/e": Laboratory("V", "volt", 1, 0),
    "Δ0": Laboratory("eV", "eV", 1, 0),
    "T_c": Laboratory("K", "kelvin", 1, 0, BCS_RATIO / BOLTZMANN),
    "π": Laboratory("rad", "radian", 0, 0, math.pi),
    "G_T": Laboratory("S", "siemens", 0, 1),
    "1/G_T": Laboratory("ohm", "ohm", 0, -1),
    "G_T Δ0/e": Laboratory("A", "ampere", 1, 1),
    "G_T Δ0²/e²": Laboratory("W", "watt", 2, 1),
    "G_T Δ0": Laboratory("A^2/Hz", "square_ampere_per_hertz", 1, 1, ELEMENTARY_CHARGE),
}
"""The laboratory's unit for each reduced unit."""
