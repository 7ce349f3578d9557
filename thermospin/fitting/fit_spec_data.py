"""The section ``data`` of a fit spec: the curves that are fitted, and how each is read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.fitting.problem import Curve
from thermospin.fitting.reduced_curves import Range, reduced_curve
from thermospin.measured import MeasuredCurve, read_curve
from thermospin.quantities import PARAMETERS, Parameter
from thermospin.spec.checked_tree import CheckedTree
from thermospin.spec.problems import KeyPath, Problem
from thermospin.spec.yaml_tree import place_of_value

_READING = ("kind", "columns", "units", "skip", "offset", "factor")
_BIAS = ("within", "exclude")
NOISE: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter("sigma_I", "standard deviation of the noise of a current", "G_T Δ0/e",
                  r"\sigma_I", 1e-15, 1e6),
        Parameter("sigma_dIdV", "standard deviation of the noise of dI/dV", "G_T",
                  r"\sigma_{\mathrm{d}I/\mathrm{d}V}", 1e-15, 1e6),
        Parameter("sigma_V", "standard deviation of the noise of the bias", "Δ0/e",
                  r"\sigma_V", 0.0, 10.0),
    )
}  # fmt: skip
"""What a fit spec may say about noise, for all curves in ``numerics`` or for one in ``data``."""
ENTRY_KEYS = ("file", *_READING, *_BIAS, *NOISE)
"""The keys of an entry of ``data``, besides the parameters of the curve."""
_MOST_LINES = 999_999_999


def measured_curves(tree: CheckedTree, folder: Path) -> dict[int, MeasuredCurve]:
    """Read the files of the curves of a fit spec.

    Parameters
    ----------
    tree : CheckedTree
        The spec; what is wrong with its files is reported there.
    folder : Path
        Where the files are looked for.

    Returns
    -------
    dict of int to MeasuredCurve
        The curves that could be read, by their places in the list.
    """
    count = tree.length(("data",))
    if not count:
        rule = "missing key, must list the files of at least one curve"
        tree.complain(("data",), rule, "such as data: [{file: iv.dat}]")
    read = {i: _measured(tree, ("data", i), folder) for i in range(count)}
    return {i: curve for i, curve in read.items() if curve is not None}


def curves_of(
    tree: CheckedTree, measured: Mapping[int, MeasuredCurve]
) -> tuple[tuple[Curve, ...], tuple[str, ...]]:
    """Convert the curves of a fit spec to reduced units.

    Parameters
    ----------
    tree : CheckedTree
        The spec; what is wrong with what it says of its curves is reported there.
    measured : mapping of int to MeasuredCurve
        The curves by their places in the list.

    Returns
    -------
    curves : tuple of Curve
        In reduced units; those of a spec that is wrong are left out.
    notes : tuple of str
        What was left out of each file, or settled by a rule.
    """
    noise = _noise(tree, ("numerics",), tree.keys(("numerics",), NOISE))
    curves, notes = list[Curve](), list[str]()
    for i, curve in measured.items():
        settings = _settings(tree, ("data", i), noise)
        if tree.problems:
            continue
        sigma = settings.pop(f"sigma_{curve.kind}", None)
        for other in ("sigma_I", "sigma_dIdV"):
            settings.pop(other, None)
        try:
            reduced, told = reduced_curve(curve, tree.material, sigma=sigma, **settings)
        except ValueError as error:
            _complain_of_file(tree, ("data", i), curve.path, error)
            continue
        curves.append(reduced)
        notes += [f"{curve.path}: {note}" for note in (*curve.notes, *told)]
    return tuple(curves), tuple(notes)


def _noise(tree: CheckedTree, path: KeyPath, keys: list[str]) -> dict[str, float]:
    given = {key: tree.quantity((*path, key), NOISE[key]) for key in keys if key in NOISE}
    return {key: value for key, value in given.items() if value is not None}


def _measured(tree: CheckedTree, path: KeyPath, folder: Path) -> MeasuredCurve | None:
    """Read the file of one curve; what is wrong with it is reported in the tree."""
    if not tree.is_mapping(path):
        tree.complain(path, "must be a mapping such as {file: iv.dat, T_S: 100 mK}")
        return None
    keys = tree.keys(path, (*ENTRY_KEYS, *FIT_PARAMETERS))
    before = len(tree.problems)
    file = tree.text((*path, "file"))
    if not tree.has((*path, "file")):
        tree.complain((*path, "file"), "missing key")
    how: dict[str, Any] = {
        "kind": tree.word((*path, "kind"), ("I", "dIdV")),
        "columns": _two_words(tree, (*path, "columns")),
        "units": _two_words(tree, (*path, "units")),
        "skip": tree.whole_number((*path, "skip"), _MOST_LINES),
        "offset": tree.text((*path, "offset")),
        "factor": tree.number((*path, "factor")),
    }
    if file is None or len(tree.problems) > before:
        return None
    try:
        given = {key: how[key] for key in _READING if key in keys and how[key] is not None}
        return read_curve(folder / file, **given)
    except (ValueError, OSError) as error:
        _complain_of_file(tree, path, folder / file, error)
        return None


def _complain_of_file(
    tree: CheckedTree, path: KeyPath, file: Path, error: ValueError | OSError
) -> None:
    """Report that a file cannot be read, or does not say what it holds."""
    reason = str(error).removeprefix(f"{file}: ")
    if isinstance(error, OSError):
        reason = f"cannot be read: {error.strerror or error}"
    place = place_of_value(tree.root, (*path, "file"))
    if not place.line:  # of a command line, whose places are the names of the files
        tree.problems.append(Problem(place, (), reason))
        return
    hint = "columns, units, skip, offset, factor and kind are keys of this entry"
    tree.complain((*path, "file"), reason, hint if "--" in reason else "")


def _settings(tree: CheckedTree, path: KeyPath, noise: dict[str, float]) -> dict[str, Any]:
    """Return what is said of one curve besides how it is read."""
    if not tree.is_mapping(path):
        return dict(noise)
    names = tree.names(path)
    fixed = {
        name: tree.quantity((*path, name), FIT_PARAMETERS[name])
        for name in names
        if name in FIT_PARAMETERS
    }
    within = _range(tree, (*path, "within")) if "within" in names else None
    return {
        **noise,
        **_noise(tree, path, names),
        "fixed": {name: value for name, value in fixed.items() if value is not None},
        "within": within,
        "exclude": _ranges(tree, (*path, "exclude")),
    }


def _two_words(tree: CheckedTree, path: KeyPath) -> tuple[str, str] | None:
    """Return the two words of a list."""
    if not tree.has(path):
        return None
    words = [tree.text((*path, i)) for i in range(tree.length(path))]
    if len(words) != 2:
        tree.complain(path, f"must be two, for bias and values, got {len(words)}")
        return None
    first, second = words
    return None if first is None or second is None else (first, second)


def _ranges(tree: CheckedTree, path: KeyPath) -> list[Range]:
    """Return the ranges of a list of them, or the single one that stands in its place."""
    if not tree.has(path):
        return []
    several = tree.is_list((*path, 0))
    paths = [(*path, i) for i in range(tree.length(path))] if several else [path]
    found = [_range(tree, each) for each in paths]
    return [each for each in found if each is not None]


def _range(tree: CheckedTree, path: KeyPath) -> Range | None:
    """Return a range of bias."""
    if tree.length(path) != 2:
        tree.complain(path, "must be two values of the bias, such as [-0.3 mV, 0.3 mV]")
        return None
    low, high = (tree.quantity((*path, i), PARAMETERS["V"]) for i in range(2))
    if low is None or high is None:
        return None
    if low >= high:
        ends = " to ".join(tree.written((*path, i)) for i in range(2))
        tree.complain(path, f"must go from a lower to a higher bias, got {ends}")
        return None
    return low, high
