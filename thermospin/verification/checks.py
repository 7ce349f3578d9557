"""The checks that look at every byte or every value of a file."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.layout import LAYOUT
from thermospin.dataset.stored import STATUS_NAMES, Stored
from thermospin.quantities import OUTPUTS, STATUS
from thermospin.units import BCS_RATIO
from thermospin.verification.mirrors import differing
from thermospin.verification.slabs import slabs

ROUNDING = 2e-14
"""Largest share of rounding in an error estimate, relative to the integral of the modulus."""


@dataclass(frozen=True)
class Check:
    """What was checked, whether it passed, and what was found."""

    name: str
    passed: bool
    detail: str


def ends_of(stored: Stored) -> dict[str, tuple[float, float]]:
    """Return the smallest and the largest value of every parameter; axes ascend."""
    last = {name: stored.variables[name].size - 1 for name in stored.axes}
    ends = {name: (stored.read(name, 0, 1), stored.read(name, n, 1)) for name, n in last.items()}
    of_axes = {name: (float(low[0]), float(high[0])) for name, (low, high) in ends.items()}
    return of_axes | {name: (value, value) for name, value in stored.fixed().items()}


def outputs_of(stored: Stored, *, biased: bool) -> list[str]:
    """Return the outputs with, or without, a bias."""
    return [name for name in stored.variables if name in OUTPUTS and OUTPUTS[name].biased == biased]


def is_polarised(stored: Stored) -> bool:
    """Return whether the barrier is polarised at any point."""
    return ends_of(stored).get("P", (0.0, 0.0)) != (0.0, 0.0)


def check_bytes(stored: Stored) -> Check:
    """Compare the digest of every variable; all other bytes were found sound on opening."""
    altered = stored.altered()
    if not stored.head.complete:  # results have a digest only in the end
        computed = {*OUTPUTS, *STATUS_NAMES}
        altered = [name for name in altered if name not in computed]
    detail = f"{stored.length:,} bytes, {len(stored.variables)} variables"
    return Check("checksums", not altered, f"altered: {', '.join(altered)}" if altered else detail)


def check_layout(stored: Stored) -> Check:
    """Say which layout the file has; a newer one was refused before."""
    return Check("layout", 1 <= stored.layout <= LAYOUT, f"version {stored.layout}")


def check_status(stored: Stored) -> Check:
    """Count what became of each point; none may have been left out."""
    parts, passed = [], True
    for name in STATUS_NAMES:
        if name not in stored.variables:
            continue
        counts = dict.fromkeys(STATUS, 0)
        for slab in slabs(stored, [name]):
            for word, flag in STATUS.items():
                counts[word] += int(np.count_nonzero(slab[name] == flag))
        unknown = stored.variables[name].size - sum(counts.values())
        passed &= unknown == 0 and counts["not_computed"] == 0
        present = [f"{n:,} {word.replace('_', ' ')}" for word, n in counts.items() if n]
        present += [f"{unknown:,} unknown"] if unknown else []
        parts.append(f"{name}: {', '.join(present)}")
    return Check("status", passed, "; ".join(parts))


def check_finite(stored: Stored) -> Check:
    """Look for values that are not numbers where they must be, and count those that need not be."""
    counts: dict[str, int] = {}
    polarised = is_polarised(stored)
    exempt = {
        output.name
        for output in OUTPUTS.values()
        if output.may_be_undefined or (output.may_diverge and polarised)
    }
    for biased in (True, False):
        names = outputs_of(stored, biased=biased)
        for slab in slabs(stored, names) if names else ():
            for name in names:
                values = slab[name].astype("f8")
                count = int(np.count_nonzero(~np.isfinite(values)))
                counts[name] = counts.get(name, 0) + count
                if np.isinf(values).any() and not OUTPUTS[name].may_diverge:
                    exempt.discard(name)
    wrong = [f"{name}: {n:,} not finite" for name, n in counts.items() if n and name not in exempt]
    undefined = [f"{n:,} of {name}" for name, n in counts.items() if n and name in exempt]
    all_but = f" except {', '.join(undefined)}, undefined by definition" if undefined else ""
    return Check("finite", not wrong, "; ".join(wrong) or f"all values{all_but}")


def check_errors(stored: Stored) -> Check:
    """Compare the error estimates with the tolerance wherever the status says that it was met."""
    have = stored.variables.keys()
    pairs = (("I_up", "I_down"), ("I_q", "I_s"))
    pair = next((each for each in pairs if have >= set(each)), None)
    if "I_error" not in have or pair is None:
        return Check("error estimates", True, "not stored together with both currents")
    rtol, rounding, wrong, largest = stored.head.rtol, rounding_of(stored), 0, 0.0
    for slab in slabs(stored, ["I_error", "status", *pair]):
        first, second, error = (np.abs(slab[name].astype("f8")) for name in (*pair, "I_error"))
        larger = np.maximum(first, second) if pair == pairs[0] else 0.5 * (first + second)
        met = slab["status"] == STATUS["ok"]
        wrong += int(np.count_nonzero(met & ~(error <= rtol * larger + rounding)))
        largest = max(largest, float(np.max(error, initial=0.0, where=met)))
    if wrong:
        return Check("error estimates", False, f"{wrong:,} above rtol = {rtol:g}, unmarked")
    return Check("error estimates", True, f"at most {largest:.2g}, rtol = {rtol:g}")


def rounding_of(stored: Stored) -> float:
    """Return a bound to the share of rounding in the error estimates of a file, G_T Δ0/e.

    The modulus of the integrand is bounded by the range of energies in play and, where two
    singularities meet, by the logarithm of 1/Γ.
    """
    ends = ends_of(stored)
    gammas = [low for name, (low, _) in ends.items() if name.startswith("gamma")]
    return ROUNDING * energy_range(stored) * (1.0 - math.log(min(gammas)))


def energy_range(stored: Stored) -> float:
    """Return a bound to the range of energies in play in a file, Δ0."""
    largest = {name: max(map(abs, ends)) for name, ends in ends_of(stored).items()}
    energies = sum(largest[name] for name in ("V", "h_S", "h_exc", "gap_S", "gap_Sm"))
    return energies + 4.0 * BCS_RATIO * (largest["T_S"] + largest["T_Sm"])


def check_symmetries(stored: Stored) -> Check:
    """Compare, to the last bit, values that a symmetry of the junction makes equal.

    A polarised barrier, which tells the spins apart, leaves the sums and
    I_down(V, P) = −I_up(−V, −P), where both P and −P are there.
    """
    found = [_sums(stored)]
    polarised = is_polarised(stored)
    bias = {"V", "P"} if polarised else {"V"}
    found += _reversed(stored, bias, outputs_of(stored, biased=True))
    if not polarised and ends_of(stored)["h_S"] == (0.0, 0.0):
        found += _reversed(stored, {"h_exc"}, stored.outputs)
    compared = sum(count for count, _ in found)
    wrong = sum(violated for _, violated in found)
    detail = f"{wrong:,} of {compared:,} pairs differ" if wrong else f"{compared:,} pairs equal"
    return Check("symmetries", wrong == 0, detail if compared else "none apply to these points")


def _sums(stored: Stored) -> tuple[int, int]:
    """Compare I_q and I_s with I_up ± I_down; return how many, and how many differ."""
    have = stored.variables.keys()
    wanted = [name for name in ("I_q", "I_s") if name in have]
    if not (wanted and have >= {"I_up", "I_down"}):
        return 0, 0
    compared = wrong = 0
    for slab in slabs(stored, ["I_up", "I_down", *wanted]):
        up, down = (slab[name].astype("f8") for name in ("I_up", "I_down"))
        for name in wanted:
            sums = up + down if name == "I_q" else up - down
            compared += sums.size
            wrong += _differing(slab[name].astype("f8"), sums)
    return compared, wrong


def _reversed(stored: Stored, axes: set[str], names: list[str]) -> Iterator[tuple[int, int]]:
    """Compare values at x and −x of all of some axes; yield how many, and how many differ."""
    if not axes <= set(stored.axes):
        return
    for name in names:
        partner, parity = OUTPUTS[name].partner or name, OUTPUTS[name].parity
        sign = parity.bias if "V" in axes else parity.field
        if partner in names:
            yield differing(stored, name, partner, sign, axes)


def _differing(a: NDArray[np.float64], b: NDArray[np.float64]) -> int:
    return int(np.count_nonzero(~((a == b) | (np.isnan(a) & np.isnan(b)))))
