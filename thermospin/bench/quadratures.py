"""The currents of Eq. (2) by the quadratures that SciPy offers, in their usual forms."""

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
"""The best of the alternatives, to which the kernels are held."""

SpinUp = Callable[[Case], float]

TAIL = 30.0 * KT_S
"""The energies beyond the outermost step or edge that still count: e^−30 is left out."""
MERGED = 1e-9
"""Break points nearer than this are one. `quad` loses what lies next to an interval of one ulp."""
SUBDIVISIONS = 500


class Method(NamedTuple):
    """A way to compute I_up and I_down, shape (n, 2), of n cases.

    ``slow`` if it takes milliseconds a point; ``computed`` is the number of points that it computes
    for one exchange field whatever is asked for, 0 if it computes what is asked for.
    """

    name: str
    both_spins: Callable[[Sequence[Case]], FloatArray]
    slow: bool = True
    computed: int = 0

    def points(self, cases: Sequence[Case]) -> int:
        """Return the number of points computed for some cases: what a time is divided by."""
        return len({case.h_exc for case in cases}) * self.computed or len(cases)


def one_by_one(spin_up: SpinUp) -> Callable[[Sequence[Case]], FloatArray]:
    """Return what computes I_up and I_down of each case in turn; I_down(V) = −I_up(−V)."""
    return lambda cases: np.array(
        [(spin_up(case), -spin_up(case._replace(V=-case.V))) for case in cases]
    )


def formula(sqrt: Callable[[Any], Any], tanh: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return the integrand of Eq. (2), as one writes it down, with given elementary functions."""

    def integrand(E: Any, V: float, h_exc: float, gap_S: float, gap_Sm: float) -> Any:
        z_S, z_Sm = E - V + 1j * GAMMA, E + h_exc + 1j * GAMMA
        N_S = abs((z_S / sqrt(z_S * z_S - gap_S * gap_S)).real)
        N_Sm = abs((z_Sm / sqrt(z_Sm * z_Sm - gap_Sm * gap_Sm)).real)
        # f_S − f_Sm, with f(x) = (1 − tanh x/2)/2
        return 0.25 * N_S * N_Sm * (tanh(0.5 * E / KT_SM) - tanh(0.5 * (E - V) / KT_S))

    return integrand


def compiled_integrand() -> Any:
    """Return the integrand in machine code, as `quad` can call it without Python."""
    integrand: Any = numba.njit(formula(cmath.sqrt, math.tanh))

    @numba.cfunc("double(intc, CPointer(double))")
    def called_by_quad(_count: int, x: Sequence[float]) -> Any:
        return integrand(x[0], x[1], x[2], x[3], x[4])

    pointer: Any = called_by_quad.ctypes
    return LowLevelCallable(pointer)


def break_points(case: Case, merged: float = MERGED) -> list[float]:
    """Return the gap edges and the Fermi steps, ascending, those of the same energy as one."""
    V, h, gap_S, gap_Sm = case
    found: list[float] = []
    for energy in sorted((V - gap_S, V + gap_S, -h - gap_Sm, -h + gap_Sm, 0.0, V)):
        if not found or energy - found[-1] > merged:
            found.append(energy)
    return found


def over_all_energies(integrand: Any) -> SpinUp:
    """Return ``quad(-inf, inf)`` with its defaults."""
    return lambda case: float(quad(integrand, -math.inf, math.inf, args=case)[0])


def with_points(integrand: Any, merged: float = MERGED, **tolerances: Any) -> SpinUp:
    """Return ``quad`` with the break points of each case."""

    def spin_up(case: Case) -> float:
        points = break_points(case, merged)
        low, high = points[0] - TAIL, points[-1] + TAIL
        found = quad(
            integrand, low, high, args=case, points=points, limit=SUBDIVISIONS, **tolerances
        )
        return float(found[0])

    return spin_up


def by_tanhsinh(integrand: Any, rtol: float) -> SpinUp:
    """Return ``tanhsinh`` over all intervals between break points at once."""

    def spin_up(case: Case) -> float:
        inner = break_points(case)
        edges = np.array([inner[0] - TAIL, *inner, inner[-1] + TAIL])
        found = scipy.integrate.tanhsinh(integrand, edges[:-1], edges[1:], args=case, rtol=rtol)
        return float(found.integral.sum())

    return spin_up


def methods(rtol: float) -> list[Method]:
    """Return the alternatives, the slowest kind first; the last has its best chance.

    Tolerances are the defaults unless the name says otherwise.
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
