"""The main peers of the kernels: currents by the quadratures of SciPy, in their usual forms."""

import cmath
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numba
import numpy as np
import scipy.integrate
from scipy import LowLevelCallable
from scipy.integrate import quad

from thermospin.bench.standing_case import GAMMA, KT_S, KT_SM, Case
from thermospin.junction import FloatArray

LOW_LEVEL = "quad, merged points, LowLevelCallable, rtol 1e-8"
"""The name of the fastest accurate peer, with which the speed of the kernels is compared."""

SpinUp = Callable[[Case], float]

TAIL = 30.0 * KT_S
"""How far the integral extends beyond the outermost edge or step, in Δ0: e^−30 is left out."""
MERGED = 1e-9
"""Break points nearer to each other than this, in Δ0, are merged.

Next to an interval of a single unit in the last place, `quad` loses parts of the integral.
"""
SUBDIVISIONS = 500


class Method(NamedTuple):
    """A way to compute currents that is compared with the kernels.

    Attributes
    ----------
    name : str
        What the method is.
    both_spins : callable
        Takes n cases; returns I_up and I_down in G_T Δ0/e, shape (n, 2).
    slow : bool
        Whether it takes milliseconds a point.
    computed : int
        Number of points that it always computes for an exchange field; 0 if it computes only the
        points that are asked for.
    """

    name: str
    both_spins: Callable[[Sequence[Case]], FloatArray]
    slow: bool = True
    computed: int = 0

    def points(self, cases: Sequence[Case]) -> int:
        """Return the number of points computed for some cases, by which their time is divided."""
        return len({case.h_exc for case in cases}) * self.computed or len(cases)


def one_by_one(spin_up: SpinUp) -> Callable[[Sequence[Case]], FloatArray]:
    """Return a function that computes I_up and I_down of one case after another.

    ``spin_up`` computes I_up of a case; I_down(V) = −I_up(−V).
    """
    return lambda cases: np.array(
        [(spin_up(case), -spin_up(case._replace(V=-case.V))) for case in cases]
    )


def formula(sqrt: Callable[[Any], Any], tanh: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return the integrand of Eq. (2), written as in the paper.

    Parameters
    ----------
    sqrt, tanh : callable
        The elementary functions: those of NumPy, or of cmath and math.
    """

    def integrand(E: Any, V: float, h_exc: float, gap_S: float, gap_Sm: float) -> Any:
        z_S, z_Sm = E - V + 1j * GAMMA, E + h_exc + 1j * GAMMA
        N_S = abs((z_S / sqrt(z_S * z_S - gap_S * gap_S)).real)
        N_Sm = abs((z_Sm / sqrt(z_Sm * z_Sm - gap_Sm * gap_Sm)).real)
        # f_S − f_Sm, with f(x) = (1 − tanh x/2)/2
        return 0.25 * N_S * N_Sm * (tanh(0.5 * E / KT_SM) - tanh(0.5 * (E - V) / KT_S))

    return integrand


def compiled_integrand() -> Any:
    """Return the integrand as machine code, which `quad` calls without Python."""
    integrand: Any = numba.njit(formula(cmath.sqrt, math.tanh))

    @numba.cfunc("double(intc, CPointer(double))")
    def called_by_quad(_count: int, x: Sequence[float]) -> Any:
        return integrand(x[0], x[1], x[2], x[3], x[4])

    pointer: Any = called_by_quad.ctypes
    return LowLevelCallable(pointer)


def break_points(case: Case, merged: float = MERGED) -> list[float]:
    """Return the energies of gap edges and Fermi steps, ascending, in Δ0.

    Energies nearer to each other than ``merged``, in Δ0, are one.
    """
    V, h, gap_S, gap_Sm = case
    found: list[float] = []
    for energy in sorted((V - gap_S, V + gap_S, -h - gap_Sm, -h + gap_Sm, 0.0, V)):
        if not found or energy - found[-1] > merged:
            found.append(energy)
    return found


def over_all_energies(integrand: Any) -> SpinUp:
    """Return the method that calls ``quad(-inf, inf)`` with its defaults."""
    return lambda case: float(quad(integrand, -math.inf, math.inf, args=case)[0])


def with_points(integrand: Any, merged: float = MERGED, **tolerances: Any) -> SpinUp:
    """Return the method that calls `quad` with the break points of each case.

    Parameters
    ----------
    integrand : callable
        What `formula` or `compiled_integrand` returned.
    merged : float, optional
        Break points nearer to each other than this, in Δ0, are one.
    **tolerances
        ``epsabs`` and ``epsrel`` of `quad`.
    """

    def spin_up(case: Case) -> float:
        points = break_points(case, merged)
        low, high = points[0] - TAIL, points[-1] + TAIL
        found = quad(
            integrand, low, high, args=case, points=points, limit=SUBDIVISIONS, **tolerances
        )
        return float(found[0])

    return spin_up


def by_tanhsinh(integrand: Any, rtol: float) -> SpinUp:
    """Return the method that calls `tanhsinh` once for all intervals between break points."""

    def spin_up(case: Case) -> float:
        inner = break_points(case)
        edges = np.array([inner[0] - TAIL, *inner, inner[-1] + TAIL])
        found = scipy.integrate.tanhsinh(integrand, edges[:-1], edges[1:], args=case, rtol=rtol)
        return float(found.integral.sum())

    return spin_up


def methods(rtol: float) -> list[Method]:
    """Return the methods, the slowest kinds first; the last is used as well as it can be.

    Tolerances are the defaults of SciPy unless the name of a method says otherwise: then it is
    ``rtol``.
    """
    notebook, python = formula(np.sqrt, np.tanh), formula(cmath.sqrt, math.tanh)
    compiled = compiled_integrand()
    tight = {"epsabs": 0.0, "epsrel": rtol}
    found = [
        Method("quad(−inf, inf), NumPy scalars", one_by_one(over_all_energies(notebook))),
        Method("quad, points, NumPy scalars", one_by_one(with_points(notebook))),
        Method("quad, points, pure Python", one_by_one(with_points(python))),
        Method(
            "quad, points as they come, LowLevelCallable",
            one_by_one(with_points(compiled, merged=0.0)),
            slow=False,
        ),
        Method(LOW_LEVEL, one_by_one(with_points(compiled, **tight)), slow=False),
    ]
    if hasattr(scipy.integrate, "tanhsinh"):  # SciPy 1.15
        tanhsinh = one_by_one(by_tanhsinh(notebook, rtol))
        found.insert(3, Method("tanhsinh, sub-intervals", tanhsinh))
    return found
