"""From a file or a text to a `SweepSpec`, or to a `SpecError` with everything that is wrong."""

import os
import stat
from collections.abc import Iterable
from pathlib import PurePath

from thermospin.spec import reader
from thermospin.spec.assembly import MOST_POINTS, assemble, build_axes
from thermospin.spec.bundled import bundled_specs, bundled_text
from thermospin.spec.limits import LARGEST, broken_by_name, broken_by_overrides
from thermospin.spec.overrides import apply_overrides
from thermospin.spec.problems import Place, Problem, Source, SpecError, suggest
from thermospin.spec.sweep_spec import SweepSpec
from thermospin.spec.validation import UNKNOWN_KEY, validate


def load_spec(path_or_name: str | os.PathLike[str], overrides: Iterable[str] = ()) -> SweepSpec:
    """Read a spec from a file, or a bundled one by its name.

    Parameters
    ----------
    path_or_name : str or path
        A file, or a name out of `bundled_specs`; a file of that very name goes first.
    overrides : iterable of str
        Changes ``key=value`` to the spec: ``fixed.T_S=0.8``, ``axes.V.num=11``, or the bare name
        of a parameter that is to have one value, ``T_S=0.8``.

    Returns
    -------
    SweepSpec

    Raises
    ------
    SpecError
        If the file cannot be read, or with everything that is wrong in it.
    """
    name = os.fspath(path_or_name)
    if name in bundled_specs() and not os.path.isfile(name):
        return parse_spec(bundled_text(name), f"{name}.yaml", overrides)
    return parse_spec(_content(name), name, overrides)


def parse_spec(
    text: str | bytes, name: str, overrides: Iterable[str] = (), *, largest: int = MOST_POINTS
) -> SweepSpec:
    """Read a spec from its text.

    Parameters
    ----------
    text : str or bytes
        The spec, UTF-8 if bytes.
    name : str
        What to call it in messages; its stem is the name of the sweep.
    overrides : iterable of str
        As of `load_spec`.
    largest : int
        The most points that its mesh may have; where more are asked for, none is made.

    Returns
    -------
    SweepSpec

    Raises
    ------
    SpecError
        With everything that is wrong.
    """
    overrides = tuple(overrides)
    _check_limits(name, overrides)
    text = reader.decode(text, name)
    root, unreadable = _tree(text, name)
    unreadable += apply_overrides(root, overrides)
    model, invalid = validate(root)
    axes, unusable = build_axes(model, root, largest) if model else ({}, [])
    # A value that the reader refused need not fit the model as well.
    refused = {problem.path for problem in unreadable}
    problems = unreadable + [
        problem
        for problem in invalid + unusable
        if problem.rule == UNKNOWN_KEY or problem.path not in refused
    ]
    if problems or model is None:
        raise SpecError(name, problems)
    return assemble(model, axes, PurePath(name).stem, text, overrides)


def _check_limits(name: str, overrides: tuple[str, ...]) -> None:
    """Refuse a name and overrides that a file could not hold, or that make no sense."""
    rules = [broken_by_name(PurePath(name).stem), broken_by_overrides(overrides)]
    if broken := [rule for rule in rules if rule]:
        place = Place(Source(name))
        raise SpecError(name, [Problem(place, (), rule) for rule in broken])


def _tree(text: str, name: str) -> tuple[reader.Mapping, list[Problem]]:
    root, unreadable = reader.read(text, Source.of_text(name, text))
    if isinstance(root, reader.Mapping):
        return root, unreadable
    got = reader.described(root)
    rule = f"the spec must be a mapping at the top level, got {got}"
    problem = Problem(root.place, (), rule)
    if got == "nothing":
        problem = Problem(Place(root.place.source), (), "the spec is empty")
    raise SpecError(name, [*unreadable, problem])


def _content(name: str) -> bytes:
    """Return a file's bytes; only a regular file is read, so that nothing waits for a pipe."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        hint = suggest(PurePath(name).stem, bundled_specs())
        raise _unreadable(name, reason or "unknown reason", hint) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _unreadable(name, "not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise _unreadable(name, error.strerror or "unknown reason") from None
    finally:
        os.close(descriptor)


def _unreadable(name: str, reason: str, hint: str = "") -> SpecError:
    return SpecError(name, [Problem(Place(Source(name)), (), f"cannot be read: {reason}", hint)])
