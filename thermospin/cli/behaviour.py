"""What all commands have in common: strict options, errors as messages, exit codes."""

import errno
import os
import sys
from typing import Any

import click

from thermospin.cli.memory import require
from thermospin.cli.streams import StreamError, guarded

FAILURE, BAD_INPUT, TOLERANCE_MISSED, STOPPED = 1, 2, 3, 75
"""Exit codes besides 0."""

_NO_THREAD = "can't start new thread"  # what Python says
_EXTRAS = {"matplotlib": "plot", "scipy": "bench"}  # what pip installs only if asked to
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PLACE_UNUSABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, *_NO_ROOM}


class StrictCommand(click.Command):
    """A command that refuses an option given twice, where click would let the last one win.

    It also refuses to begin without the memory that it takes.
    """

    def __init__(self, *args: Any, room: int, **attributes: Any) -> None:
        """Take what click takes, and how many bytes of address space there must be."""
        super().__init__(*args, **attributes)
        self.room = room

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command if there is room for it."""
        require(self.room)
        return super().invoke(ctx)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments, unless an option that takes one value has two."""
        _, _, given = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in given:
            if (
                isinstance(parameter, click.Option)
                and not parameter.multiple
                and given.count(parameter) > 1
            ):
                raise click.UsageError(f"Option '{parameter.opts[-1]}' is given twice.", ctx)
        return super().parse_args(ctx, args)


class Commands(click.Group):
    """Commands in the order of their definition, whose expected errors become one message."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands as they were added: in the order of their use."""
        return list(self.commands)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run what the command line says, and end the process."""
        # No kernel uses it, and its buffers for all processors take 40 MB of address space each.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        with guarded():
            try:
                return super().main(*args, **options)
            except StreamError as error:  # of help as well
                click.echo(f"{error.filename}: {error.strerror}", err=True)
                sys.exit(FAILURE)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; report wrong input and failures of the system without a traceback."""
        try:
            return super().invoke(ctx)
        except StreamError:
            raise  # click ends quietly if the reader has gone, as behind ``| head`` it should
        except Exception as error:
            report, code = _explained(error)
            if not report:
                raise
            click.echo("\n".join([report, *getattr(error, "__notes__", [])]), err=True)
        raise click.exceptions.Exit(code)


def _explained(error: Exception) -> tuple[str, int]:
    """Return what is said of an error and the exit code; nothing if it is a mistake of ours."""
    match error:
        case ModuleNotFoundError(name=str(name)) if name.partition(".")[0] in _EXTRAS:
            return _missing(name.partition(".")[0]), FAILURE
        case ValueError():  # SpecError, OutputError, FileError, FigureError and their like
            return str(error), BAD_INPUT
        case OSError():
            return _reason(error), FAILURE
        case MemoryError():
            return f"out of memory: {error}".rstrip(": "), FAILURE
        case RuntimeError() if str(error) == _NO_THREAD:
            return "there is no room for another thread; give fewer with --threads", FAILURE
    return "", FAILURE


def draw_into_files() -> None:
    """Set the backend of matplotlib, of which a notebook may have set one that is missing here."""
    os.environ["MPLBACKEND"] = "agg"


def _missing(package: str) -> str:
    return f'this command needs {package}: pip install "thermospin[{_EXTRAS[package]}]"'


def _reason(error: OSError) -> str:
    """Return what failed, where, and the way out if it is known."""
    reason = error.strerror or str(error)
    if not error.filename:
        return reason
    if error.errno in _PLACE_UNUSABLE and " -o" not in reason:
        free = "free some space or " if error.errno in _NO_ROOM else ""
        reason += f"; {free}choose another place with -o"
    return f"{error.filename}: {reason}"
