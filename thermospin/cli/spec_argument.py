"""The argument SPEC: a YAML file, the name of a bundled spec, or a result file."""

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from thermospin.spec import SweepSpec

STANDARD_INPUT = "-"
"""The argument SPEC that stands for standard input."""
_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"


def _completions(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> "list[CompletionItem]":
    """Return the bundled specs whose names begin so; the shell adds the files."""
    from click.shell_completion import CompletionItem

    return [*_bundled(incomplete), CompletionItem(incomplete, type="file")]


def bundled_completions(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> "list[CompletionItem]":
    """Return the bundled specs whose names begin so."""
    return _bundled(incomplete)


def _bundled(incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from thermospin.spec import bundled_specs

    return [CompletionItem(name) for name in bundled_specs() if name.startswith(incomplete)]


one_spec = click.argument("spec", shell_complete=_completions)
one_spec_or_none = click.argument(
    "spec", metavar="[SPEC|FILE]", required=False, shell_complete=_completions
)
several_specs = click.argument(
    "specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=_completions
)


def load(source: str, changes: tuple[str, ...]) -> "SweepSpec":
    """Read the spec that the argument SPEC names.

    Parameters
    ----------
    source : str
        A YAML file, the name of a bundled spec, a result file, which holds its own spec, or ``-``
        for standard input.
    changes : tuple of str
        ``key=value``, from ``--set``; they take precedence over those recorded in a result file.

    Returns
    -------
    SweepSpec

    Raises
    ------
    SpecError
        With everything that is wrong in the spec.
    FileError
        If the result file cannot be read.
    """
    from thermospin.spec import load_spec, parse_spec

    if source == STANDARD_INPUT:
        return parse_spec(_standard_input(), "stdin.yaml", changes)
    if not is_result(source):
        return load_spec(source, changes)
    from thermospin.dataset import read_spec_text

    text, recorded = read_spec_text(source)
    replaced = {_changed_key(change) for change in changes}
    kept = (change for change in recorded if _changed_key(change) not in replaced)
    return parse_spec(text, source, (*kept, *changes))


def show_remarks(spec: "SweepSpec") -> None:
    """Report on stderr what in a valid spec may not be what was meant."""
    from thermospin.spec import remarks

    for remark in remarks(spec):
        click.echo(f"note: {remark}", err=True)


def _standard_input() -> bytes:
    """Return what stands at standard input, cut one byte after the longest spec."""
    from thermospin.spec import LARGEST

    return sys.stdin.buffer.read(LARGEST + 1)


def is_result(source: str) -> bool:
    """Tell whether the argument SPEC names a result file.

    Parameters
    ----------
    source : str
        The argument as given.

    Returns
    -------
    bool
        True for the endings of result files and of those of an unfinished one, and for HDF5 files
        of any name.
    """
    if source.endswith((".h5", ".h5.partial", ".h5.journal")):
        return True
    if not os.path.isfile(source):  # reading a pipe could wait for ever
        return False
    with open(source, "rb") as file:
        return file.read(len(_HDF5_SIGNATURE)) == _HDF5_SIGNATURE


def _changed_key(change: str) -> str:
    return change.partition("=")[0].strip().removeprefix("fixed.")
