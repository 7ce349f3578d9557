"""The units of the laboratory: the SI unit of each reduced unit, and how quantities are written."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from thermospin.units import BCS_RATIO

ELEMENTARY_CHARGE = Fraction("1.602176634e-19")
"""e in C, exact by definition."""
BOLTZMANN = Fraction("1.380649e-23") / ELEMENTARY_CHARGE
"""k_B in eV/K, exact by definition."""
PLANCK = Fraction("6.62607015e-34") / ELEMENTARY_CHARGE
"""h in eV s, exact by definition."""
FREQUENCIES = {
    spelling: PLANCK * 10**power
    for spelling, power in {"Hz": 0, "kHz": 3, "MHz": 6, "GHz": 9, "THz": 12}.items()
}
"""The energy of a photon in eV, by the unit of its frequency."""

PREFIXES = {"M": 6, "k": 3, "": 0, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18}
"""The power of ten that each prefix stands for."""
_MICRO = "uµμ"  # the letter u, U+00B5, the micro sign, and U+03BC, the Greek letter
_OHM = ("ohm", "Ohm", "Ω", "\u2126")  # U+03A9, the Greek letter, and the ohm sign


@dataclass(frozen=True)
class SIUnit:
    """A unit of the laboratory, and how many of it one reduced unit is.

    One reduced unit is constant · Δ0^gap_power · G_T^conductance_power of this unit, with Δ0 in eV
    and G_T in S.

    Attributes
    ----------
    symbol : str
        The symbol in files and pictures.
    word : str
        The word in names of variables.
    kind : str
        What it measures, with its article, for messages.
    prefixes : str
        Each letter, and a blank for none, is a prefix with which quantities may be written; empty
        if none may be written in this unit.
    gap_power, conductance_power, constant
        See above; the constant is exact.
    of_photons : bool
        Whether an energy may be given by the frequency of a photon that has it.
    """

    symbol: str
    word: str
    kind: str
    prefixes: str
    gap_power: int
    conductance_power: int
    constant: Fraction = Fraction(1)
    of_photons: bool = False

    @property
    def spellings(self) -> dict[str, Fraction]:
        """Every way to write this unit with a prefix, and the value of each in this unit."""
        symbols = _OHM if self.symbol == "ohm" else (self.symbol,)
        frequencies = FREQUENCIES if self.of_photons else {}
        return frequencies | {
            letter + symbol: Fraction(10) ** PREFIXES[prefix.strip()]
            for prefix in self.prefixes
            for letter in (_MICRO if prefix == "u" else (prefix.strip(),))
            for symbol in symbols
        }

    @property
    def listed(self) -> str:
        """The usual spellings in words, for messages."""
        energies = [prefix.strip() + self.symbol for prefix in self.prefixes]
        return ", ".join([*(FREQUENCIES if self.of_photons else ()), *energies])


ISLAND_UNITS: dict[str, dict[str, Fraction]] = {
    "Sigma": {
        "W/m3/K5": Fraction(1),
        **{f"nW/{u}m3/K5": Fraction(10) ** 9 for u in _MICRO},
    },
    "volume": {
        "m3": Fraction(1),
        **{f"{u}m3": Fraction(10) ** -18 for u in _MICRO},
        "nm3": Fraction(10) ** -27,
    },
}
"""The spellings of what couples the electrons of an island to its phonons: the constant Σ of its
material and its volume, each with its value in W/(m³ K⁵) and m³."""

SI_UNITS = {
    "Δ0/e": SIUnit("V", "volt", "a voltage", " mun", 1, 0),
    "Δ0": SIUnit("eV", "eV", "an energy", " mun", 1, 0),
    "T_c": SIUnit("K", "kelvin", "a temperature", " mu", 1, 0, Fraction(BCS_RATIO) / BOLTZMANN),
    "π": SIUnit("rad", "radian", "an angle", "", 0, 0, Fraction(math.pi)),
    "G_T": SIUnit("S", "siemens", "a conductance", " mun", 0, 1),
    "1/G_T": SIUnit("ohm", "ohm", "a resistance", " kM", 0, -1),
    "G_T Δ0/e": SIUnit("A", "ampere", "a current", " munpf", 1, 1),
    "G_T Δ0²/e²": SIUnit("W", "watt", "a power", " munpfa", 2, 1),
    "G_T Δ0": SIUnit("A^2/Hz", "square_ampere_per_hertz", "a noise", "", 1, 1, ELEMENTARY_CHARGE),
}
"""The SI unit of each reduced unit."""
_PHOTON = replace(SI_UNITS["Δ0"], kind="a frequency or an energy", of_photons=True)


def si_unit_of(name: str, reduced_unit: str) -> SIUnit | None:
    """Return the unit of the laboratory in which a quantity is written; None if it has none.

    Parameters
    ----------
    name : str
        The parameter or output: the energy hf of photons may be written as their frequency.
    reduced_unit : str
        Its reduced unit.
    """
    return _PHOTON if name == "hf" else SI_UNITS.get(reduced_unit)
