"""Pairs of a voltage and a junction, and the integrals at them: over angles, over sidebands."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from thermospin.dense import has_family, mesh_currents
from thermospin.device import CPU
from thermospin.gap import lead_gap
from thermospin.junction import FloatArray, Junction
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.kernels.leads import (
    COLUMNS,
    H_S,
    ORBITAL_S,
    POLARISATION,
    TURNED,
    V_AC,
)
from thermospin.machine.arithmetic import portable
from thermospin.observables.sidebands import Weighted, sidebands_of
from thermospin.observables.spin_up_integrals import IndexArray, Integral, spin_up_integral
from thermospin.observables.tolerance import BoolArray
from thermospin.quantities import NOT_WITH_MICROWAVES, RATES, RTOL

NO_T_S = (
    "T_S follows from the heat balance at a bias where a heater is given, so that what has no bias"
    " is not defined: give T_S in place of heater, T_bath and electron_phonon"
)
"""Why what does not depend on V cannot be computed with a heater."""
ABSORBED = -2
"""A kind of integral beside those of ``spin_up_integrals``: the power that the current takes from
microwaves, in G_T Δ0²/e²."""


@dataclass(frozen=True)
class Points:
    """Pairs of a voltage and a row in a table of leads.

    Between fields at an angle θ an electron of spin σ' along h_exc comes from spin σ along h_S with
    the probability (1 + σσ' cos θ)/2: what flows is a mean of what flows between parallel and
    between antiparallel fields. The polarisation of the barrier is left to what adds the spins up.

    With microwaves every integral is the sum over its sidebands (``sidebands``).

    Attributes
    ----------
    voltage, row : ndarray, shape (n,)
        Bias in Δ0/e, and which row of the table each point belongs to.
    table : ndarray, shape (m, COLUMNS)
        Rows of leads.
    rtol : float
        Relative accuracy asked for.
    mirror : ndarray or None
        Where the points form mirror images: at −V the junction of point i is point ``mirror[i]``.
    axis : ndarray or None
        If the points are all voltages of an axis for each row in turn, that axis.
    settled : ndarray of bool, shape (n,), or None
        Whether T_S was found as accurately as asked for, where it follows from a heat balance.
    device : str
        What computes the integrals: one of ``thermospin.device.DEVICES``.
    """

    voltage: FloatArray
    row: IndexArray
    table: FloatArray
    rtol: float
    mirror: IndexArray | None = None
    axis: FloatArray | None = None
    settled: BoolArray | None = None
    device: str = CPU

    def at(self, some: IndexArray, voltage: FloatArray | None = None) -> "Points":
        """Return some of the points, or their junctions at another voltage."""
        V = self.voltage[some] if voltage is None else voltage
        return Points(V, self.row[some], self.table, self.rtol, device=self.device)

    @property
    def pumped(self) -> bool:
        """Whether there are microwaves at any row of the table."""
        return bool(np.any(self.table[:, V_AC]))

    def met(self, converged: BoolArray) -> BoolArray:
        """Return which values are accurate, those of integrals being so: T_S must be as well."""
        return converged if self.settled is None else converged & self.settled

    def passing(self) -> tuple[FloatArray, FloatArray]:
        """Return how much of each spin the barrier lets pass, 1 + P of up and 1 − P of down.

        Both have the shape (n,), or (1,) if no barrier is polarised.
        """
        polarisation = self.table[:, POLARISATION]
        at = polarisation[self.row] if np.count_nonzero(polarisation) else np.zeros(1)
        return 1.0 + at, 1.0 - at

    def spin_up(self, kind: int, voltage: FloatArray) -> Integral:
        """Return an integral of spin up at other voltages of the points' junctions, shape (n,)."""
        if kind == CURRENT and self.axis is not None and self._has_family(voltage.size):
            axis = voltage[: self.axis.size]
            parallel = Integral(*mesh_currents(axis, self.table, self.rtol))
            return self._over_angles(kind, voltage, self.row, parallel)
        return self._integral(kind, voltage, self.row)

    def _has_family(self, points: int) -> bool:
        # A card takes every integral, each with its own error, in less time than families take.
        return self.device == CPU and not self.pumped and has_family(points, self.table)

    def both_spins(self, kind: int) -> tuple[Integral, Integral]:
        """Return an integral of spin up at V and at −V."""
        if self.mirror is not None:
            up = self.spin_up(kind, self.voltage)
            return up, up.at(self.mirror)
        if self.axis is not None and not self.pumped:
            return self.spin_up(kind, self.voltage), self.spin_up(kind, -self.voltage)
        # In one call: what the kernel makes ready at each call is then made once.
        n = self.voltage.size
        voltage = np.concatenate((self.voltage, -self.voltage))
        both = self._integral(kind, voltage, np.concatenate((self.row, self.row)))
        return both.at(slice(n)), both.at(slice(n, None))

    def _integral(self, kind: int, voltage: FloatArray, row: IndexArray) -> Integral:
        """Return an integral of spin up at voltages of some rows of leads."""
        if kind == ABSORBED and not self.pumped:
            return Integral(np.zeros(row.size), np.zeros(row.size), np.ones(row.size, np.bool_))
        if self.pumped:
            return self._over_sidebands(kind, voltage, row)
        return self._still(kind, voltage, row)

    def _still(self, kind: int, voltage: FloatArray, row: IndexArray) -> Integral:
        """Return an integral of spin up without microwaves."""
        parallel = spin_up_integral(kind, voltage, row, self.table, self.rtol, self.device)
        return self._over_angles(kind, voltage, row, parallel)

    def _over_sidebands(self, kind: int, voltage: FloatArray, row: IndexArray) -> Integral:
        """Return an integral with microwaves."""

        def still(voltage: FloatArray, row: IndexArray, rtol: float) -> Integral:
            without = CURRENT if kind == ABSORBED else kind
            return replace(self, rtol=rtol)._still(without, voltage, row)

        weighted = Weighted(in_photons=kind == ABSORBED, by_voltage=kind == CONDUCTANCE)
        return Integral(*sidebands_of(still, weighted, voltage, row, self.table, self.rtol))

    def _over_angles(
        self, kind: int, voltage: FloatArray, row: IndexArray, found: Integral
    ) -> Integral:
        """Return an integral found for parallel fields with its part between antiparallel fields.

        Where the two parts all but cancel, both are asked for more accurately.
        """
        turned = self.table[:, TURNED]
        if not np.count_nonzero(turned):  # quicker than any()
            return found
        mixed, rtol = np.flatnonzero(turned[row]), self.rtol
        while mixed.size:
            mean = self._mean_over_angles(kind, voltage[mixed], row[mixed], rtol)
            for mine, its in zip(found, mean, strict=True):
                mine[mixed] = its
            if rtol == RTOL.low:
                break
            missed = mean.error > self.rtol * np.abs(mean.value)
            mixed = mixed[missed.reshape(mixed.size, -1).any(axis=1)]
            rtol = max(1e-3 * rtol, RTOL.low)
        return found

    def _mean_over_angles(
        self, kind: int, voltage: FloatArray, row: IndexArray, rtol: float
    ) -> Integral:
        """Return the mean of an integral between parallel and between antiparallel fields."""
        reversed_S = self.table.copy()
        reversed_S[:, H_S] *= -1.0
        parts = [
            spin_up_integral(kind, voltage, row, table, rtol, self.device)
            for table in (self.table, reversed_S)
        ]
        turned = self.table[row, TURNED].reshape(-1, *(1,) * (parts[0].value.ndim - 1))
        value, error = (
            (1.0 - turned) * parallel + turned * antiparallel
            for parallel, antiparallel in zip(parts[0][:2], parts[1][:2], strict=True)
        )
        return Integral(value, error, parts[0].converged & parts[1].converged)


def leads_table(junction: Junction) -> FloatArray:
    """Return the table of leads of junctions, shape (*junction.shape, COLUMNS).

    As an exchange field does nothing in a lead without a gap, so do rates: those of a normal lead
    are 0 in the table. So is spin-orbit scattering in a lead without an exchange field.

    Raises
    ------
    ValueError
        If T_S is not given.
    """
    j = junction
    if j.T_S is None:
        raise ValueError(NO_T_S)
    leads = (j.T_S, j.T_Sm, j.h_S, j.h_exc, j.gamma_S, j.gamma_Sm)
    T_S, T_Sm, h_S, h_Sm, gamma_S, gamma_Sm = (np.asarray(value, np.float64) for value in leads)
    rates_S, rates_Sm = (_rates(j, lead) for lead in ("S", "Sm"))
    gap_S = lead_gap(T_S, h_S, j.gap_S, j.gap_model, gamma_S, **rates_S)
    gap_Sm = lead_gap(T_Sm, h_Sm, j.gap_Sm, j.gap_model, gamma_Sm, **rates_Sm)
    columns = (
        T_S,
        T_Sm,
        h_S,
        h_Sm,
        gamma_S,
        gamma_Sm,
        gap_S,
        gap_Sm,
        j.P,
        # Without a field in one of the leads, its spins have no direction.
        np.where(h_S * h_Sm != 0.0, _antiparallel(j.theta), 0.0),
        np.nan if j.R_L is None else np.divide(1.0, j.R_L),
        j.V_ac,
        0.0 if j.hf is None else j.hf,
    )
    table = np.zeros((*junction.shape, COLUMNS))
    for k, column in enumerate(columns):
        table[..., k] = column
    for lead, rates, h, gap in ((0, rates_S, h_S, gap_S), (1, rates_Sm, h_Sm, gap_Sm)):
        for name, rate in rates.items():
            acts = (gap > 0.0) & ((h != 0.0) | (name != "spin_orbit"))
            table[..., ORBITAL_S + 2 * RATES.index(name) + lead] = np.where(acts, rate, 0.0)
    return table


def _rates(junction: Junction, lead: str) -> dict[str, FloatArray]:
    """Return the rates of a lead that are not 0 everywhere, by name."""
    rates = {name: np.asarray(getattr(junction, f"{name}_{lead}"), np.float64) for name in RATES}
    return {name: rate for name, rate in rates.items() if np.count_nonzero(rate)}


def _antiparallel(theta: ArrayLike) -> FloatArray:
    """Return sin²(θ/2), exactly 0, ½ and 1 at 0, π/2 and π; θ in units of π."""
    turn = np.asarray(theta, dtype=np.float64)
    return 0.5 * (1.0 - np.where(turn == 0.5, 0.0, portable(math.cos, np.pi * turn)))


def refuse_microwaves(what: str, junction: Junction) -> None:
    """Raise ValueError, which names what is not known, where a junction is in microwaves."""
    if np.any(junction.V_ac):
        raise ValueError(f"{what} {NOT_WITH_MICROWAVES}")


def one_each(voltage: FloatArray, table: FloatArray, rtol: float, device: str = CPU) -> Points:
    """Return one voltage for each row of leads."""
    return Points(voltage, np.arange(len(table)), table, rtol, device=device)


def mesh_points(voltage: FloatArray, table: FloatArray, rtol: float, device: str = CPU) -> Points:
    """Return every voltage for every row of leads, as mirror images if the voltages allow it."""
    rows, n = len(table), voltage.size
    mirror = None
    if np.array_equal(voltage, -voltage[::-1]):
        mirror = np.arange(rows * n).reshape(rows, n)[:, ::-1].ravel()
    return Points(
        np.tile(voltage, rows),
        np.repeat(np.arange(rows), n),
        table,
        rtol,
        mirror,
        axis=voltage,
        device=device,
    )
