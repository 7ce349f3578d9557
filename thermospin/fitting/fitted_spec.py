"""The sweep spec of a fitted junction, with which its other outputs are computed."""

import math
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from thermospin.fitting.fit_result import FitResult
from thermospin.fitting.fitted_junctions import junction_parameters
from thermospin.spec.yaml_reader import yaml_text

_POINTS = 401
_DIGITS = 7
_OUTPUTS = ["I_q", "dIdV", "I_s", "G_0"]


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
    junctions = [_junction(result, i) for i in range(count)]
    if all(junctions[0] == other for other in junctions):
        return {"junction": _text(result, junctions[0], range(count))}
    return {f"junction_{i + 1}": _text(result, junctions[i], [i]) for i in range(count)}


def _junction(result: FitResult, curve: int) -> dict[str, Any]:
    """Return what a spec says of the junction of a curve."""
    own = junction_parameters(result.parameters(curve), result.problem.material)
    found: dict[str, Any] = {"fixed": own, "gap_model": result.problem.gap_model}
    if result.problem.material is not None:
        scales = result.materials[curve]
        found["material"] = {
            "Delta_0": f"{1e6 * scales.Delta_0:.{_DIGITS}g} ueV",
            "G_T": f"{1e6 * scales.G_T:.{_DIGITS}g} uS",
        }
    return found


def _text(result: FitResult, junction: dict[str, Any], curves: Sequence[int]) -> str:
    """Return the text of the spec of a junction, over the bias of its curves."""
    shown = [result.problem.curves[i] for i in curves]
    parameters = result.parameters(curves[0])
    unit = 1.0 if result.problem.material is None else parameters.get("Delta_0", 1.0)
    offset = parameters.get("V_offset", 0.0)
    reach = max(float(abs(curve.V - offset).max()) for curve in shown) / unit
    end = math.ceil(100.0 * reach) / 100.0
    spec = {
        "title": "fitted to " + ", ".join(PurePath(curve.name).name for curve in shown),
        **junction,
        "axes": {"V": {"start": -end, "stop": end, "num": _POINTS}},
        "outputs": _OUTPUTS,
    }
    return yaml_text(spec)
