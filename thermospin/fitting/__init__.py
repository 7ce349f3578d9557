"""Fits: from measured curves to the parameters of junctions, with their errors."""

from thermospin.fitting.fit_call import fit
from thermospin.fitting.fit_result import FitResult
from thermospin.fitting.fit_spec import FitSpec, load_fit_spec
from thermospin.fitting.fitting_run import fit_problem
from thermospin.fitting.lmfit_model import LmfitModel
from thermospin.fitting.problem import Curve, FitProblem, Free

__all__ = [
    "Curve",
    "FitProblem",
    "FitResult",
    "FitSpec",
    "Free",
    "LmfitModel",
    "fit",
    "fit_problem",
    "load_fit_spec",
]
