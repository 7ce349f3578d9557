"""The junction whose curve has most nearly the shape of a measured one, searched for in a box."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from thermospin.fitting.curve_features import SUPERCURRENT, Features
from thermospin.fitting.fit_parameters import CIRCUIT
from thermospin.fitting.problem import Curve
from thermospin.fitting.straight_lines import Lines, straight_lines
from thermospin.junction import FloatArray, Junction
from thermospin.observables import currents
from thermospin.quantities import PARAMETERS, GapModel

_RTOL = 1e-4
"""Far below what noise and a coarse search leave."""
_FEW, _MANY = 60, 120
"""Points of the curve at which a search compares, and at which its best end is refined."""
_LOOKS = 400
"""Junctions spread over the box, the best of which begin a search."""
_SEED = 17
"""They are the same each time."""
_STARTS, _APART = 8, 0.2
"""How many begin, and how far they are from each other in the unit cube, root mean square."""
_STEPS, _STEPS_OF_BEST = 10, 10
_DIFFERENCE = 1e-3
_LAG = 12
"""A measured dI/dV is compared by differences of its integral over one in so many of the points."""


class Interval(NamedTuple):
    """Where a parameter is searched for, evenly in its logarithm or in itself."""

    low: float
    high: float
    logarithmic: bool = False


@dataclass(frozen=True, eq=False)
class ShapeSearch:
    """Points of a measured current, and what is not known of the junction behind it.

    The conductance and the offset of the current are not searched for: the current depends on them
    linearly, so that they follow from the rest.

    Attributes
    ----------
    V, current : ndarray
        The points in the order of their bias, in Δ0/e and G_T Δ0/e, shape (n,).
    in_series : ndarray
        The current through what is in series with the junction, 0 at zero bias, shape (n,).
    differences : bool
        Whether only differences of the current count: a measured dI/dV is integrated, for its peaks
        are so narrow that a search would pass them by. What is wrong with it at one bias then
        counts there alone.
    box : mapping of str to Interval
        The parameters to be found, without those that follow.
    conductance : Interval
        Where G_T is.
    I_offset : float or None
        None if it is to be found.
    fixed : mapping of str to float
        The other parameters.
    gap_model : str
        How the gaps depend on temperature and field.
    """

    V: FloatArray
    current: FloatArray
    in_series: FloatArray
    differences: bool
    box: Mapping[str, Interval]
    conductance: Interval
    I_offset: float | None
    fixed: Mapping[str, float]
    gap_model: GapModel

    def nearest(self, shown: Features) -> dict[str, float]:
        """Return the parameters whose curve is nearest to the measured one, by name.

        Parameters
        ----------
        shown : Features
            Where the curve has its structure.
        """
        few, many = (self._thinned(shown, number) for number in (_FEW, _MANY))
        best = np.empty((1, 0))
        if self.box:
            places = spread(len(self.box))
            order = np.argsort(few.compared(places).deviations, kind="stable")
            ends = np.array([few.downhill(start, _STEPS) for start in _apart(places[order])])
            best = ends[np.argmin(few.compared(ends).deviations)]
            best = many.downhill(best, _STEPS_OF_BEST)[np.newaxis]
        lines = many.compared(best)
        found = {name: float(value[0]) for name, value in _scaled(self.box, best).items()}
        return found | {"G_T": float(lines.slopes[0]), "I_offset": float(lines.offsets[0])}

    def _thinned(self, shown: Features, number: int) -> "ShapeSearch":
        """Return the same search at so many points."""
        chosen = _chosen(self.V - shown.centre, 1.4 * shown.edge, number)
        V, current, in_series = (x[chosen] for x in (self.V, self.current, self.in_series))
        return replace(self, V=V, current=current, in_series=in_series)

    def downhill(self, start: FloatArray, steps: int) -> FloatArray:
        """Return the place in the unit cube that so many steps from another lead to, shape (k,)."""

        def residuals(place: FloatArray) -> FloatArray:
            return np.asarray(self.compared(place[np.newaxis]).residuals[0])

        def slopes(place: FloatArray) -> FloatArray:
            steps = np.where(place < 0.5, _DIFFERENCE, -_DIFFERENCE)
            rows = np.vstack([place, place + np.diag(steps)])
            residuals = self.compared(rows).residuals
            return np.asarray((residuals[1:] - residuals[0]).T / steps)

        scale = float(self.compared(start[np.newaxis]).deviations[0]) + 1e-12
        end = least_squares(
            residuals, start, slopes, (0.0, 1.0), loss="soft_l1", f_scale=scale, max_nfev=steps
        )
        return np.asarray(end.x)

    def compared(self, places: FloatArray) -> Lines:
        """Return the lines that the measured current makes over those of junctions.

        Parameters
        ----------
        places : ndarray
            Places in the unit cube, shape (junctions, names of the box).
        """
        parameters: dict[str, Any] = {**self.fixed, **_scaled(self.box, places)}
        circuit = {name: parameters.pop(name, CIRCUIT[name].default) for name in CIRCUIT}
        for gap in ("gap_S", "gap_Sm"):
            value = circuit["Delta_0"] * parameters.get(gap, 1.0)
            parameters[gap] = np.minimum(value, PARAMETERS[gap].high)
        junction = Junction(
            **{name: np.reshape(value, (-1, 1)) for name, value in parameters.items()},
            gap_model=self.gap_model,
        )
        drop = np.reshape(circuit["R_series"], (-1, 1)) * self.in_series
        bias = self.V - np.reshape(circuit["V_offset"], (-1, 1)) - drop
        bias = np.clip(bias, PARAMETERS["V"].low, PARAMETERS["V"].high)
        model = currents(bias, junction, rtol=_RTOL).charge
        slopes = self.conductance[:2]
        if not self.differences:
            return straight_lines(model, self.current, slopes, self.I_offset)
        lag = max(1, len(self.V) // _LAG)
        return straight_lines(
            model[:, lag:] - model[:, :-lag], self.current[lag:] - self.current[:-lag], slopes, 0.0
        )


def _integrated(V: FloatArray, values: FloatArray) -> FloatArray:
    """Return the integral of values over bias, from the first point on."""
    steps = 0.5 * (values[1:] + values[:-1]) * np.diff(V)
    return np.concatenate([[0.0], np.cumsum(steps)])


def in_order(curve: Curve, centre: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return bias and current of a curve by rising bias, and the current less that at the centre.

    A dI/dV is integrated, without a peak at the centre that is higher than all others: that is of
    a supercurrent.
    """
    order = np.argsort(curve.V, kind="stable")
    V, values = curve.V[order], curve.values[order]
    if curve.kind == "dIdV":
        values = _integrated(V, _without_supercurrent(V - centre, values))
    nearest = np.argsort(np.abs(V - centre), kind="stable")[: max(3, len(V) // 50)]
    return V, values, values - np.median(values[nearest])


def _without_supercurrent(distance: FloatArray, values: FloatArray) -> FloatArray:
    """Return dI/dV with a straight line in place of the highest peak, if it is at the centre."""
    size = np.abs(values)
    far = np.abs(distance) > SUPERCURRENT * np.abs(distance).max()
    if size[far].max(initial=0.0) >= size[~far].max(initial=0.0):
        return values
    return np.where(far, values, np.interp(distance, distance[far], values[far]))


def _chosen(distance: FloatArray, edge: float, number: int) -> NDArray[np.intp]:
    """Return the indices of so many points at most, three of four of them within the edge."""
    inside = np.flatnonzero(np.abs(distance) <= edge)
    outside = np.flatnonzero(np.abs(distance) > edge)
    few = [
        group[np.unique(np.linspace(0, len(group) - 1, most).round().astype(int))]
        for group, most in ((inside, 3 * number // 4), (outside, number // 4))
        if len(group)
    ]
    return np.sort(np.concatenate(few))


def spread(dimensions: int) -> FloatArray:
    """Return places in the unit cube, a Latin hypercube, shape (_LOOKS, dimensions).

    In each coordinate there is one place in each of as many equal intervals. The numbers are those
    of `scipy.stats.qmc`, the import of which takes a sixth of the time of a short fit.
    """
    generator = np.random.default_rng(_SEED).spawn(1)[0]
    within = generator.uniform(size=(_LOOKS, dimensions))
    intervals = np.tile(np.arange(1, _LOOKS + 1), (dimensions, 1))
    return np.asarray((generator.permuted(intervals, axis=1).T - within) / _LOOKS)


def _apart(places: FloatArray) -> list[FloatArray]:
    """Return the first of some places in the unit cube, each well apart from those before it."""
    kept: list[FloatArray] = []
    for place in places:
        if all(np.sqrt(np.mean((place - other) ** 2)) > _APART for other in kept):
            kept.append(place)
        if len(kept) == _STARTS:
            break
    return kept


def _scaled(box: Mapping[str, Interval], places: FloatArray) -> dict[str, FloatArray]:
    """Return parameters from places in the unit cube, by name, shape (junctions,)."""
    return {
        name: low * (high / low) ** place if logarithmic else low + (high - low) * place
        for (name, (low, high, logarithmic)), place in zip(box.items(), places.T, strict=True)
    }
