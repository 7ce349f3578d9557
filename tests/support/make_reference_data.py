"""Freeze reference numbers: ``tests/support/make_reference_data.py`` writes tests/data/*.json.

Currents, conductances and gaps from :mod:`reference`, for junctions that fall into every trap of
this integral: coincident edges, cold leads, vanishing and large bias, unequal broadenings, normal
leads. Each record carries its actual gaps, so it holds for the gap model "constant". Takes about
twenty minutes on one core.
"""

import json
import math
import platform
import random
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import mpmath
from reference import (
    charge_current,
    differential_conductance,
    spin_current,
    spin_heat_currents,
    spin_rate,
    stable_gap,
)

COMMAND = "python tests/support/make_reference_data.py"
DATA = Path(__file__).parents[1] / "data"
SEED = 210501527
LEADS = ("T_S", "T_Sm", "h_exc", "h_S", "gamma_S", "gamma_Sm", "Delta_S", "Delta_Sm")
STANDARD_GAP_S = float(stable_gap(0.7))  # Delta(0.7 T_c); Delta(0.01 T_c, h < 0.707) is 1

Record = dict[str, str | float]


def junction(kind: str, V: float, gamma: float = 1e-4, **changes: float) -> Record:
    """Return the standing case, T_S = 0.7 and T_Sm = 0.01 with self-consistent gaps, changed."""
    record: Record = {
        "kind": kind,
        "V": V,
        "T_S": 0.7,
        "T_Sm": 0.01,
        "h_exc": 0.4,
        "h_S": 0.0,
        "gamma_S": gamma,
        "gamma_Sm": gamma,
        "Delta_S": STANDARD_GAP_S,
        "Delta_Sm": 1.0,
    }
    if unknown := changes.keys() - record.keys():
        raise ValueError(f"unknown parameters {sorted(unknown)}")
    return record | changes


def uniform(rng: random.Random, low: float, high: float) -> float:
    """Return a uniform draw, rounded to keep the file readable."""
    return round(rng.uniform(low, high), 4)


def log_uniform(rng: random.Random, low: float, high: float) -> float:
    """Return a draw uniform in the logarithm, to three digits."""
    return float(f"{math.exp(rng.uniform(math.log(low), math.log(high))):.2e}")


def plain_random(rng: random.Random, count: int) -> Iterator[Record]:
    for _ in range(count):
        yield junction(
            "random",
            uniform(rng, -3, 3),
            gamma=log_uniform(rng, 1e-8, 1e-1),
            T_S=uniform(rng, 0.1, 1.0),
            T_Sm=uniform(rng, 0.01, 1.0),
            h_exc=uniform(rng, -0.7, 0.7),
            Delta_S=uniform(rng, 0.1, 1.2),
            Delta_Sm=uniform(rng, 0.1, 1.2),
        )


def standing_case(rng: random.Random) -> Iterator[Record]:
    """Yield the 45 points on which accuracy and speed are stated."""
    delta, gap_sum = 1 - STANDARD_GAP_S, 1 + STANDARD_GAP_S
    for h in (0.0, 0.1, 0.2, 0.4, 0.6):
        drawn = [uniform(rng, 0.1, 2.5) for _ in range(4)]
        for V in (1e-3, 0.05, *drawn, abs(delta - h), delta + h, gap_sum - h):
            yield junction("standing case", V, h_exc=h)


def coincident_edges() -> Iterator[Record]:
    """Yield two gap edges that meet exactly, to one unit in the last place, and nearly."""
    for gamma in (1e-8, 1e-6, 1e-4, 1e-2):
        for gap_S, h in ((STANDARD_GAP_S, 0.4), (0.83, 0.1)):
            difference, gap_sum = 1.0 - gap_S, 1.0 + gap_S
            for V in (abs(difference - h), difference + h, gap_sum - h, gap_sum + h):
                off = [math.nextafter(V, 0), math.nextafter(V, 9), V + 1e-12, V - 1e-9]
                near = [V + gamma / 10] if gamma < 1e-2 else [V - gamma / 10, -V]
                chosen = [V, *off, *near] if (gap_S, h) == (STANDARD_GAP_S, 0.4) else [V]
                for bias in chosen:
                    yield junction("coincident edges", bias, gamma=gamma, h_exc=h, Delta_S=gap_S)


def cold_leads(rng: random.Random) -> Iterator[Record]:
    for T_S in (1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.04, 0.06):
        for V in (1e-3, uniform(rng, 0.05, 0.5), 0.6, uniform(rng, 0.8, 1.5), 2.3):
            yield junction(
                "cold leads", V, gamma=log_uniform(rng, 1e-8, 1e-2), T_S=T_S, T_Sm=1e-3, Delta_S=1.0
            )


