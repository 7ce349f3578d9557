"""What a curve would be if the parameters had certain values, and how it changes with each."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from thermospin.fitting.averages import Average, average
from thermospin.fitting.circuit_curve import (
    BY_BIAS,
    BY_NAMES,
    BY_SERIES,
    VALUE,
    circuit_curve,
)
from thermospin.fitting.fit_parameters import CIRCUIT
from thermospin.fitting.problem import Curve
from thermospin.fitting.voltage_panels import panels_of, singular_voltages
from thermospin.junction import FloatArray, Junction
from thermospin.quantities import GapModel

GAPS = ("gap_S", "gap_Sm")
MOST_SAMPLES = 2**16
"""Voltages at which a curve is taken at once."""


class Prediction(NamedTuple):
    """A curve as the model has it.

    ``values`` is I or dI/dV at the bias of the curve, shape (n,); ``jacobian`` its derivatives by
    parameters, shape (n, parameters); ``by_voltage`` its derivative by the bias, shape (n,).
    """

    values: FloatArray
    jacobian: FloatArray
    by_voltage: FloatArray


def predicted(
    curve: Curve, parameters: Mapping[str, float], names: Sequence[str], gap_model: GapModel
) -> Prediction:
    """Return what the model has for a curve, and its derivatives.

    Parameters
    ----------
    curve : Curve
        The bias and the kind of values.
    parameters : mapping of str to float
        Values of `FIT_PARAMETERS` in reduced units; the rest has its default.
    names : sequence of str
        The parameters by which the curve is differentiated, in the order of the columns.
    gap_model : str
        How the gaps depend on temperature and field.

    Returns
    -------
    Prediction
        In the unit of the values, per reduced unit of the parameters.

    Raises
    ------
    ValueError
        If a value is out of range.

    Notes
    -----
    The junction has the bias x that solves x + R G_T I_0(x) = V − V_offset, with its current I_0
    for G_T = 1; what is measured is G_T I_0 + I_offset, or G_T I_0'/(1 + R G_T I_0'), averaged over
    modulation and fast noise of V.
    """
    circuit, junction = circuit_of(parameters), junction_of(parameters, gap_model)
    asked = [name for name in names if name not in CIRCUIT]
    if "Delta_0" in names:
        asked += [gap for gap in GAPS if gap not in asked]
    series = circuit["R_series"] * circuit["G_T"]
    columns, spread = _averaged(curve, circuit, series, junction, asked)
    return _measured(curve, circuit, junction, names, asked, columns, spread)


def circuit_of(parameters: Mapping[str, float]) -> dict[str, float]:
    """Return the parameters of the circuit by name, in reduced units.

    Parameters
    ----------
    parameters : mapping of str to float
        Values of `FIT_PARAMETERS` in reduced units; the rest has its default.
    """
    return {name: parameters.get(name, CIRCUIT[name].default or 0.0) for name in CIRCUIT}


def junction_of(parameters: Mapping[str, float], gap_model: GapModel) -> Junction:
    """Return the junction of a curve.

    Parameters
    ----------
    parameters : mapping of str to float
        As in `circuit_of`; ``Delta_0`` is a factor of both gaps.
    gap_model : str
        How the gaps depend on temperature and field.

    Raises
    ------
    ValueError
        If a value is out of range.
    """
    own = {name: value for name, value in parameters.items() if name not in CIRCUIT}
    factor = circuit_of(parameters)["Delta_0"]
    gaps = {gap: factor * own.get(gap, 1.0) for gap in GAPS}
    return Junction(**{**own, **gaps}, gap_model=gap_model)


def _averaged(
    curve: Curve,
    circuit: Mapping[str, float],
    series: float,
    junction: Junction,
    asked: Sequence[str],
) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Return the columns of `circuit_curve` averaged, and derivatives by what averages them."""
    bias = curve.V - circuit["V_offset"]
    sharpest = float(singular_voltages(junction)[1].min())
    over = average(curve.kind, circuit["lock_in"], circuit["broadening"], sharpest)
    panels = panels_of(junction, series, *_ends(bias, over))
    few = bias.size * over.offset.size <= panels.nodes.size
    at_nodes = None if few else circuit_curve(curve.kind, panels.nodes, junction, series, asked)
    result = np.empty((bias.size, BY_NAMES + len(asked)))
    spread = {name: np.empty(bias.size) for name in ("lock_in", "broadening")}
    rows = max(1, MOST_SAMPLES // over.offset.size)
    for first in range(0, bias.size, rows):
        some = slice(first, first + rows)
        samples = bias[some, np.newaxis] + over.offset
        if at_nodes is None:
            found = circuit_curve(curve.kind, samples.ravel(), junction, series, asked)
        else:
            found = panels.interpolated(at_nodes, samples.ravel())
        found = found.reshape(*samples.shape, -1)
        result[some] = np.einsum("j,ijk->ik", over.weight, found)
        moved = over.weight * found[..., BY_BIAS]
        spread["lock_in"][some] = moved @ over.by_lock_in
        spread["broadening"][some] = moved @ over.by_broadening
    return result, spread


def _ends(bias: FloatArray, over: Average) -> tuple[float, float]:
    """Return the lowest and the highest bias at which a curve is taken."""
    return float(bias.min() + over.offset.min()), float(bias.max() + over.offset.max())


def _measured(
    curve: Curve,
    circuit: Mapping[str, float],
    junction: Junction,
    names: Sequence[str],
    asked: Sequence[str],
    columns: FloatArray,
    spread: Mapping[str, FloatArray],
) -> Prediction:
    """Return what is measured of averaged columns, with its derivatives by all names."""
    scale, is_current = circuit["G_T"], curve.kind == "I"
    at = {name: scale * columns[:, BY_NAMES + k] for k, name in enumerate(asked)}
    by_bias, by_series = scale * columns[:, BY_BIAS], scale * columns[:, BY_SERIES]
    at |= {
        "G_T": columns[:, VALUE] + by_series * circuit["R_series"],
        "R_series": by_series * scale,
        "V_offset": -by_bias,
        "I_offset": np.full(curve.V.size, 1.0 if is_current else 0.0),
        **{name: scale * column for name, column in spread.items()},
    }
    if "Delta_0" in names:
        gaps = {gap: float(np.asarray(getattr(junction, gap))) for gap in GAPS}
        moved = at["gap_S"] * gaps["gap_S"] + at["gap_Sm"] * gaps["gap_Sm"]
        at["Delta_0"] = moved / circuit["Delta_0"]
    for gap in GAPS:
        if gap in at:
            at[gap] = at[gap] * circuit["Delta_0"]
    values = scale * columns[:, VALUE] + (circuit["I_offset"] if is_current else 0.0)
    jacobian = (
        np.stack([at[name] for name in names], axis=1) if names else np.empty((len(values), 0))
    )
    return Prediction(values, jacobian, by_bias)
