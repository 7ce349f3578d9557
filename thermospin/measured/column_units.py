"""The units of columns with measured numbers, and what one of each is in SI."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from thermospin.quantities import ELEMENTARY_CHARGE, SI_UNITS

ValueKind = Literal["I", "dIdV"]
Kind = Literal["V", "I", "dIdV"]
KINDS: tuple[Kind, ...] = ("V", "I", "dIdV")
"""What a column can hold: a bias, a current or a differential conductance."""
REDUCED: dict[Kind, str] = {"V": "Δ0/e", "I": "G_T Δ0/e", "dIdV": "G_T"}
"""The reduced unit of each kind."""
ARBITRARY = "arb."

_CONDUCTANCE_QUANTUM = ELEMENTARY_CHARGE**2 / Fraction("6.62607015e-34")
"""e²/h in S, exact by definition."""
_QUANTUM = re.compile(r"(2?)\s*e(?:²|2|\^2|\^\{2\}|\*\*2)\s*/\s*h")
_WORDS = {
    "volt": "V", "volts": "V", "millivolt": "mV", "millivolts": "mV",
    "amp": "A", "amps": "A", "ampere": "A", "amperes": "A", "siemens": "S",
}  # fmt: skip
_REDUCED_SPELLINGS: dict[str, Kind] = {
    **dict.fromkeys(("Δ0/e", "Δ/e", "Delta_0/e", "Delta0/e"), "V"),
    **dict.fromkeys(("G_T Δ0/e", "G_TΔ0/e", "G_T Delta_0/e", "G_T*Delta_0/e"), "I"),
    "G_T": "dIdV",
}
_ARBITRARY_SPELLINGS = {"arb", "arb.", "a.u.", "a.u", "au", "arb.u.", "arb.units", "arbitrary",
                        "arbitraryunits", "arbunits"}  # fmt: skip


@dataclass(frozen=True)
class ColumnUnit:
    """The unit of a column.

    Attributes
    ----------
    symbol : str
        The SI unit, the reduced unit or ``arb.`` in which the numbers are given on.
    factor : float
        One unit of the column in that unit.
    """

    symbol: str
    factor: float


def unit_as(kind: Kind, text: str) -> ColumnUnit | None:
    """Read a unit that is meant as one of a kind.

    Parameters
    ----------
    kind : str
        ``V``, ``I`` or ``dIdV``.
    text : str
        Such as ``mV``, ``2e²/h``, ``nA/mV``, ``reduced`` or ``a.u.``.

    Returns
    -------
    ColumnUnit or None
        None if it is not a unit of that kind.
    """
    text = text.strip()
    si = SI_UNITS[REDUCED[kind]]
    text = _WORDS.get(text.lower(), text)
    if text in si.spellings:
        return ColumnUnit(si.symbol, float(si.spellings[text]))
    if text == "reduced" or _REDUCED_SPELLINGS.get(text) == kind:
        return ColumnUnit(REDUCED[kind], 1.0)
    if kind != "V" and text.lower().replace(" ", "") in _ARBITRARY_SPELLINGS:
        return ColumnUnit(ARBITRARY, 1.0)
    factor = _quotient(text) if kind == "dIdV" else None
    return None if factor is None else ColumnUnit("S", float(factor))


def _quotient(text: str) -> Fraction | None:
    """Return a conductance that is written as a quotient, such as e²/h or nA/mV, in S."""
    if quantum := _QUANTUM.fullmatch(text):
        return _CONDUCTANCE_QUANTUM * (2 if quantum[1] else 1)
    above, _, below = text.partition("/")
    currents, voltages = (SI_UNITS[REDUCED[kind]].spellings for kind in ("I", "V"))
    if above.strip() in currents and below.strip() in voltages:
        return currents[above.strip()] / voltages[below.strip()]
    return None


def kinds_of(text: str) -> tuple[Kind, ...]:
    """Return the kinds of which a text is a unit: one for ``mV``, more for ``reduced``."""
    return tuple(kind for kind in KINDS if unit_as(kind, text) is not None)


def listed_units(kind: Kind) -> str:
    """Return the usual units of a kind in words, for messages."""
    more = ", e²/h, nA/mV" if kind == "dIdV" else ""
    return f"{SI_UNITS[REDUCED[kind]].listed}{more} or reduced ({REDUCED[kind]})"
