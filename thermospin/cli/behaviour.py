"""What all commands have in common: strict options, errors as messages, exit codes."""

import errno
import os
import sys
from typing import Any

import click

from thermospin.cli.streams import StreamError, guarded

FAILURE, BAD_INPUT, TOLERANCE_MISSED, STOPPED = 1, 2, 3, 75
"""Exit codes besides 0."""

_EXTRAS = {"matplotlib": "plot", "scipy": "bench"}  # what pip installs only if asked to
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_PLACE_UNUSABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, *_NO_ROOM}


class StrictCommand(click.Command):
    """A command that refuses an option given twice; click would let the last one win."""

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

    command_class = StrictCommand

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands as they were added: in the order of their use."""
        return list(self.commands)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run what the command line says, and end the process."""
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
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] not in _EXTRAS:
                raise
            report, code = _missing(error.name.partition(".")[0]), FAILURE
        except ValueError as error:  # SpecError, OutputError, FileError, FigureError and their like
            report, code = str(error), BAD_INPUT
        except OSError as error:
            report, code = "\n".join([_reason(error), *getattr(error, "__notes__", [])]), FAILURE
        click.echo(report, err=True)
        raise click.exceptions.Exit(code)


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
