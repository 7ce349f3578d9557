"""What a curve would be if the parameters had certain values, and how it changes with each."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from thermospin.fitting.fit_parameters import CIRCUIT, FIT_PARAMETERS
from thermospin.fitting.problem import Curve
from thermospin.junction import FloatArray, Junction
from thermospin.observables import currents, differential_conductance
from thermospin.quantities import GapModel


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
    """

    def at(V: FloatArray, p: Mapping[str, float]) -> FloatArray:  # to be replaced
        circuit = {name: p.get(name, q.default or 0.0) for name, q in CIRCUIT.items()}
        own = {name: value for name, value in p.items() if name not in CIRCUIT}
        for gap in ("gap_S", "gap_Sm"):
            own[gap] = circuit["Delta_0"] * own.get(gap, 1.0)
        junction = Junction(**own, gap_model=gap_model)
        bias = V - circuit["V_offset"]
        if curve.kind == "dIdV":
            return circuit["G_T"] * differential_conductance(bias, junction, rtol=1e-6)
        return circuit["I_offset"] + circuit["G_T"] * currents(bias, junction).charge

    def step(name: str) -> float:
        return 1e-4 * max(abs(parameters.get(name, FIT_PARAMETERS[name].default or 0.0)), 1e-3)

    values = at(curve.V, parameters)
    columns = []
    for name in names:
        h = step(name)
        here = parameters.get(name, FIT_PARAMETERS[name].default or 0.0)
        up = at(curve.V, {**parameters, name: here + h})
        columns.append((up - values) / h)
    by_voltage = (at(curve.V + 1e-5, parameters) - values) / 1e-5
    return Prediction(values, np.stack(columns, axis=1), by_voltage)
