"""The checks of a result file that look at each of its bytes or at each of its values."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.open_file import OpenFile
from thermospin.dataset.schema import LAYOUT, STATUS_NAMES
from thermospin.quantities import OUTPUTS, PARAMETERS, STATUS, of_one_lead
from thermospin.units import BCS_RATIO
from thermospin.verification.mirrors import differing
from thermospin.verification.slabs import slabs

ROUNDING = 2e-14
"""Largest part of an error estimate that is due to rounding, relative to the integral of the
modulus of the integrand."""


@dataclass(frozen=True)
class Check:
    """The result of one check of a file.

    Attributes
    ----------
    name : str
        What was checked.
    passed : bool
        Whether nothing is wrong.
    detail : str
        What was found, in words.
    """

    name: str
    passed: bool
    detail: str


def ends_of(stored: OpenFile) -> dict[str, tuple[float, float]]:
    """Return the smallest and the largest value of every parameter of a file.

    The axes of the file must ascend: only their first and last values are read.
    """
    last = {name: stored.variables[name].size - 1 for name in stored.axes}
    ends = {name: (stored.read(name, 0, 1), stored.read(name, n, 1)) for name, n in last.items()}
    of_axes = {name: (float(low[0]), float(high[0])) for name, (low, high) in ends.items()}
    return of_axes | {name: (value, value) for name, value in stored.fixed().items()}


def outputs_of(stored: OpenFile, *, biased: bool) -> list[str]:
    """Return the outputs of a file that depend on the bias, or those that do not."""
    return [name for name in stored.variables if name in OUTPUTS and OUTPUTS[name].biased == biased]


def is_polarised(stored: OpenFile) -> bool:
    """Return whether the barrier is polarised (P ≠ 0) at any point of a file."""
    return ends_of(stored).get("P", (0.0, 0.0)) != (0.0, 0.0)


def check_bytes(stored: OpenFile) -> Check:
    """Check that every variable still has its digest.

    All other bytes of the file were compared with their digest when it was opened.
    """
    altered = stored.altered()
    if not stored.header.complete:  # results get their digest when the sweep is complete
        computed = {*OUTPUTS, *STATUS_NAMES}
        altered = [name for name in altered if name not in computed]
    detail = f"{stored.length:,} bytes, {len(stored.variables)} variables"
    return Check("checksums", not altered, f"altered: {', '.join(altered)}" if altered else detail)


def check_layout(stored: OpenFile) -> Check:
    """Check that the version of the file's layout is known; opening refuses a newer version."""
    return Check("layout", 1 <= stored.header.layout <= LAYOUT, f"version {stored.header.layout}")


def check_status(stored: OpenFile) -> Check:
    """Count the points by their status; every point must have been computed."""
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


def check_finite(stored: OpenFile) -> Check:
    """Check that all outputs are finite, and count those that may be undefined and are."""
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


def check_errors(stored: OpenFile) -> Check:
    """Check that error estimates are within the tolerance where the status says that it was met."""
    title = "error estimates"
    found = [*_errors_of_currents(stored), *_errors_of_supercurrents(stored)]
    if not found:
        return Check(title, True, "not stored together with all that they are of")
    wrong, largest = sum(count for count, _ in found), max(error for _, error in found)
    if wrong:
        return Check(title, False, f"{wrong:,} above rtol = {stored.header.rtol:g}, unmarked")
    return Check(title, True, f"at most {largest:.2g}, rtol = {stored.header.rtol:g}")


def _errors_of_currents(stored: OpenFile) -> Iterator[tuple[int, float]]:
    """Yield how many errors of I_up and I_down are too large, and the largest that is accurate."""
    have = stored.variables.keys()
    pairs = (("I_up", "I_down"), ("I_q", "I_s"))
    pair = next((each for each in pairs if have >= set(each)), None)
    if "I_error" not in have or pair is None:
        return
    rtol, rounding = stored.header.rtol, rounding_of(stored)
    for slab in slabs(stored, ["I_error", "status", *pair]):
        first, second, error = (np.abs(slab[name].astype("f8")) for name in (*pair, "I_error"))
        larger = np.maximum(first, second) if pair == pairs[0] else 0.5 * (first + second)
        met = slab["status"] == STATUS["ok"]
        wrong = int(np.count_nonzero(met & ~(error <= rtol * larger + rounding)))
        yield wrong, float(np.max(error, initial=0.0, where=met))


def _errors_of_supercurrents(stored: OpenFile) -> Iterator[tuple[int, float]]:
    """Yield how many errors of I_c are too large, and the largest that is accurate."""
    if not stored.variables.keys() >= {"I_c", "I_c_error"}:
        return
    for slab in slabs(stored, ["I_c", "I_c_error", "junction_status"]):
        value, error = (slab[name].astype("f8") for name in ("I_c", "I_c_error"))
        met = slab["junction_status"] == STATUS["ok"]
        wrong = int(np.count_nonzero(met & ~(error <= stored.header.rtol * np.abs(value))))
        yield wrong, float(np.max(error, initial=0.0, where=met))


def rounding_of(stored: OpenFile) -> float:
    """Return a bound to what rounding adds to the error estimates of a file, in G_T Δ0/e.

    The integral of the modulus is at most the range of the energies that count, times the logarithm
    of 1/Γ where two singularities meet.
    """
    ends = ends_of(stored)
    gammas = [low for name, (low, _) in ends.items() if name.startswith("gamma")]
    return ROUNDING * energy_range(stored) * (1.0 - math.log(min(gammas)))


def energy_range(stored: OpenFile) -> float:
    """Return a bound to the range of energies that count in the integrals of a file, in Δ0."""
    largest = {name: max(map(abs, ends)) for name, ends in ends_of(stored).items()}
    energies = sum(largest[name] for name in ("V", "h_S", "h_exc", "gap_S", "gap_Sm"))
    energies += sum(largest.get(name, 0.0) for name in ("V_ac", "hf"))
    hot = PARAMETERS["T_S"].high if "heater" in largest else of_one_lead(largest, "T_S")
    return energies + 4.0 * BCS_RATIO * (hot + of_one_lead(largest, "T_Sm"))


def check_symmetries(stored: OpenFile) -> Check:
    """Check that values which a symmetry of the junction makes equal agree to the last bit.

    A polarised barrier breaks most symmetries: I_q and I_s remain the sum and the difference of
    I_up and I_down, and I_down(V, P) = −I_up(−V, −P) where the file has both P and −P.
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


def _sums(stored: OpenFile) -> tuple[int, int]:
    """Compare I_q and I_s with I_up ± I_down; return the numbers of pairs and of unequal pairs."""
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


def _reversed(stored: OpenFile, axes: set[str], names: list[str]) -> Iterator[tuple[int, int]]:
    """Compare values at points that differ by the signs of all the given axes.

    Yields the numbers of pairs and of unequal pairs of each output.
    """
    if not axes <= set(stored.axes):
        return
    for name in names:
        partner, parity = OUTPUTS[name].partner or name, OUTPUTS[name].parity
        sign = parity.bias if "V" in axes else parity.field
        if partner in names:
            yield differing(stored, name, partner, sign, axes)


def _differing(a: NDArray[np.float64], b: NDArray[np.float64]) -> int:
    return int(np.count_nonzero(~((a == b) | (np.isnan(a) & np.isnan(b)))))
