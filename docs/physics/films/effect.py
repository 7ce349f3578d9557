"""Print the table of docs/physics/films.md on what a film does to the effect: ``python effect.py``.

The junction is that of Fig. 3(b). Its S is ideal, its Sm has the rates of each row.
"""

import warnings
from collections.abc import Callable

import numpy as np

import thermospin as ts

FILMS: dict[str, dict[str, float]] = {
    "none": {},
    **{f"Γ_so = {rate}": {"spin_orbit_Sm": rate} for rate in (0.01, 0.03, 0.1, 0.3, 1)},
    **{f"Γ_orb = {rate}": {"depairing_Sm": rate} for rate in (0.01, 0.03, 0.1)},
    **{f"Γ_sf = {rate}": {"spin_flip_Sm": rate} for rate in (0.01, 0.03)},
}
ANY_BIAS = ("Delta_Sm", "E_g_Sm", "G_0", "V_S")


def lowest(function: Callable[[np.ndarray], np.ndarray]) -> float:
    """Return the voltage in (0, 0.6) at which a function is smallest, in Δ0/e, to 1e-9."""
    low, high = 0.0, 0.6
    while high - low > 1e-9:
        voltage = np.linspace(low, high, 201)
        best = int(np.argmin(function(voltage)))
        low, high = voltage[max(best - 1, 0)], voltage[min(best + 1, 200)]
    return 0.5 * (low + high)


def effect(rates: dict[str, float]) -> dict[str, float]:
    """Return what the table says about a film, by name, in reduced units; NaN where there is none.

    ``end`` is the voltage at which I_down changes its sign, up to which SGE = 1; ``least`` is the
    smallest I_q at V > 0 if that is negative, ``V_least`` the voltage that gives it, and ``power``
    the largest thermoelectric power.
    """
    junction = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, gamma=1e-4, **rates)
    values = ts.evaluate(ANY_BIAS, None, junction).values
    found = {name: values[name].item() for name in ANY_BIAS}
    with warnings.catch_warnings():
        # Where a current vanishes it has no relative accuracy.
        warnings.simplefilter("ignore", ts.ToleranceWarning)
        found["end"] = lowest(lambda V: np.abs(ts.currents(V, junction).down))
        at = lowest(lambda V: ts.currents(V, junction).charge)
        least = ts.currents(at, junction).charge.item()
        most = ts.currents(lowest(lambda V: V * ts.currents(V, junction).charge), junction)
    none = least > -1e-6  # I_q falls to zero at V = 0 and no lower
    found |= dict.fromkeys(("least", "V_least", "power"), np.nan)
    return found if none else found | {"least": least, "V_least": at, "power": most.power.item()}


def shown(value: float, digits: int) -> str:
    """Return a number as the table has it."""
    return "none" if np.isnan(value) else f"{value:.{digits}f}".replace("-", "−")


if __name__ == "__main__":
    print("| rate | Δ_Sm | E_g | G_0 | V_S | end of SGE = 1 | least I_q | at V | largest power |")
    print("|---|---|---|---|---|---|---|---|---|")
    for film, rates in FILMS.items():
        found = effect(rates)
        cells = [shown(value, 5) for value in found.values()]
        print(f"| {film} | {' | '.join(cells)} |")