def small_bias() -> Iterator[Record]:
    for V in (1e-3, 1e-5, -1e-7, 1e-9, 1e-12, 0.0):
        for T_S, T_Sm, h in (
            (0.7, 0.01, 0.4),
            (0.7, 0.01, 0.0),
            (0.5, 0.5, 0.2),
            (0.02, 0.02, 0.3),
        ):
            yield junction("small bias", V, T_S=T_S, T_Sm=T_Sm, h_exc=h)


def large_bias(rng: random.Random) -> Iterator[Record]:
    for V in (5.0, -10.0, 37.5, 100.0, -150.0, 200.0, -200.0):
        for gamma in (1e-8, 1e-4, 1e-1):
            yield junction("large bias", V, gamma=gamma, T_S=uniform(rng, 0.1, 1.2))


def near_critical(rng: random.Random) -> Iterator[Record]:
    for T_S in (0.95, 0.99, 0.9999, 1.0, 1.5, 20.0):
        gap = float(stable_gap(T_S))
        for gap_Sm in (1.0, 0.02, 1e-6):
            yield junction(
                "near critical",
                uniform(rng, -2, 2),
                gamma=log_uniform(rng, 1e-6, 1e-2),
                T_S=T_S,
                T_Sm=uniform(rng, 0.01, 1.1),
                h_exc=uniform(rng, 0, 0.3),
                Delta_S=gap,
                Delta_Sm=gap_Sm,
            )


def unequal_broadenings(rng: random.Random) -> Iterator[Record]:
    pairs = [(1e-8, 1e-2), (1e-8, 1e-1), (1e-8, 1e-4), (1e-6, 1e-3), (1e-5, 3e-5)]
    for gammas in pairs:
        for gamma_S, gamma_Sm in (gammas, gammas[::-1]):
            for V in (uniform(rng, -2.5, 2.5), 0.4 - (1 - STANDARD_GAP_S), 0.6 + STANDARD_GAP_S):
                yield junction("unequal broadenings", V, gamma_S=gamma_S, gamma_Sm=gamma_Sm)


def normal_leads(rng: random.Random) -> Iterator[Record]:
    for kind, gap_S, gap_Sm in (("NIS", 0.0, 1.0), ("SIN", 1.0, 0.0), ("NIN", 0.0, 0.0)):
        for V in (0.6, 1.4, uniform(rng, -2, 2), uniform(rng, -0.5, 0.5)):
            for gamma in (1e-8, log_uniform(rng, 1e-5, 1e-1)):
                yield junction(
                    kind,
                    V,
                    gamma=gamma,
                    T_S=uniform(rng, 0.01, 1.0),
                    T_Sm=uniform(rng, 0.01, 1.0),
                    Delta_S=gap_S,
                    Delta_Sm=gap_Sm,
                )


def other_temperatures(rng: random.Random) -> Iterator[Record]:
    equal = [("equal temperatures", T, T) for T in (0.05, 0.4, 0.9)]
    inverted = [("T_S below T_Sm", *pair) for pair in ((0.01, 0.7), (0.3, 0.31), (0.1, 0.95))]
    for kind, T_S, T_Sm in equal + inverted:
        for V in (uniform(rng, 0.02, 0.2), uniform(rng, -1, 1), uniform(rng, 1, 2.5)):
            yield junction(
                kind, V, gamma=log_uniform(rng, 1e-6, 1e-2), T_S=T_S, T_Sm=T_Sm, Delta_S=0.9
            )


def different_gaps(rng: random.Random) -> Iterator[Record]:
    for gap_S, gap_Sm in ((2.5, 1.0), (0.3, 1.0), (1.0, 0.05), (1.0, 3.0), (10.0, 0.5)):
        for V in (abs(gap_S - gap_Sm), uniform(rng, -1, 1), uniform(rng, 0, gap_S + gap_Sm)):
            yield junction(
                "different gaps", V, h_exc=uniform(rng, -0.5, 0.5), Delta_S=gap_S, Delta_Sm=gap_Sm
            )


def fields(rng: random.Random) -> Iterator[Record]:
    """Yield exchange fields in both leads, and fields above the gap."""
    for h_S, h_exc in ((0.4, 0.4), (-0.4, 0.4), (0.2, 0.0), (0.1, -0.5)):
        for V in (0.01, 0.326, uniform(rng, -2.5, 2.5), uniform(rng, -1, 1)):
            yield junction("field in S", V, h_S=h_S, h_exc=h_exc, Delta_S=0.674)
    for h in (1.0, 1.2, 1.0 + STANDARD_GAP_S, 3.0, -10.0):
        for V in (uniform(rng, -0.5, 0.5), uniform(rng, -3, 3), abs(h) - 1):
            yield junction("field above gap", V, h_exc=h, gamma=log_uniform(rng, 1e-6, 1e-2))


