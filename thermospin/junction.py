"""The parameters of a junction, validated once."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.quantities import (
    BRANCHES,
    GAP_MODELS,
    HEATING,
    NOT_AT_AN_ANGLE,
    PARAMETERS,
    STANDS_FOR,
    GapModel,
    heating_not_derived,
    mistake_of_microwaves,
    turned_with_rates,
)
from thermospin.quantities.plain_numbers import refuse_what_numpy_drops
from thermospin.quantities.representation import ShownRow, html_table, line, row

FloatArray = NDArray[np.float64]


def validated(name: str, value: ArrayLike) -> FloatArray:
    """Return a parameter's value as read-only floats.

    Parameters
    ----------
    name : str
        A parameter of ``thermospin.quantities``.
    value : array_like
        The value of the parameter, in the unit stated there, of any shape.

    Returns
    -------
    ndarray
        The value, of the shape given.

    Raises
    ------
    ValueError
        If the value is not made of numbers, or one of them is not finite or out of range. The
        message names the parameter, the rule and the value.
    TypeError
        If the value is a quantity of a library of units, labelled with another unit than that of
        the parameter, or a masked array: NumPy would drop the unit or the mask without a word.
    """
    parameter = PARAMETERS[name]
    refuse_what_numpy_drops(name, value, parameter.unit)
    try:
        if value is None:
            raise TypeError("NumPy would take None for NaN")
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number or an array of numbers, not {value!r}") from None
    wrong = ~((array >= parameter.low) & (array <= parameter.high))  # true for NaN as well
    if wrong.any():
        raise ValueError(f"{name} {parameter.rule()}, not {array[wrong].flat[0]:.17g}")
    array.flags.writeable = False
    return array


@lru_cache
def _default(name: str) -> FloatArray:
    """Return the default of a parameter as read-only floats: most parameters are seldom given."""
    array = np.array(PARAMETERS[name].default, dtype=np.float64)
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False, repr=False)
class Junction:
    """An S–I–Sm tunnel junction: hot superconductor S against cold, spin-split superconductor Sm.

    Every field may be an array; they broadcast like NumPy arrays. All units are reduced: Δ0 and T_c
    belong to one reference gap.

    Parameters
    ----------
    T_S, T_Sm : array_like
        Quasiparticle temperatures, in T_c, 1e-4 to 100; T_Sm is 0.01 unless given.
    T : array_like, optional
        Quasiparticle temperature of both leads, in place of ``T_S`` and ``T_Sm``.
    h_exc, h_S : array_like
        Exchange fields in Sm and in S, in Δ0, −10 to 10; collinear unless there is a ``theta``.
    gamma : array_like, optional
        Dynes broadening Γ of both leads, in Δ0, 1e-8 to 1, default 1e-4; or ``gamma_S`` and
        ``gamma_Sm``, one for each lead.
    gap_S, gap_Sm : array_like
        Gaps at zero temperature and field, in Δ0, 0 to 100; 0 is a normal metal.
    P : array_like
        Spin polarisation of the barrier along h_exc, −1 to 1: it lets (1 + σP) times as many
        electrons of spin σ = ±1 pass.
    R_L : array_like, optional
        Resistance of the load that the junction drives, in 1/G_T, 1e-6 to 1e12; needed only by
        outputs that depend on it.
    theta : array_like
        Angle between the exchange fields h_S and h_exc, in units of π, 0 to 1.
    gap_model : {"self-consistent", "tanh", "constant", "dynes"}
        How the gaps depend on temperature and field: see `thermospin.gap.lead_gap`.
    depairing, spin_orbit, spin_flip : array_like, optional
        Rates Γ_orb of orbital depairing, Γ_so = ħ/4τ_so of spin-orbit and Γ_sf = ħ/4τ_sf of
        spin-flip scattering in the films of both leads (docs/physics/films.md), in Δ0, 0 to 10,
        default 0; or ``depairing_S`` and ``depairing_Sm`` and so on, one for each lead.
    V_ac : array_like
        Amplitude of the voltage of microwaves across the barrier (docs/physics/microwaves.md), in
        Δ0/e, 0 to 100, default 0.
    hf : array_like, optional
        Energy of their photons, in Δ0, 1e-3 to 10; needed where V_ac is above 0, and at least
        V_ac/1000.
    heater, T_bath, electron_phonon : array_like, optional
        In place of T_S: the power of a heater into S, in G_T Δ0²/e², 0 to 1e12; the temperature of
        the phonons in S, in T_c; and its coupling κ = Σ 𝒱 T_c⁵/(G_T Δ0²/e²) to them, 0 to 1e12. At
        each bias T_S then follows from the heat balance (docs/physics/heat-balance.md).
    branch : {"rising", "falling"}
        Which steady T_S that is, where several are stable: the one that is reached as the heater
        grows from zero, or as it falls from a large power.

    Raises
    ------
    ValueError
        If a value is not finite or out of range, if neither ``T`` nor ``T_S`` nor a heater with
        all that it needs is given, if what stands for both leads is given beside that of one lead,
        if the shapes do not broadcast, if V_ac is given without hf or is too large for it, or if
        parameters meet for which nothing is derived: fields at an angle and rates of either lead, a
        heater and what its balance does not know.
    TypeError
        If a value is a quantity of a library of units, or a masked array.
    """

    T_S: ArrayLike | None = None
    T_Sm: ArrayLike | None = None
    h_exc: ArrayLike = 0.0
    h_S: ArrayLike = 0.0
    gamma: InitVar[ArrayLike | None] = None
    gamma_S: ArrayLike | None = None
    gamma_Sm: ArrayLike | None = None
    gap_S: ArrayLike = 1.0
    gap_Sm: ArrayLike = 1.0
    P: ArrayLike = 0.0
    R_L: ArrayLike | None = None
    theta: ArrayLike = 0.0
    gap_model: GapModel = "self-consistent"
    T: InitVar[ArrayLike | None] = None
    depairing: InitVar[ArrayLike | None] = None
    depairing_S: ArrayLike | None = None
    depairing_Sm: ArrayLike | None = None
    spin_orbit: InitVar[ArrayLike | None] = None
    spin_orbit_S: ArrayLike | None = None
    spin_orbit_Sm: ArrayLike | None = None
    spin_flip: InitVar[ArrayLike | None] = None
    spin_flip_S: ArrayLike | None = None
    spin_flip_Sm: ArrayLike | None = None
    V_ac: ArrayLike = 0.0
    hf: ArrayLike | None = None
    heater: ArrayLike | None = None
    T_bath: ArrayLike | None = None
    electron_phonon: ArrayLike | None = None
    branch: ArrayLike = "rising"  # typed like the rest: parameters are often spread from a mapping

    def __post_init__(
        self,
        gamma: ArrayLike | None,
        T: ArrayLike | None,
        depairing: ArrayLike | None,
        spin_orbit: ArrayLike | None,
        spin_flip: ArrayLike | None,
    ) -> None:
        """Validate the fields and make them read-only arrays."""
        self._give_to_both_leads("gamma", gamma)
        self._give_to_both_leads("T", T)
        self._give_to_both_leads("depairing", depairing)
        self._give_to_both_leads("spin_orbit", spin_orbit)
        self._give_to_both_leads("spin_flip", spin_flip)
        self._check_heating(T)
        if self.gap_model not in GAP_MODELS:
            raise ValueError(
                f"gap_model must be one of {', '.join(GAP_MODELS)}, not {self.gap_model!r}"
            )
        for name in self._given():
            value = getattr(self, name)
            if value is not _default(name):
                object.__setattr__(self, name, validated(name, value))
        self.shape  # noqa: B018 - raises where the fields do not broadcast
        if turned_with_rates(self.given()):
            raise ValueError(NOT_AT_AN_ANGLE)
        if wrong := mistake_of_microwaves(self.V_ac, self.hf):
            raise ValueError(wrong)
        if self.is_heated and (rule := heating_not_derived(self.given(), self.gap_model)):
            raise ValueError(rule)

    def _check_heating(self, T: ArrayLike | None) -> None:
        """Refuse a junction that has not exactly one of T_S and a heater with what it needs."""
        if self.branch not in BRANCHES:
            raise ValueError(f"branch must be one of {', '.join(BRANCHES)}, not {self.branch!r}")
        given = [name for name in HEATING if getattr(self, name) is not None]
        if given and self.T_S is not None:
            both = "T_S" if T is None else "T"
            raise ValueError(f"{both} is given beside {given[0]}: give one or the other")
        if given and len(given) < len(HEATING):
            missing = ", ".join(name for name in HEATING if name not in given)
            raise ValueError(f"{given[0]} needs {missing} as well")
        if not given and self.T_S is None:
            raise ValueError(
                "T_S, the temperature of S in T_c, must be given, or T of both leads, or heater,"
                " T_bath and electron_phonon"
            )
        if not given and self.branch != BRANCHES[0]:
            raise ValueError(f"branch {self.branch} has a meaning with a heater only: give heater")

    @property
    def is_heated(self) -> bool:
        """Whether T_S follows from a heat balance."""
        return self.heater is not None

    def at_temperatures(self, T_S: ArrayLike, rows: NDArray[np.int64]) -> Junction:
        """Return some of the heated junctions, each at a given temperature of S.

        Parameters
        ----------
        T_S : array_like
            The temperatures, in T_c, shape (n,).
        rows : ndarray of int, shape (n,)
            Which of the junctions has each of them, counted in the order of their memory.
        """
        left_out = (*HEATING, "T_S")
        kept = {name: value for name, value in self.given().items() if name not in left_out}
        some = {
            name: np.broadcast_to(value, self.shape).reshape(-1)[rows] if np.ndim(value) else value
            for name, value in kept.items()
        }
        return Junction(T_S=T_S, gap_model=self.gap_model, **some)

    def given(self) -> dict[str, FloatArray]:
        """Return the parameters that have a value."""
        return {name: getattr(self, name) for name in self._given()}

    def _give_to_both_leads(self, both: str, value: ArrayLike | None) -> None:
        """Set the fields of the two leads that are not given to a value, or to their default.

        T_S has no default.
        """
        names = STANDS_FOR[both]
        if value is not None:
            if any(getattr(self, name) is not None for name in names):
                raise ValueError(
                    f"{both} is given beside {' or '.join(names)}: give one or the other"
                )
            value = validated(both, value)
        for name in names:
            if getattr(self, name) is None and (value is not None or name != "T_S"):
                object.__setattr__(self, name, _default(name) if value is None else value)

    def _rows(self) -> list[ShownRow]:
        """Return what is shown of the junction: its leads, and what differs from the default."""
        always = ("T_S", *HEATING, "T_Sm", "h_exc", "gamma_S", "gamma_Sm")
        rows = []
        for name in self._given():
            parameter, values = PARAMETERS[name], getattr(self, name)
            if name in always or not np.array_equal(values, parameter.default or 0.0):
                rows.append(row(name, values, parameter.unit, parameter.meaning))
        if self.branch != BRANCHES[0]:
            rows.append(ShownRow("branch", str(self.branch), "how the steady T_S is reached"))
        if self.gap_model != "self-consistent":
            rows.append(ShownRow("gap_model", self.gap_model, "how the gaps depend on T and h"))
        return rows

    def __repr__(self) -> str:
        """Show the parameters with their units, in one line."""
        return line("Junction", self._rows())

    def _repr_html_(self) -> str:
        """Show the parameters with their units and meanings, as a table."""
        return html_table("Junction", self._rows())

    @classmethod
    def _quantities(cls) -> list[str]:
        """Return the names of the fields that are parameters of the junction."""
        return [field.name for field in fields(cls) if field.name in PARAMETERS]

    def _given(self) -> list[str]:
        """Return the names of the fields that have a value."""
        may_lack = ("T_S", "R_L", "hf", *HEATING)
        return [
            name
            for name in self._quantities()
            if name not in may_lack or getattr(self, name) is not None
        ]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape to which the fields broadcast."""
        named = {name: np.shape(getattr(self, name)) for name in self._given()}
        try:
            return np.broadcast_shapes(*named.values())
        except ValueError:
            shapes = ", ".join(f"{name} {shape}" for name, shape in named.items() if shape)
            raise ValueError(f"the fields of a junction must broadcast: {shapes}") from None
