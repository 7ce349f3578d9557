"""Fits of synthetic curves: whether they find the truth, whether errors are honest, and how fast.

``python benchmarks/fits.py [--quick]`` prints a Markdown table of figures with their bounds, and
one of fits whose model lacks what the truth has. It takes some minutes.
"""

import argparse
from collections.abc import Iterator, Mapping

import numpy as np
from measuring import seconds_of

from thermospin import Junction, currents
from thermospin.bench.budget import Budget
from thermospin.bench.tables import figure_table, markdown
from thermospin.fitting import Curve, FitProblem, FitResult, Free, fit_problem
from thermospin.fitting.prediction import predicted
from thermospin.measured.column_units import ValueKind
from thermospin.observables import junction_derivatives

TRUTH = {"gap_S": 1.0, "gap_Sm": 1.0, "h_exc": 0.4, "gamma": 2e-3, "T_S": 0.7, "G_T": 1.0,
         "V_offset": 0.005, "I_offset": 0.002, "R_series": 0.02}  # fmt: skip
KNOWN = {"T_Sm": 0.1}
REACH = {"gap_S": 0.1, "gap_Sm": 0.1, "T_S": 0.2, "V_offset": 1.0, "I_offset": 1.0}
"""How far starts are off, relative: most by a quarter."""
BIAS = np.linspace(-2.6, 2.6, 201)
NOISE = 1e-3
NOISE_OF_BIAS = 3e-4
SAME = 1e-6
"""Relative difference of χ² by which two searches ended at one minimum."""
RATES: tuple[dict[str, float], ...] = (
    {"spin_orbit_Sm": 0.03},
    {"spin_orbit_Sm": 0.1},
    {"spin_orbit_Sm": 0.3},
    {"depairing_Sm": 0.01},
    {"depairing_Sm": 0.03},
    {"depairing_Sm": 0.01, "spin_orbit_Sm": 0.05, "spin_flip_Sm": 0.005},
)
"""Truths that the ideal model does not have."""
IDEAL = {"gap_S": 1.0, "gap_Sm": 1.0, "h_exc": 0.4, "gamma_S": 1e-3, "gamma_Sm": 1e-3, "T_S": 0.7,
         "G_T": 1.0}  # fmt: skip


def noisy(
    truth: Mapping[str, float],
    seed: int,
    *,
    kind: ValueKind = "I",
    points: int = BIAS.size,
    noise_of_bias: float = 0.0,
) -> Curve:
    """Return a curve as it would be measured, in reduced units."""
    random = np.random.default_rng(seed)
    V = np.linspace(BIAS[0], BIAS[-1], points)
    exact = predicted(Curve("exact", V, V, kind), truth, ["T_S"], "self-consistent").values
    values = exact + NOISE * random.standard_normal(V.size)
    shown = V + noise_of_bias * random.standard_normal(V.size)
    return Curve("curve", shown, values, kind, np.full(V.size, NOISE), noise_of_bias)


def fitted(curve: Curve, starts: Mapping[str, float]) -> FitResult:
    """Return the fit of a curve from given starts."""
    free = tuple(Free(name, start) for name, start in starts.items())
    return fit_problem(FitProblem((curve,), free, KNOWN))


def spreads(count: int, noise_of_bias: float) -> dict[str, float]:
    """Return the standard deviation of the pulls of each parameter over so many curves."""
    pulls: dict[str, list[float]] = {name: [] for name in TRUTH}
    for seed in range(count):
        curve = noisy({**TRUTH, **KNOWN}, seed, noise_of_bias=noise_of_bias)
        found = fitted(curve, TRUTH)
        for name, true in TRUTH.items():
            pulls[name].append((found.values[name] - true) / found.errors[name])
    return {name: float(np.std(every)) for name, every in pulls.items()}


def share_found(count: int, gamma: float, reach: Mapping[str, float] = REACH) -> float:
    """Return the share of starts, in %, from which a fit ends at the best minimum.

    The broadening starts from ``gamma`` times its truth, give or take a quarter.
    """
    found = 0
    for seed in range(count):
        curve = noisy({**TRUTH, **KNOWN}, seed)
        best = fitted(curve, TRUTH)
        random = np.random.default_rng(10_000 + seed)
        starts = {
            name: value * (1.0 + reach.get(name, 0.25) * random.uniform(-1.0, 1.0))
            for name, value in TRUTH.items()
        }
        starts["gamma"] *= gamma
        found += fitted(curve, starts).chi2 <= best.chi2 * (1.0 + SAME)
    return 100.0 * found / count


