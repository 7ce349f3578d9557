"""Measured curves whose junction is known, with what goes wrong in a laboratory."""

from dataclasses import replace

import numpy as np

from thermospin.fitting.prediction import predicted
from thermospin.fitting.problem import Curve, FitProblem, Free

ENERGIES = ("T_S", "T", "h_exc", "h_S", "gamma", "lock_in")
SHARED = ("gamma", "Delta_0", "G_T", "V_offset")
KINDS = ("I", "dIdV")


def random_truth(rng, *, lead="Sm"):
    """Return a junction that thermoelectric effects are measured on, and its circuit."""
    truth = {
        "T_S": rng.uniform(0.15, 0.9),
        "T_Sm": 0.05,
        "h_exc": rng.uniform(0.05, 0.45),
        "gamma": 10.0 ** rng.uniform(-3.0, -1.3),
    }
    if lead == "normal":
        truth |= {"gap_Sm": 0.0, "h_S": rng.uniform(0.0, 0.3), "h_exc": 0.0}
    if lead == "equal":
        truth["T"] = truth.pop("T_S")
        del truth["T_Sm"]
    scale = rng.uniform(0.6, 1.7)
    truth = {name: value * (scale if name in ENERGIES else 1.0) for name, value in truth.items()}
    return truth | {
        "Delta_0": scale,
        "G_T": 10.0 ** rng.uniform(-0.5, 0.5),
        "V_offset": rng.normal() * 0.1 * scale,
        "I_offset": rng.normal() * 0.1,
    }


def measured(truth, kind, rng, *, points=161, reach=None, noise=3e-3, one_sided=False):
    """Return a noisy curve of a junction; a dI/dV is measured by a small modulation."""
    scale = truth["Delta_0"]
    reach = rng.uniform(2.6, 4.0) * scale if reach is None else reach * scale
    V = truth["V_offset"] + np.linspace(0.02 * scale if one_sided else -reach, reach, points)
    sigma = np.full(points, noise * truth["G_T"] * (scale if kind == "I" else 1.0))
    fixed = {"lock_in": 0.02 * scale} if kind == "dIdV" else {}
    curve = Curve("synthetic", V, np.zeros(points), kind, sigma, fixed=fixed)
    values = predicted(curve, truth | fixed, ["G_T"], "self-consistent").values
    return replace(curve, values=values + sigma * rng.normal(size=points))


def problem_of(truth, curve, free):
    """Return the problem to find the parameters named from a curve, all others known."""
    names = [name for name in free if curve.kind == "I" or name != "I_offset"]
    fixed = {name: value for name, value in truth.items() if name not in names}
    return FitProblem((curve,), tuple(Free(name) for name in names), fixed)


def changed(curve, rows, **arrays):
    """Return a curve with the rows chosen, and some of its arrays replaced before."""
    curve = replace(curve, **arrays)
    return replace(curve, V=curve.V[rows], values=curve.values[rows], sigma=curve.sigma[rows])
