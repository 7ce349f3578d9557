"""`Material`: the two scales of a real junction, which turn reduced units into SI and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.quantities import (
    ISLAND_UNITS,
    OUTPUTS,
    PARAMETERS,
    SI_UNITS,
    SIUnit,
    si_unit_of,
)
from thermospin.spec.problems import quoted, suggest
from thermospin.spec.written_numbers import parse_number, split_unit

SCALES = {
    "Delta_0": ("Δ0", "200 ueV"),
    "T_c": ("T_c", "1.3 K"),
    "G_T": ("G_T", "0.1 mS"),
    "R_T": ("1/G_T", "5 kohm"),
}
"""Each scale that a material may be given by: its reduced unit, and an example."""
PAIRS = (("Delta_0", "T_c"), ("G_T", "R_T"))
"""The scales of which a material has exactly one each: either says what the other is."""

ISLAND = {"Sigma": "0.3 nW/um3/K5", "volume": "0.1 um3"}
"""What a material may say of the island S besides, both or neither, with examples."""


class Material:
    """The scales of a junction: its reference gap and its normal-state conductance.

    Each is given by one of two quantities: T_c = Δ0/(1.764 k_B), and R_T = 1/G_T.

    Parameters
    ----------
    Delta_0 : str, optional
        Reference gap with its unit, such as ``200 ueV``.
    T_c : str, optional
        Critical temperature of the reference superconductor instead, such as ``1.3 K``.
    G_T : str, optional
        Normal-state conductance of the junction with its unit, such as ``0.1 mS``.
    R_T : str, optional
        Normal-state resistance instead, such as ``5 kohm``.
    Sigma : str, optional
        Constant Σ of the coupling of electrons to phonons in S, such as ``0.3 nW/um3/K5``.
    volume : str, optional
        Volume of S, such as ``0.1 um3``; needed with ``Sigma``, and only then.

    Attributes
    ----------
    Delta_0, T_c, G_T, R_T : float
        All four, in eV, K, S and ohm.
    given : dict of str to str
        The quantities that were given, as they were written.
    electron_phonon : float or None
        The coupling κ = Σ volume T_c⁵/(G_T Δ0²/e²); None without ``Sigma`` and ``volume``.

    Raises
    ------
    ValueError
        If not exactly one quantity of each pair is given, or one is not a positive number with a
        unit of its kind, or if only one of ``Sigma`` and ``volume`` is given.

    Examples
    --------
    >>> aluminium = Material(T_c="1.3 K", R_T="5 kohm")
    >>> aluminium.reduced("T_S", "130 mK")
    0.1
    >>> aluminium.si("V", 1.0)
    (0.0001975992744665..., 'V')
    """

    def __init__(
        self,
        *,
        Delta_0: str | None = None,
        T_c: str | None = None,
        G_T: str | None = None,
        R_T: str | None = None,
        Sigma: str | None = None,
        volume: str | None = None,
    ) -> None:
        """Read the quantities that are given."""
        every = {"Delta_0": Delta_0, "T_c": T_c, "G_T": G_T, "R_T": R_T}
        every |= {"Sigma": Sigma, "volume": volume}
        self.given = {name: text for name, text in every.items() if text is not None}
        for pair in PAIRS:
            if sum(name in self.given for name in pair) != 1:
                got = "both" if pair[0] in self.given else "neither"
                raise ValueError(f"a material needs exactly one of {' and '.join(pair)}, got {got}")
        island = [name for name in ISLAND if name in self.given]
        if len(island) == 1:
            raise ValueError(f"a material needs both of {' and '.join(ISLAND)}, got {island[0]}")
        exact = {name: read_scale(name, text) for name, text in self.given.items()}
        constant = SI_UNITS["T_c"].constant
        self._gap = exact["Delta_0"] if "Delta_0" in exact else exact["T_c"] / constant
        self._conductance = exact["G_T"] if "G_T" in exact else 1 / exact["R_T"]
        self.Delta_0, self.G_T = float(self._gap), float(self._conductance)
        self.T_c, self.R_T = self.factor("T_c"), self.factor("1/G_T")
        self.electron_phonon = None
        if island:
            all_phonons = exact["Sigma"] * exact["volume"] * self.scale("T_c") ** 5
            self.electron_phonon = float(all_phonons / self.scale("G_T Δ0²/e²"))

    def __repr__(self) -> str:
        """Show the quantities that were given."""
        return f"Material({', '.join(f'{name}={text!r}' for name, text in self.given.items())})"

    def __eq__(self, other: object) -> bool:
        """Compare the exact scales, however they were given."""
        if not isinstance(other, Material):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        """Hash the exact scales."""
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return self._gap, self._conductance, self.electron_phonon

    def scale(self, unit: str) -> Fraction:
        """Return one reduced unit, exactly, in its SI unit.

        Parameters
        ----------
        unit : str
            A reduced unit, one of `thermospin.quantities.SI_UNITS`.
        """
        si = SI_UNITS[unit]
        gap, conductance = self._gap**si.gap_power, self._conductance**si.conductance_power
        return si.constant * gap * conductance

    def factor(self, unit: str) -> float:
        """Return one reduced unit in its SI unit, rounded once."""
        return float(self.scale(unit))

    def reduced(self, name: str, value: Any, unit: str | None = None) -> Any:
        """Convert a measured quantity to reduced units.

        Parameters
        ----------
        name : str
            A parameter or an output of `thermospin.quantities`.
        value : str or array_like
            A text of a number and its unit, such as ``100 mK``; or numbers, whose unit is ``unit``.
        unit : str, optional
            The unit of numbers, such as ``mK``.

        Returns
        -------
        float or ndarray
            The value in the reduced unit of ``name``, of the shape given.

        Raises
        ------
        ValueError
            If there is no such quantity, it has no unit, the unit is missing or of another kind.
        """
        reduced_unit = _unit_of(name)
        si = si_unit_of(name, reduced_unit)
        if isinstance(value, str) and unit is None:
            return float(exact_quantity(name, reduced_unit, value) / self.scale(reduced_unit))
        if si is None or not si.spellings:
            raise ValueError(f"{name} {_bare(reduced_unit)}")
        if unit is None:
            raise ValueError(
                f"{name}: a number needs a unit, such as material.reduced({name!r}, 1.0,"
                f" {si.symbol!r}); without one it is in reduced units already"
            )
        if unit not in si.spellings:
            raise ValueError(f"{name}: must be in {si.listed}, got {quoted(unit)}")
        factor = float(si.spellings[unit] / self.scale(reduced_unit))
        return _scaled(value, factor)

    def si(self, name: str, value: ArrayLike) -> tuple[Any, str]:
        """Convert numbers in reduced units to SI.

        Parameters
        ----------
        name : str
            A parameter or an output of `thermospin.quantities`.
        value : array_like
            Numbers in the reduced unit of ``name``.

        Returns
        -------
        value : float or ndarray
            The numbers in SI.
        unit : str
            The symbol of their unit; empty for a quantity without one.

        Raises
        ------
        ValueError
            If there is no such quantity.
        """
        unit = _unit_of(name)
        if not unit:
            return _scaled(value, 1.0), ""
        return _scaled(value, self.factor(unit)), SI_UNITS[unit].symbol


def reduced_number(name: str, given: float | str, material: Material | None) -> float:
    """Return a number in the reduced unit of a quantity, however it is given.

    Parameters
    ----------
    name : str
        The parameter or output whose value it is.
    given : float or str
        A number in reduced units, or a text: such a number, or one with a unit, as in ``100 mK``.
    material : Material or None
        The scales that turn SI into reduced units.

    Raises
    ------
    ValueError
        If it is no finite number, or its unit is of another kind or needs a material.
    """
    if not isinstance(given, str):
        value: object = given  # of a caller without a type checker, perhaps
        if not isinstance(value, Real):
            kind = type(value).__name__
            raise ValueError(f"{name} must be a number, or a text with a unit, got {kind}")
        if not math.isfinite(given):
            raise ValueError(f"{name} must be a finite number, got {given:g}")
        return float(given)
    if not split_unit(given)[1]:
        return float(_parsed(name, given.strip(), given))
    if material is None:
        unit = _unit_of(name)
        bare = unit and f" in units of {unit}"
        raise ValueError(
            f"{name} = {given}: a unit needs a material, which the spec does not have; "
            f"give a bare number{bare}"
        )
    return float(material.reduced(name, given))


def read_scale(name: str, text: object) -> Fraction:
    """Read one of the quantities that a material is given by.

    Parameters
    ----------
    name : str
        One of `SCALES` or `ISLAND`.
    text : str
        The quantity, such as ``200 ueV``.

    Returns
    -------
    Fraction
        Its exact value in its SI unit.

    Raises
    ------
    ValueError
        If it is not a positive number with a unit of its kind; the message names all three.
    """
    rule, spellings = _how_written(name)
    if not isinstance(text, str):
        raise ValueError(f"{name} {rule}; got {text!r}")
    number, symbol = split_unit(text)
    if symbol not in spellings:
        raise ValueError(f"{name} {rule}; got {quoted(text)}")
    value = _parsed(name, number, text) * spellings[symbol]
    if value <= 0:
        raise ValueError(f"{name} must be positive, got {quoted(text)}")
    return value


def _how_written(name: str) -> tuple[str, dict[str, Fraction]]:
    """Return the rule for a quantity of a material, and its units with their values in SI."""
    if name in ISLAND:
        listed = ", ".join(unit for unit in ISLAND_UNITS[name] if unit.isascii())
        rule = f"must be a number and a unit ({listed}), such as {ISLAND[name]}"
        return rule, ISLAND_UNITS[name]
    unit, example = SCALES[name]
    return needed(SI_UNITS[unit], example), SI_UNITS[unit].spellings


def needed(unit: SIUnit, example: str) -> str:
    """Return the rule for a quantity that must have a unit."""
    return f"must be a number and a unit ({unit.listed}), such as {example}"


def exact_quantity(name: str, reduced_unit: str, text: str) -> Fraction:
    """Read a quantity with a unit.

    Parameters
    ----------
    name : str
        The parameter, or output, whose value it is.
    reduced_unit : str
        The reduced unit of that quantity; empty if it is a pure number.
    text : str
        A number and a unit, such as ``100 mK``.

    Returns
    -------
    Fraction
        The exact value in the SI unit.

    Raises
    ------
    ValueError
        If the text has no unit, or one that the quantity does not take.
    """
    unit = si_unit_of(name, reduced_unit)
    number, symbol = split_unit(text)
    if unit is None or not unit.spellings:
        raise ValueError(f"{name} {_bare(reduced_unit)}, got {quoted(text)}")
    if symbol not in unit.spellings:
        raise ValueError(f"{name} must be {unit.kind} in {unit.listed}, got {quoted(text)}")
    return _parsed(name, number, text) * unit.spellings[symbol]


def _bare(unit: str) -> str:
    """Return the rule for a quantity that is written without a unit, in units of ``unit``."""
    return f"takes a bare number{unit and f', in units of {unit}'}, without a unit"


def _unit_of(name: str) -> str:
    described: Mapping[str, Any] = {**PARAMETERS, **OUTPUTS}
    if name not in described:
        hint = suggest(name, described)
        raise ValueError(f"{name}: no such parameter or output{hint and '; '}{hint}")
    unit: str = described[name].unit
    return unit


def _parsed(name: str, number: str, text: str) -> Fraction:
    try:
        return parse_number(number)
    except ValueError as error:
        raise ValueError(f"{name} {error}, got {quoted(text)}") from None


def _scaled(value: Any, factor: float) -> float | NDArray[np.float64]:
    """Return numbers times a factor, a float for a single one."""
    product = np.asarray(value, dtype=np.float64) * factor
    return float(product) if product.ndim == 0 else product