def cold_seconds(rates: bool) -> float:
    """Return the seconds that a fit of 500 points of dI/dV with seven free values takes.

    It starts from the data alone, and its kernels are compiled: the first of three fits loads them.
    """
    truth = {name: TRUTH[name] for name in ("h_exc", "gamma", "T_S", "G_T", "V_offset")}
    truth |= (
        {"Delta_0": 1.05, "spin_orbit_Sm": 0.1} if rates else {"Delta_0": 1.05, "R_series": 0.02}
    )
    curve = noisy({**truth, **KNOWN}, 1, kind="dIdV", points=500)
    problem = FitProblem((curve,), tuple(Free(name) for name in truth), KNOWN)
    return min(seconds_of(lambda: fit_problem(problem)) for _ in range(3))


def cost_of_derivatives() -> float:
    """Return the time of I and dI/dV with nine derivatives each, over that of the current alone."""
    names = ("T_S", "T_Sm", "h_exc", "h_S", "gamma_S", "gamma_Sm", "gap_S", "gap_Sm", "P")
    junction, V = Junction(T_S=0.7, T_Sm=0.1, h_exc=0.4, gamma=1e-3), np.linspace(-2.6, 2.6, 521)
    exact = currents(V, junction).charge
    current, _ = junction_derivatives(V, junction, names)
    if np.abs(current.value - exact).max() > 1e-6 * np.abs(exact).max():
        raise AssertionError("the current that comes with derivatives is another one")
    with_all = seconds_of(lambda: junction_derivatives(V, junction, names))
    return with_all / seconds_of(lambda: currents(V, junction))


def figures(quick: bool) -> Iterator[Budget]:
    """Yield the figures of this script with their bounds."""
    yield Budget("nine derivatives of I and dI/dV, over I", cost_of_derivatives(), 4.0)
    curves, starts = (20, 10) if quick else (200, 100)
    spread = spreads(curves, 0.0)
    yield Budget("least spread of pulls", min(spread.values()), 0.85, at_least=True)
    yield Budget("largest spread of pulls", max(spread.values()), 1.15)
    spread = spreads(curves, NOISE_OF_BIAS)
    yield Budget("largest spread of pulls, noisy bias", max(spread.values()), 1.15)
    yield Budget("found from starts a quarter off", share_found(starts, 1.0), 95.0, "%", True)
    wide = dict.fromkeys(("gap_S", "gap_Sm", "T_S"), 0.25)
    found = share_found(starts, 1.0, {**REACH, **wide})
    yield Budget("found from starts a quarter off, gaps as well", found, 95.0, "%", True)
    found = share_found(6 if quick else 24, 10.0)
    yield Budget("found from ten times the broadening", found, 100.0, "%", True)
    yield Budget("500 points of dI/dV, seven free, cold", cold_seconds(rates=False), 1.0, "s")
    yield Budget("the same with a rate of a film", cold_seconds(rates=True), 15.0, "s")


def misfits() -> Iterator[tuple[str, ...]]:
    """Yield, of each film, what the fit of an ideal model finds and says."""
    for rates in RATES:
        found = fitted_ideal(noisy({**IDEAL, "T_Sm": 0.01, **rates}, 3))
        yield (
            ", ".join(f"{name} {value:g}" for name, value in rates.items()),
            f"{found.chi2 / found.dof:.0f}",
            *(f"{found.values[name]:.4f}" for name in ("h_exc", "T_S", "gap_Sm")),
            f"{found.values['gamma_S']:.1e}, {found.values['gamma_Sm']:.1e}",
            found.notes[0].rpartition(": ")[2] if not found.describes_the_data else "described",
        )


def fitted_ideal(curve: Curve) -> FitResult:
    """Return the fit of a curve by an ideal junction, with both broadenings free."""
    free = tuple(Free(name, start) for name, start in IDEAL.items())
    return fit_problem(FitProblem((curve,), free, {"T_Sm": 0.01}))


def main() -> None:
    """Measure everything and print the tables."""
    parser = argparse.ArgumentParser(description="Fits of synthetic curves.")
    parser.add_argument("--quick", action="store_true", help="fewer curves and starts")
    quick = parser.parse_args().quick
    print(figure_table([figure.as_dict() for figure in figures(quick)]))
    heads = ("truth", "χ²/dof", "h_exc", "T_S", "gap_Sm", "gamma_S, gamma_Sm", "what to free")
    print("", markdown(heads, list(misfits())), sep="\n")


if __name__ == "__main__":
    main()
