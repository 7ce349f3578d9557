"""The units in which a picture shows quantities: SI units with prefixes, or reduced units."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from thermospin.quantities import PREFIXES, SI_UNITS
from thermospin.spec import Material

_SYMBOLS = {"ohm": "Ω", "A^2/Hz": "A²/Hz"}
_WITHOUT_PREFIX = {"rad"}
_LETTERS = {power: "µ" if prefix == "u" else prefix for prefix, power in PREFIXES.items()}
_ROUNDING = 1e-9  # of a decimal logarithm: 0.9999999999 mV counts as 1 mV


@dataclass(frozen=True)
class ShownUnit:
    """The unit in which a picture shows a quantity.

    Attributes
    ----------
    factor : float
        One reduced unit in this unit.
    symbol : str or None
        The symbol of the unit; None for numbers in the reduced unit, which are shown as ratios.
    of_si : float or None
        One SI unit, without a prefix, in this unit; None if no material says how large it is.
    """

    factor: float = 1.0
    symbol: str | None = None
    of_si: float | None = None


AS_STORED = ShownUnit()


@dataclass(frozen=True)
class Display:
    """How a picture shows numbers.

    Attributes
    ----------
    material : Material or None
        The scales of the junction, if its spec gives them.
    in_si : bool
        Whether quantities are shown in SI units, which takes a material.
    """

    material: Material | None = None
    in_si: bool = False

    def unit(self, reduced: str, values: ArrayLike) -> ShownUnit:
        """Return the unit for numbers of a quantity, with the prefix that suits the largest.

        Parameters
        ----------
        reduced : str
            The reduced unit of the quantity.
        values : array_like
            The numbers that are shown, in this unit.
        """
        if self.material is None or not reduced:
            return AS_STORED
        si, factor = SI_UNITS[reduced], self.material.factor(reduced)
        if not self.in_si:
            return ShownUnit(of_si=1.0 / factor)
        order = 2 if "^2" in si.symbol else 1  # the prefix is squared with its unit
        power = 0 if si.symbol in _WITHOUT_PREFIX else _power(values, factor, order)
        scale = 10.0 ** (-order * power)
        name = _LETTERS[power] + _SYMBOLS.get(si.symbol, si.symbol)
        return ShownUnit(factor * scale, name, scale)


def _power(values: ArrayLike, factor: float, order: int) -> int:
    """Return the power of ten of the prefix that leaves one to three digits before the point."""
    sizes = np.abs(np.asarray(values, dtype=np.float64))
    sizes = sizes[np.isfinite(sizes) & (sizes > 0.0)]
    largest = factor * (float(sizes.max()) if sizes.size else 1.0)
    power = 3 * math.floor(math.log10(largest) / (3 * order) + _ROUNDING)
    return min(max(power, min(_LETTERS)), max(_LETTERS))