def current_junctions() -> list[Record]:
    rng = random.Random(SEED)
    return [
        *standing_case(rng),
        *plain_random(rng, 60),
        *coincident_edges(),
        *cold_leads(rng),
        *small_bias(),
        *large_bias(rng),
        *near_critical(rng),
        *unequal_broadenings(rng),
        *normal_leads(rng),
        *other_temperatures(rng),
        *different_gaps(rng),
        *fields(rng),
    ]


def conductance_junctions() -> list[Record]:
    """Return zero-bias junctions over (T_S, h), and every eighth junction of the currents."""
    zero_bias = [
        junction("zero bias", 0.0, gamma=gamma, T_S=T_S, h_exc=h, Delta_S=float(stable_gap(T_S)))
        for T_S, h in ((0.3, 0.4), (0.5, 0.1), (0.5, 0.4), (0.7, 0.1), (0.7, 0.2), (0.7, 0.6))
        for gamma in (1e-6, 1e-4, 1e-2)
    ]
    return [*zero_bias, *current_junctions()[::8]]


def flow_junctions() -> list[Record]:
    """Return every seventh junction of the currents."""
    return current_junctions()[3::7]


def gap_points() -> Iterator[tuple[float, float]]:
    """Yield (T, h) over the superconducting and the normal region, and beside the transitions."""
    for T in (0.01, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 0.97):
        yield from ((T, h) for h in (0.0, 0.15, 0.3, 0.6))
    yield from ((T, 0.0) for T in (0.001, 0.5, 0.99, 0.999, 0.99999, 1.0, 1.2))
    yield from ((0.1, 0.6997), (0.1, 0.69972), (0.2, 0.6814), (0.2, 0.68142), (0.5, 0.6193))
    yield from ((0.5, 0.61934), (0.7, 0.5603), (0.7, 0.56035), (0.01, 0.70703), (0.01, 0.70704))
    yield from ((0.3, 0.68), (0.7, 0.4), (0.7, -0.2))


def leads(record: Record) -> list[float]:
    return [float(record[name]) for name in LEADS]


def with_currents(record: Record) -> Record:
    V, parameters = float(record["V"]), leads(record)
    up, down = (spin_current(V, sigma, *parameters) for sigma in (1, -1))
    cancelling = abs(up + down) < 0.1 * (abs(up) + abs(down))
    charge = charge_current(V, *parameters) if cancelling else up + down
    return record | {"I_up": float(up), "I_down": float(down), "I_q": float(charge)}


def with_conductance(record: Record) -> Record:
    return record | {"dIdV": float(differential_conductance(float(record["V"]), *leads(record)))}


def with_flows(record: Record) -> Record:
    V, parameters = float(record["V"]), leads(record)
    heats = [spin_heat_currents(V, sigma, *parameters) for sigma in (1, -1)]
    J_S, J_Sm = (sum(column) for column in zip(*heats, strict=True))
    S_I = 2 * sum(spin_rate(V, sigma, *parameters) for sigma in (1, -1))
    return record | {"J_S": float(J_S), "J_Sm": float(J_Sm), "S_I": float(S_I)}


def write(name: str, meaning: str, records: Iterable[Record]) -> None:
    """Write a header and the records, one a line; numbers are the shortest exact decimals."""
    header = {
        "meaning": meaning,
        "command": COMMAND,
        "seed": SEED,
        "date": date.today().isoformat(),
        "python": platform.python_version(),
        "mpmath": mpmath.__version__,
    }
    lines = ",\n".join(json.dumps(record, allow_nan=False) for record in records)
    opening = json.dumps(header, ensure_ascii=False, indent=0)[:-2]
    DATA.mkdir(exist_ok=True)
    (DATA / name).write_text(f'{opening},\n"records": [\n{lines}\n]\n}}\n', encoding="utf-8")


def main() -> None:
    units = "energies in Δ0, temperatures in T_c, bias in Δ0/e"
    gaps = ({"T": T, "h": h, "Delta": float(stable_gap(T, h))} for T, h in gap_points())
    write("gaps.json", f"stable self-consistent gap; {units}", gaps)
    write(
        "currents.json",
        f"I_up, I_down and I_q, G_T Δ0/e, at actual gaps; {units}",
        map(with_currents, current_junctions()),
    )
    write(
        "conductances.json",
        f"dI_q/dV, G_T, at actual gaps; {units}",
        map(with_conductance, conductance_junctions()),
    )
    write(
        "flows.json",
        f"J_S and J_Sm, G_T Δ0²/e², and S_I, G_T Δ0, at actual gaps; {units}",
        map(with_flows, flow_junctions()),
    )


if __name__ == "__main__":
    main()
