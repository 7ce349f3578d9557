"""The checks of the parameters of a file: their ranges, and the spec that the file carries."""

import math

import numpy as np

from thermospin.dataset.digests import of_known
from thermospin.dataset.open_file import OpenFile
from thermospin.dataset.schema import variables as variables_of
from thermospin.quantities import PARAMETERS
from thermospin.spec import SpecError, SweepSpec, parse_spec
from thermospin.verification.checks import Check
from thermospin.verification.slabs import slabs


def check_ranges(stored: OpenFile) -> Check:
    """Check that all parameters are within their limits and that the axes ascend."""
    names = [*stored.axes, *stored.fixed()]
    wrong = [name for name in names if not _is_sound(stored, name)]
    detail = f"not within their limits, or not ascending: {', '.join(wrong)}"
    return Check("ranges", not wrong, detail if wrong else "axes ascend, all within their limits")


def _is_sound(stored: OpenFile, name: str) -> bool:
    limits, before = PARAMETERS[name], -math.inf
    for slab in slabs(stored, [name]):
        values = slab[name]
        inside = (values >= limits.low) & (values <= limits.high)  # NaN is neither
        if not inside.all() or values[0] <= before or np.any(values[1:] <= values[:-1]):
            return False
        before = float(values[-1])
    return True


def check_spec(stored: OpenFile) -> Check:
    """Check that the file has the parameters and outputs that the text of its spec asks for."""
    head = stored.header
    try:
        # A damaged text must not ask for more points than the file has.
        there = math.prod(stored.variables[name].size for name in stored.axes)
        name = f"{head.name}.yaml"
        spec = parse_spec(head.spec.text, name, head.spec.overrides, largest=there)
    except SpecError as error:
        return Check("spec", False, f"cannot be read: {' '.join(str(error).split())[:200]}")
    wrong = [] if spec.sha256 == head.spec_sha256 else ["its sha256"]
    if (spec.rtol, spec.gap_model) != (head.rtol, head.gap_model):
        wrong.append("rtol or gap_model")
    if spec.branch != head.branch:
        wrong.append("branch")
    wrong += _differing(stored, spec)
    agrees = "axes, fixed parameters and outputs are those of its text"
    return Check("spec", not wrong, f"differs in {', '.join(wrong)}" if wrong else agrees)


def _differing(stored: OpenFile, spec: SweepSpec) -> list[str]:
    """Return the names of the variables that differ between a spec and the file."""
    expected = {variable.name: variable for variable in variables_of(spec)}
    wrong = sorted(expected.keys() ^ stored.variables.keys())
    for name in expected.keys() & stored.variables.keys():
        mine, theirs = expected[name], stored.variables[name]
        if (mine.dims, mine.shape) != (theirs.dims, theirs.shape) or (
            mine.values is not None and of_known(mine) != stored.digest_of(name)
        ):
            wrong.append(name)
    return wrong
