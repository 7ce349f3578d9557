"""Fit specs: strict YAML to a `FitProblem`, or to an error that lists every mistake."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from thermospin.fitting.assumptions import (
    freed_scales,
    guessed_scales,
    in_si,
    settled,
    usual_free,
)
from thermospin.fitting.fit_changes import (
    FitChanges,
    apply_changes,
    put_free,
    put_material,
)
from thermospin.fitting.fit_parameters import CIRCUIT, FIT_PARAMETERS
from thermospin.fitting.fit_spec_data import curves_of, measured_curves
from thermospin.fitting.problem import FitProblem, Free
from thermospin.measured import MeasuredCurve
from thermospin.quantities import GAP_MODELS, SI_UNITS, STANDS_FOR, GapModel
from thermospin.spec import SpecError
from thermospin.spec.checked_tree import CheckedTree
from thermospin.spec.loading import tree_of
from thermospin.spec.material import ISLAND
from thermospin.spec.problems import KeyPath, Place, Problem, TextSource, closest
from thermospin.spec.spec_text import decode, file_content
from thermospin.spec.yaml_tree import MappingNode

KEYS = ("title", "material", "data", "fixed", "free", "circuit", "gap_model", "numerics")
"""The keys of a fit spec."""
_FREE_KEYS = ("start", "min", "max", "each")
_FREE = "free"
_SECTIONS = ("fixed", _FREE, "circuit")
_TEMPERATURES = {"T", "T_S"}
_NO_SPEC = "thermospin fit"


@dataclass(frozen=True)
class FitSpec:
    """What a fit spec says, and what was read of the files that it names.

    Attributes
    ----------
    title : str
        What is fitted; may be empty.
    problem : FitProblem
        The curves, and what is to be found.
    measured : tuple of MeasuredCurve
        The curves as they were measured, in the same order.
    notes : tuple of str
        What was assumed, left out of the files, or settled by a rule, in words.
    """

    title: str
    problem: FitProblem
    measured: tuple[MeasuredCurve, ...]
    notes: tuple[str, ...]


def load_fit_spec(
    path: str | os.PathLike[str] | None = None, changes: FitChanges | None = None
) -> FitSpec:
    """Read a fit spec from a file, and the curves that it names.

    Parameters
    ----------
    path : path, optional
        The file; without one the changes must say everything. Files of curves are looked for in
        its folder.
    changes : FitChanges, optional
        What a command line says besides.

    Returns
    -------
    FitSpec

    Raises
    ------
    SpecError
        If the file cannot be read, or with everything that is wrong in it or in the changes.
    """
    if path is None:
        return parse_fit_spec(None, _NO_SPEC, Path(), changes)
    name = os.fspath(path)
    return parse_fit_spec(decode(file_content(name), name), name, Path(name).parent, changes)


def parse_fit_spec(
    text: str | None, name: str, folder: Path, changes: FitChanges | None = None
) -> FitSpec:
    """Read a fit spec from its text, and the curves that it names.

    Parameters
    ----------
    text : str or None
        The spec; None if there is none, and the changes say everything.
    name : str
        What messages call it.
    folder : Path
        Where the files of curves are looked for.
    changes : FitChanges, optional
        What a command line says besides.

    Returns
    -------
    FitSpec

    Raises
    ------
    SpecError
        With everything that is wrong.
    """
    root, problems = MappingNode(Place(TextSource(name))), list[Problem]()
    if text is not None:
        root, problems = tree_of(text, name)
    changes = changes or FitChanges()
    problems += apply_changes(root, changes)
    tree = CheckedTree(root, problems)
    tree.keys((), KEYS, _misplaced)
    for key in ISLAND:
        if tree.has(("material", key)):
            tree.complain(("material", key), "has a meaning with a heater only; fits have none")
    measured = measured_curves(tree, Path() if changes.data else folder)
    tree, assumed = _with_assumptions(tree, tuple(measured.values()))
    fixed, free = _known(tree), _sought(tree)
    _check_names(tree, free)
    curves, notes = curves_of(tree, measured)
    gap_model = tree.word(("gap_model",), GAP_MODELS) or "self-consistent"
    title = tree.text(("title",)) or ""
    if tree.problems:
        raise SpecError(name, tree.problems)
    problem = FitProblem(curves, free, fixed, cast(GapModel, gap_model), tree.material)
    return FitSpec(title, problem, tuple(measured.values()), (*assumed, *notes))


def _with_assumptions(
    tree: CheckedTree, measured: Sequence[MeasuredCurve]
) -> tuple[CheckedTree, tuple[str, ...]]:
    """Return a spec with what it leaves to be assumed, and that in words."""
    if tree.problems or not measured:
        return tree, ()
    place, notes = Place(TextSource("assumed")), list[str]()
    known = {*_named(tree, ("fixed",)), *_named(tree, ("circuit",))}
    for i in range(tree.length(("data",))):
        known |= {name for name in _named(tree, ("data", i)) if name in FIT_PARAMETERS}
    normal = [gap for gap in ("gap_S", "gap_Sm") if _is_normal(tree, gap)]
    known = settled(known, normal)
    if not _free_paths(tree):
        names = usual_free(known, {curve.kind for curve in measured})
        put_free(tree.root, names, place)
        notes.append(f"nothing is said to be free: {', '.join(names)} are")
    if in_si(measured) and not tree.has(("material",)):
        scales = guessed_scales(measured, 1 if normal else 2)
        put_material(tree.root, scales, place)
        freed = freed_scales({*known, *_named(tree, (_FREE,))})
        put_free(tree.root, freed, place)
        words = " and ".join(f"{name} = {value}" for name, value in scales.items())
        notes.append(
            f"no material is given: units are those of {words}, guessed from the curves"
            + (f"; {' and '.join(freed)} are free as well" if freed else "")
        )
        if bare := _bare(tree):
            notes.append(f"{bare} in units of this guess, for want of a unit such as mK or ueV")
    return CheckedTree(tree.root), tuple(notes)


def _bare(tree: CheckedTree) -> str:
    """Return in words which parameters have a known value that only the scales give a meaning."""
    sections: list[KeyPath] = [("fixed",), ("circuit",)]
    sections += [("data", i) for i in range(tree.length(("data",)))]
    names = dict.fromkeys(
        name
        for section in sections
        for name in tree.names(section)
        if name in FIT_PARAMETERS
        and FIT_PARAMETERS[name].unit in SI_UNITS
        and name not in ("gap_S", "gap_Sm", "theta")  # ratios, whatever the scales are
        and tree.is_bare((*section, name))
    )
    return f"{', '.join(names)} {'is' if len(names) == 1 else 'are'}" if names else ""


def _named(tree: CheckedTree, path: KeyPath) -> list[str]:
    """Return the keys of a mapping, none where there is no mapping."""
    return list(tree.names(path)) if tree.is_mapping(path) else []


def _is_normal(tree: CheckedTree, gap: str) -> bool:
    """Return whether a lead is said to have no gap."""
    return tree.has(("fixed", gap)) and tree.number(("fixed", gap)) == 0.0


def _misplaced(key: str) -> str:
    """Say where in a fit spec a key belongs; empty if it belongs nowhere."""
    if key in CIRCUIT:
        return f"'{key}' belongs in circuit, fixed or free"
    if key in FIT_PARAMETERS:
        return f"'{key}' belongs in fixed or free"
    return f"'{key}' belongs at the top level" if key in KEYS else ""


def _known(tree: CheckedTree) -> dict[str, float]:
    """Return the parameters that have one known value."""
    paths: list[KeyPath] = [
        ("fixed", key) for key in tree.keys(("fixed",), FIT_PARAMETERS, _misplaced)
    ]
    paths += [
        ("circuit", key)
        for key in tree.keys(("circuit",), CIRCUIT, _misplaced)
        if not _is_free(tree, ("circuit", key))
    ]
    given = {str(path[-1]): tree.quantity(path, FIT_PARAMETERS[str(path[-1])]) for path in paths}
    return {name: value for name, value in given.items() if value is not None}


def _is_free(tree: CheckedTree, path: KeyPath) -> bool:
    return tree.is_mapping(path) or tree.is_word(path, _FREE)


def _sought(tree: CheckedTree) -> tuple[Free, ...]:
    """Return the parameters that are to be found."""
    return tuple(_free(tree, path) for path in _free_paths(tree))


def _free_paths(tree: CheckedTree) -> list[KeyPath]:
    """Return where the parameters that are to be found are named."""
    paths: list[KeyPath] = [(_FREE, key) for key in tree.keys((_FREE,), FIT_PARAMETERS, _misplaced)]
    return paths + [
        ("circuit", key)
        for key in CIRCUIT
        if tree.has(("circuit", key)) and _is_free(tree, ("circuit", key))
    ]


def _free(tree: CheckedTree, path: KeyPath) -> Free:
    name = str(path[-1])
    if tree.is_empty(path) or tree.is_word(path, _FREE):
        return Free(name)
    keys = tree.keys(path, _FREE_KEYS)
    start, low, high = (
        tree.quantity((*path, key), FIT_PARAMETERS[name]) if key in keys else None
        for key in ("start", "min", "max")
    )
    if low is not None and high is not None and low >= high:
        got = f"{tree.written((*path, 'min'))} and {tree.written((*path, 'max'))}"
        tree.complain((*path, "max"), f"must be greater than min, got {got}")
    elif start is not None and not (
        (low is None or low <= start) and (high is None or start <= high)
    ):
        got = tree.written((*path, "start"))
        tree.complain((*path, "start"), f"must be between min and max, got {got}")
    each = tree.word((*path, "each"), ("true", "false")) == "true"
    return Free(name, start, low, high, each)


def _check_names(tree: CheckedTree, free: Sequence[Free]) -> None:
    """Report parameters that are given twice, and temperatures that are not given at all."""
    places: dict[str, KeyPath] = {}
    for section in _SECTIONS:
        for name in tree.names((section,)):
            if name in places:
                tree.complain((section, name), f"is given in {places[name][0]} already")
            places.setdefault(name, (section, name))
    entries = [
        {name: ("data", i, name) for name in tree.names(("data", i)) if name in FIT_PARAMETERS}
        for i in range(tree.length(("data",)))
    ]
    for entry in entries:
        for name, path in entry.items():
            if name in tree.names((_FREE,)):
                tree.complain(path, "is free, and so must not be given for one curve")
    for given in [places, *({**places, **entry} for entry in entries if entry)]:
        _check_both_leads(tree, given)
    if free:  # else the usual parameters are free, with a temperature
        _check_temperature(tree, set(places), [set(entry) for entry in entries])


def _check_both_leads(tree: CheckedTree, given: Mapping[str, KeyPath]) -> None:
    """Report what stands for both leads beside what is given of one."""
    for name, parts in STANDS_FOR.items():
        beside = " and ".join(part for part in parts if part in given)
        if name in given and beside:
            rule = f"stands for {' and '.join(parts)}, must not be given beside {beside}"
            tree.complain(given[name], rule)


def _check_temperature(tree: CheckedTree, common: set[str], own: list[set[str]]) -> None:
    """Report that a temperature of S is neither given nor free."""
    # A misspelt key counts as the parameter that it stands for: its spelling is reported already.
    common |= {closest(name, FIT_PARAMETERS) for name in common - set(FIT_PARAMETERS)}
    if common & _TEMPERATURES or (own and all(names & _TEMPERATURES for names in own)):
        return
    rule = "missing key, must be given in fixed or free, or for every curve in data"
    tree.complain(("T_S",), rule, "such as --fixed 'T_S=100 mK', or --free T_S")
