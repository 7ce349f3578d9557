"""The junction whose curve has most nearly the shape of a measured one, searched for in a box."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import qmc

from thermospin.fitting.curve_features import Features
from thermospin.fitting.fit_parameters import CIRCUIT
from thermospin.fitting.problem import Curve
from thermospin.junction import FloatArray, Junction
from thermospin.observables import currents
from thermospin.quantities import GapModel

_RTOL = 1e-4
"""Far below what noise and a coarse search leave."""
_POINTS = 60
_FIRST_LOOK, _STARTS, _APART, _STEPS, _STEP = 400, 8, 0.2, 10, 1e-3
_SEED = 17
"""The search is the same each time."""


class Interval(NamedTuple):
    """Where a parameter is searched for, evenly in its logarithm or in itself."""

    low: float
    high: float
    logarithmic: bool = False


class Lines(NamedTuple):
    """Straight lines through points, one a row: residuals (c, n), slopes and offsets (c,)."""

    residuals: FloatArray
    slopes: FloatArray
    offsets: FloatArray


class ShapeSearch:
    """A few points of a current, and how far the currents of many junctions are from them.

    A measured dI/dV is integrated: its peaks are narrow, and a search would pass them by.
    The conductance and the offset of the current are not searched for: the values depend on them
    linearly, so that they follow from the rest.
    """

    def __init__(
        self, curve: Curve, shown: Features, fixed: Mapping[str, float], gap_model: GapModel
    ) -> None:
        self.fixed = fixed
        self.gap_model = gap_model
        order = np.argsort(curve.V, kind="stable")
        V, values = curve.V[order], curve.values[order]
        current = _integrated(V, values) if curve.kind == "dIdV" else values
        nearest = np.argsort(np.abs(V - shown.centre), kind="stable")[: max(3, len(V) // 50)]
        chosen = _chosen(V - shown.centre, 1.4 * shown.edge)
        self.V, self.values = V[chosen], current[chosen]
        self.in_series = self.values - np.median(current[nearest])

    def found(
        self,
        box: Mapping[str, Interval],
        conductance: Interval | None,
        offset: bool,
    ) -> dict[str, float]:
        """Return the parameters within a box with which the model is nearest to the curve.

        Parameters
        ----------
        box : mapping of str to Interval
            The parameters to be found, without those that follow.
        conductance : Interval or None
            Where G_T is; None if it is fixed.
        offset : bool
            Whether I_offset is to be found.
        """

        values: dict[str, FloatArray] = {}
        if box:
            look = qmc.LatinHypercube(len(box), rng=_SEED).random(_FIRST_LOOK)
            lines = self._compared(_scaled(box, look.T), conductance, offset)
            order = np.argsort(_deviations(lines), kind="stable")
            ends = [
                self._polished(box, start, conductance, offset) for start in _apart(look[order])
            ]
            lines = self._compared(_scaled(box, np.transpose(ends)), conductance, offset)
            best = ends[int(np.argmin(_deviations(lines)))]
            values = _scaled(box, best[:, None])
        lines = self._compared(values, conductance, offset)
        values |= {"G_T": lines.slopes, "I_offset": lines.offsets}
        return {name: float(value[0]) for name, value in values.items()}

    def _polished(
        self, box: Mapping[str, Interval], start: FloatArray, conductance: Interval | None,
        offset: bool,
    ) -> FloatArray:  # fmt: skip
        """Return the places in the intervals after a few steps downhill."""

        def residuals(units: FloatArray) -> FloatArray:
            return self._compared(_scaled(box, units.T), conductance, offset).residuals

        def slopes(unit: FloatArray) -> FloatArray:
            steps = np.where(unit < 0.5, _STEP, -_STEP)
            rows = residuals(unit + np.vstack([np.zeros(len(unit)), np.diag(steps)]))
            return np.asarray((rows[1:] - rows[0]).T / steps)

        scale = float(np.mean(np.abs(residuals(start[None])))) + 1e-12
        end = least_squares(
            lambda unit: residuals(unit[None])[0], start, slopes, (0.0, 1.0), loss="soft_l1",
            f_scale=scale, max_nfev=_STEPS,
        )  # fmt: skip
        return np.asarray(end.x)

    def _compared(
        self, values: Mapping[str, FloatArray], conductance: Interval | None, offset: bool
    ) -> Lines:
        """Return the lines of the measured currents of candidates over those of the model."""
        given = {**self.fixed, **{name: value[:, None] for name, value in values.items()}}
        circuit = {
            name: np.asarray(given.get(name, parameter.default))
            for name, parameter in CIRCUIT.items()
        }
        own = {name: value for name, value in given.items() if name not in CIRCUIT}
        for gap in ("gap_S", "gap_Sm"):
            own[gap] = circuit["Delta_0"] * own.get(gap, 1.0)
        bias = self.V - circuit["V_offset"] - circuit["R_series"] * self.in_series
        junction = Junction(**own, gap_model=self.gap_model)
        model = currents(np.atleast_2d(bias), junction, rtol=_RTOL).charge
        G_T, I_offset = float(circuit["G_T"]), float(circuit["I_offset"])
        limits = (G_T, G_T) if conductance is None else conductance[:2]
        return _lines(model, self.values, limits, None if offset else I_offset)


def _integrated(V: FloatArray, values: FloatArray) -> FloatArray:
    """Return the integral of values over bias, from the first point on."""
    steps = 0.5 * (values[1:] + values[:-1]) * np.diff(V)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _chosen(distance: FloatArray, edge: float) -> FloatArray:
    """Return the indices of a few points, three of four of them within the edge."""
    inside = np.flatnonzero(np.abs(distance) <= edge)
    outside = np.flatnonzero(np.abs(distance) > edge)
    few = [
        group[np.unique(np.linspace(0, len(group) - 1, number).round().astype(int))]
        for group, number in ((inside, 3 * _POINTS // 4), (outside, _POINTS // 4))
        if len(group)
    ]
    return np.sort(np.concatenate(few))


def _apart(places: FloatArray) -> list[FloatArray]:
    """Return the first of some places in the unit cube, each well apart from those before it."""
    kept: list[FloatArray] = []
    for place in places:
        if all(np.sqrt(np.mean((place - other) ** 2)) > _APART for other in kept):
            kept.append(place)
        if len(kept) == _STARTS:
            break
    return kept


def _deviations(lines: Lines) -> FloatArray:
    """Return mean absolute residuals, row by row."""
    return np.asarray(np.mean(np.abs(lines.residuals), axis=1))


def _scaled(box: Mapping[str, Interval], unit: FloatArray) -> dict[str, FloatArray]:
    """Return parameters from places between 0 and 1 in their intervals, shape (names, n)."""
    return {
        name: low * (high / low) ** place if logarithmic else low + (high - low) * place
        for (name, (low, high, logarithmic)), place in zip(box.items(), unit, strict=True)
    }


def _lines(
    x: FloatArray, y: FloatArray, slopes: tuple[float, float], offset: float | None
) -> Lines:
    """Return the straight lines y = offset + slope x, row by row.

    The sum of absolute deviations is about least: a few spikes, or a supercurrent, hardly count.
    """
    weights = np.ones_like(x)
    for _ in range(4):
        total = weights.sum(axis=1)
        x_0 = (weights * x).sum(axis=1) / total if offset is None else np.zeros(len(x))
        y_0 = (weights * y).sum(axis=1) / total if offset is None else np.full(len(x), offset)
        dx, dy = x - x_0[:, None], y - y_0[:, None]
        slope = (weights * dx * dy).sum(axis=1) / ((weights * dx**2).sum(axis=1) + 1e-300)
        slope = np.clip(slope, *slopes)
        residuals = dy - slope[:, None] * dx
        size = np.abs(residuals)
        weights = 1.0 / np.maximum(size, 0.1 * size.mean(axis=1, keepdims=True) + 1e-300)
    return Lines(residuals, slope, y_0 - slope * x_0)
