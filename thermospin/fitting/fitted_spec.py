"""The sweep spec of a fitted junction, with which its other outputs are computed."""

import math
from collections.abc import Mapping
from typing import Any

from thermospin.fitting.fit_parameters import CIRCUIT
from thermospin.fitting.fit_result import FitResult
from thermospin.quantities import PARAMETERS
from thermospin.spec.yaml_reader import yaml_text

_POINTS = 401
_DIGITS = 6
_OUTPUTS = ("I_q", "dIdV", "I_s", "G_0")


def fitted_specs(result: FitResult) -> dict[str, str]:
    """Return the sweep spec of every fitted junction.

    Parameters
    ----------
    result : FitResult
        The result.

    Returns
    -------
    dict of str to str
        The text of each spec by its name: ``junction`` if all curves are of one junction, else
        ``junction_1`` and so on, in the order of the curves.
    """
    count = len(result.problem.curves)
    own = [{k: v for k, v in result.parameters(i).items() if k in PARAMETERS} for i in range(count)]
    scales = [_scales(result, i) for i in range(count)]
    alike = all(own[0] == other for other in own) and all(scales[0] == other for other in scales)
    if alike:
        return {"junction": _text(result, range(count), own[0], scales[0])}
    return {f"junction_{i + 1}": _text(result, [i], own[i], scales[i]) for i in range(count)}


def _scales(result: FitResult, curve: int) -> dict[str, float]:
    parameters = result.parameters(curve)
    return {name: parameters.get(name, 1.0) for name in ("Delta_0", "G_T")}


def _text(
    result: FitResult, curves: Any, parameters: Mapping[str, float], scales: Mapping[str, float]
) -> str:
    """Return the text of the spec of a junction, over the bias of its curves."""
    problem, material = result.problem, result.problem.material
    # A material has the fitted gap, so that energies and temperatures are in units of that.
    unit = scales["Delta_0"] if material is not None else 1.0
    fixed = dict(parameters)
    for name, parameter in PARAMETERS.items():
        if name in fixed and parameter.unit in ("Δ0", "T_c") and name not in ("gap_S", "gap_Sm"):
            fixed[name] /= unit
    if material is None:
        for gap in ("gap_S", "gap_Sm"):
            fixed[gap] = fixed.get(gap, 1.0) * scales["Delta_0"]
    offset = result.parameters(next(iter(curves))).get("V_offset", 0.0)
    reach = max(float(abs(problem.curves[i].V - offset).max()) for i in curves) / unit
    end = math.ceil(100.0 * reach) / 100.0
    spec: dict[str, Any] = {
        "title": f"fitted to {', '.join(problem.curves[i].name for i in curves)}",
        "fixed": fixed,
        "axes": {"V": {"start": -end, "stop": end, "num": _POINTS}},
        "outputs": list(_OUTPUTS),
        "gap_model": problem.gap_model,
    }
    if material is not None:
        gap, conductance = material.Delta_0 * unit, material.G_T * scales["G_T"]
        spec["material"] = {
            "Delta_0": f"{1e6 * gap:.{_DIGITS}g} ueV",
            "G_T": f"{1e6 * conductance:.{_DIGITS}g} uS",
        }
    return yaml_text(spec)
