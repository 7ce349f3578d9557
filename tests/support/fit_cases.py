"""Synthetic curves with a known truth, and the fits of them."""

import numpy as np

from thermospin.fitting.prediction import predicted
from thermospin.fitting.problem import Curve, FitProblem, Free

TRUTH = {
    "Delta_0": 1.02,
    "h_exc": 0.4,
    "gamma": 5e-3,
    "T_S": 0.7,
    "G_T": 0.97,
    "V_offset": 0.013,
    "I_offset": 0.004,
}
KNOWN = {"T_Sm": 0.1}
BIAS = np.linspace(-2.6, 2.6, 161)
NOISE = 1e-3


def model_values(V, kind="I", gap_model="self-consistent", **parameters):
    """Return a curve without noise."""
    curve = Curve("exact", V, V, kind)
    return predicted(curve, parameters, ["T_S"], gap_model).values


def noisy_curve(
    seed, *, kind="I", V=BIAS, noise=NOISE, sigma_V=0.0, known=True, truth=TRUTH, fixed=None, **more
):
    """Return a curve as it would be measured, with the noise told or not."""
    random = np.random.default_rng(seed)
    parameters = {**KNOWN, **truth, **(fixed or {}), **more}
    values = model_values(V, kind, **parameters) + noise * random.standard_normal(V.size)
    shown = V + sigma_V * random.standard_normal(V.size)
    sigma = np.full(V.size, noise) if known else None
    return Curve(f"curve {seed}", shown, values, kind, sigma, sigma_V, fixed or {})


def fit_of(*curves, starts=TRUTH, each=(), fixed=KNOWN, **limits):
    """Return a fit of curves whose free parameters start from given values."""
    free = tuple(
        Free(name, start, *limits.get(name, (None, None)), each=name in each)
        for name, start in starts.items()
    )
    return FitProblem(curves, free, fixed)


def pulls(result, truth=TRUTH):
    """Return the deviations of fitted values from the truth, in their errors."""
    return [
        (value - truth[label.partition("[")[0]]) / result.errors[label]
        for label, value in result.values.items()
    ]
