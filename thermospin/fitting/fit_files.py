"""The files of a fit: its result as JSON, pictures, and sweep specs of the fitted junctions."""

import json
import math
import os
from pathlib import Path
from typing import Any

import thermospin
from thermospin.figures import check_matplotlib, publish
from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.fitting.fit_report import in_si
from thermospin.fitting.fit_result import FitResult
from thermospin.fitting.fit_spec import FitSpec
from thermospin.fitting.fitted_spec import fitted_specs
from thermospin.fitting.result_picture import profile_picture, result_picture


def new_folder(path: str | os.PathLike[str]) -> Path:
    """Return a folder for the files of a fit, which is made if it is missing.

    It is made before the fit begins, so that no fit is lost to a folder that cannot be made.

    Raises
    ------
    OSError
        If it cannot be made.
    FigureError
        If matplotlib, which draws the pictures, is missing.
    """
    check_matplotlib()
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_fit(spec: FitSpec, result: FitResult, folder: Path) -> list[Path]:
    """Write the files of a fit; existing ones are replaced.

    Parameters
    ----------
    spec : FitSpec
        What was fitted.
    result : FitResult
        What was found.
    folder : Path
        Where the files are written.

    Returns
    -------
    list of Path
        ``fit.json``, ``fit.png``, ``fit.pdf``, ``profile_NAME.png`` of each profile, and
        ``junction.yaml``, or ``junction_1.yaml`` and so on where curves have values of their own.
    """
    from thermospin.figures.fit_picture import picture_bytes

    picture = result_picture(result)
    content = {
        "fit.json": json.dumps(fit_record(spec, result), indent=2, ensure_ascii=False).encode(),
        "fit.png": picture_bytes(picture, ".png"),
        "fit.pdf": picture_bytes(picture, ".pdf"),
    }
    for label in result.profiles:
        name = label.replace("[", "_").rstrip("]")
        content[f"profile_{name}.png"] = picture_bytes(profile_picture(result, label), ".png")
    for name, text in fitted_specs(result).items():
        content[f"{name}.yaml"] = text.encode()
    for name, each in content.items():
        publish(each, folder / name)
    return [folder / name for name in content]


def fit_record(spec: FitSpec, result: FitResult) -> dict[str, Any]:
    """Return the result of a fit as values that JSON has.

    Parameters
    ----------
    spec : FitSpec
        What was fitted.
    result : FitResult
        What was found.

    Returns
    -------
    dict
        Values with errors in reduced units and in SI, their covariance, how well the model fits,
        and what to know of it. ``scales`` are those of the reduced units, ``remarks`` say what was
        assumed and left out. Numbers that JSON lacks are null.
    """
    problem = result.problem
    material = problem.material
    record = {
        "version": thermospin.__version__,
        "title": spec.title,
        "converged": result.converged,
        "stopped": result.stopped,
        "describes_the_data": result.describes_the_data,
        "chi2": result.chi2,
        "dof": result.dof,
        "evaluations": result.evaluations,
        "notes": list(result.notes),
        "parameters": {label: _value(result, label) for label in result.labels},
        "covariance": result.covariance.tolist(),
        "condition": result.condition,
        "profiles": {label: _profile(result, label) for label in result.profiles},
        "scales": material and {"Delta_0_eV": material.Delta_0, "G_T_siemens": material.G_T},
        "gap_model": problem.gap_model,
        "curves": [
            {
                "file": str(measured.path),
                "kind": curve.kind,
                "points": curve.V.size,
                "parameters": result.parameters(i),
            }
            for i, (measured, curve) in enumerate(zip(spec.measured, problem.curves, strict=True))
        ],
        "remarks": list(spec.notes),
    }
    known: dict[str, Any] = _finite(record)
    return known


def _value(result: FitResult, label: str) -> dict[str, Any]:
    """Return a fitted value with its error, in its reduced unit and in SI."""
    name = label.partition("[")[0]
    value, error = result.values[label], result.errors[label]
    found = {"value": value, "error": error, "unit": FIT_PARAMETERS[name].unit}
    if result.problem.material is None:
        return found
    si = in_si(name, value, error, result.problem.material)
    return {**found, "SI_value": si.value, "SI_error": si.error, "SI_unit": si.unit}


def _profile(result: FitResult, label: str) -> dict[str, Any]:
    """Return the points of a profile, and the intervals that it gives."""
    profile = result.profiles[label]
    return {
        "values": profile.values.tolist(),
        "rise_of_chi2": profile.rise.tolist(),
        "interval_68": list(profile.interval(1.0)),
        "interval_95": list(profile.interval(4.0)),
    }


def _finite(value: Any) -> Any:
    """Return a value with None in place of infinity and NaN."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
