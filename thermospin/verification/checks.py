"""The checks that look at every byte or every value of a file."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset.digests import of_known
from thermospin.dataset.layout import LAYOUT
from thermospin.dataset.layout import variables as variables_of
from thermospin.dataset.reader import STATUS_NAMES
from thermospin.dataset.stored import Stored
from thermospin.quantities import BCS_RATIO, OUTPUTS, PARAMETERS, STATUS
from thermospin.spec import SpecError, parse_spec
from thermospin.verification.slabs import columns, slabs

MAY_BE_UNDEFINED = {
    "SGE",
    "spin_to_charge",
    "efficiency",
    "carnot_fraction",
    "fano",
    "V_S",
    "efficiency_load",
}
"""Outputs that are NaN where there is none."""
MAY_DIVERGE = {"G", "G_max", "G_load_max"}
"""Outputs that are NaN or ∞ if a current flows without a bias, through a polarised barrier."""
ROUNDING = 2e-14
"""Largest share of rounding in an error estimate, relative to the integral of the modulus."""
PARITY = {  # under reversal of the bias, (also with P), and of the exchange field if S has none
    "I_q": (-1, 1),
    "I_s": (1, -1),
    "G": (1, 1),
    "dIdV": (1, 1),
    "SGE": (1, -1),
    "spin_to_charge": (1, 1),
    "power": (1, 1),
    "I_error": (1, 1),
    "J_S": (1, 1),
    "J_Sm": (1, 1),
    "J_error": (1, 1),
    "efficiency": (1, 1),
    "carnot_fraction": (1, 1),
    "S_I": (1, 1),
    "S_I_error": (1, 1),
    "fano": (1, 1),
    "Delta_S": (1, 1),
    "Delta_Sm": (1, 1),
    "G_0": (1, 1),
    "V_p_minus": (1, 1),
    "V_p_plus": (1, 1),
    "I_q_peak": (1, 1),
    "I_s_peak": (1, -1),
    "G_max": (1, 1),
    "V_S": (1, 1),
    "power_max": (1, 1),
    "efficiency_max": (1, 1),
    "G_load_max": (1, 1),
    "V_load": (1, 1),
    "power_load": (1, 1),
    "efficiency_load": (1, 1),
    "h_t": (1, 1),
}


@dataclass(frozen=True)
class Check:
    """What was checked, whether it passed, and what was found."""

    name: str
    passed: bool
    detail: str


def axes_of(stored: Stored) -> dict[str, NDArray[np.float64]]:
    """Return the axes of a file, the slowest first."""
    return {
        name: np.asarray(stored.read(name), dtype="f8")
        for name, variable in stored.variables.items()
        if name in PARAMETERS and variable.dims == (name,)
    }


def fixed_of(stored: Stored) -> dict[str, float]:
    """Return the parameters that are not axes."""
    return {
        name: float(stored.read(name)[0])
        for name, variable in stored.variables.items()
        if name in PARAMETERS and not variable.dims
    }


def outputs_of(stored: Stored, *, biased: bool) -> list[str]:
    """Return the outputs with, or without, a bias."""
    return [name for name in stored.variables if name in OUTPUTS and OUTPUTS[name].biased == biased]


def is_polarised(stored: Stored) -> bool:
    """Return whether the barrier is polarised at any point."""
    values = axes_of(stored).get("P", np.array(fixed_of(stored).get("P", 0.0)))
    return bool(np.any(values != 0.0))


def check_bytes(stored: Stored) -> Check:
    """Compare the digest of every variable; all other bytes were found sound on opening."""
    altered = stored.altered()
    if not stored.complete:  # results have a digest only in the end
        computed = {*OUTPUTS, *STATUS_NAMES}
        altered = [name for name in altered if name not in computed]
    detail = f"{stored.length:,} bytes, {len(stored.variables)} variables"
    return Check("checksums", not altered, f"altered: {', '.join(altered)}" if altered else detail)


def check_layout(stored: Stored) -> Check:
    """Say which layout the file has; a newer one was refused before."""
    return Check("layout", 1 <= stored.layout <= LAYOUT, f"version {stored.layout}")


def check_spec(stored: Stored) -> Check:
    """Compare everything that the spec fixes with what its text says."""
    try:
        spec = parse_spec(stored.spec.text, f"{stored.name}.yaml", stored.spec.overrides)
    except SpecError as error:
        return Check("spec", False, f"cannot be read: {' '.join(str(error).split())[:200]}")
    wrong = [] if spec.sha256 == stored.spec_sha256 else ["its sha256"]
    if (spec.rtol, spec.gap_model) != (stored.rtol, stored.gap_model):
        wrong.append("rtol or gap_model")
    expected = {variable.name: variable for variable in variables_of(spec)}
    wrong += sorted(expected.keys() ^ stored.variables.keys())
    for name in expected.keys() & stored.variables.keys():
        mine, theirs = expected[name], stored.variables[name]
        if (mine.dims, mine.shape) != (theirs.dims, theirs.shape) or (
            mine.values is not None and of_known(mine) != stored.digest_of(name)
        ):
            wrong.append(name)
    agrees = "axes, fixed parameters and outputs are those of its text"
    return Check("spec", not wrong, f"differs in {', '.join(wrong)}" if wrong else agrees)


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
    exempt = MAY_BE_UNDEFINED | (MAY_DIVERGE if is_polarised(stored) else set())
    for biased in (True, False):
        names = outputs_of(stored, biased=biased)
        for slab in slabs(stored, names) if names else ():
            for name in names:
                count = int(np.count_nonzero(~np.isfinite(slab[name].astype("f8"))))
                counts[name] = counts.get(name, 0) + count
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
    rounding, wrong, largest = rounding_of(stored), 0, 0.0
    for slab in slabs(stored, ["I_error", "status", *pair]):
        first, second, error = (np.abs(slab[name].astype("f8")) for name in (*pair, "I_error"))
        larger = np.maximum(first, second) if pair == pairs[0] else 0.5 * (first + second)
        met = slab["status"] == STATUS["ok"]
        wrong += int(np.count_nonzero(met & ~(error <= stored.rtol * larger + rounding)))
        largest = max(largest, float(np.max(error, initial=0.0, where=met)))
    if wrong:
        return Check("error estimates", False, f"{wrong:,} above rtol = {stored.rtol:g}, unmarked")
    return Check("error estimates", True, f"at most {largest:.2g}, rtol = {stored.rtol:g}")


def rounding_of(stored: Stored) -> float:
    """Return a bound to the share of rounding in the error estimates of a file, G_T Δ0/e.

    The modulus of the integrand is bounded by the range of energies in play and, where two
    singularities meet, by the logarithm of 1/Γ.
    """
    smallest = fixed_of(stored)
    smallest |= {name: float(np.min(values)) for name, values in axes_of(stored).items()}
    gammas = [value for name, value in smallest.items() if name.startswith("gamma")]
    return ROUNDING * energy_range(stored) * (1.0 - math.log(min(gammas)))


def energy_range(stored: Stored) -> float:
    """Return a bound to the range of energies in play in a file, Δ0."""
    largest = {name: abs(value) for name, value in fixed_of(stored).items()}
    largest |= {name: float(np.max(np.abs(values))) for name, values in axes_of(stored).items()}
    energies = sum(largest[name] for name in ("V", "h_S", "h_exc", "gap_S", "gap_Sm"))
    return energies + 4.0 * BCS_RATIO * (largest["T_S"] + largest["T_Sm"])


def check_symmetries(stored: Stored) -> Check:
    """Compare, to the last bit, values that a symmetry of the junction makes equal.

    A polarised barrier, which tells the spins apart, leaves the sums and
    I_down(V, P) = −I_up(−V, −P), where both P and −P are there.
    """
    found = [_sums(stored)]
    axes, fixed = axes_of(stored), fixed_of(stored)
    polarised = is_polarised(stored)
    bias = ("V", "P") if polarised else ("V",)
    found.append(_reversed(stored, bias, axes, outputs_of(stored, biased=True)))
    if not polarised and fixed.get("h_S") == 0.0:
        for biased in (True, False):
            names = outputs_of(stored, biased=biased)
            found.append(_reversed(stored, ("h_exc",), axes, names))
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


def _reversed(
    stored: Stored,
    reversing: tuple[str, ...],
    axes: dict[str, NDArray[np.float64]],
    names: list[str],
) -> tuple[int, int]:
    """Compare values at x and −x of all of some axes; return how many, and how many differ."""
    if not (axes.keys() >= set(reversing) and names):
        return 0, 0
    here, there = _mirrored([values for axis, values in axes.items() if axis in reversing])
    compared = wrong = 0
    for values in columns(stored, names, *reversing) if len(here) else ():
        flat = {
            name: values[name].astype("f8").reshape(-1, values[name].shape[-1]) for name in names
        }
        for name, column in flat.items():
            partner, sign = name, 1.0
            if name in ("I_up", "I_down"):
                partner = "I_down" if name == "I_up" else "I_up"
                sign = -1.0 if "V" in reversing else 1.0
            else:
                sign = PARITY[name]["V" not in reversing]
            if partner in flat:
                mirrored = sign * flat[partner][there]
                wrong += _differing(column[here], mirrored)
                compared += mirrored.size
    return compared, wrong


def _mirrored(axes: list[NDArray[np.float64]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which points of a mesh have their mirror image in it, each pair once, and which those.

    Points are counted along the flattened (row-major) mesh of some ascending axes.
    """
    here = there = np.zeros(1, dtype=np.intp)
    for values in axes:
        place = np.minimum(np.searchsorted(values, -values), len(values) - 1)
        found = np.flatnonzero(values[place] == -values)
        here = np.add.outer(here * len(values), found).reshape(-1)
        there = np.add.outer(there * len(values), place[found]).reshape(-1)
    once = here >= there  # reversal turns the order about
    return here[once], there[once]


def _differing(a: NDArray[np.float64], b: NDArray[np.float64]) -> int:
    return int(np.count_nonzero(~((a == b) | (np.isnan(a) & np.isnan(b)))))
