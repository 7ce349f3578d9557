"""Errors and warnings of a command: messages for people on stderr, and exit codes for programs."""

import errno
import gc
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TextIO

import click

from thermospin.cli.formatting import points_of
from thermospin.cli.standard_streams import StreamError, escaped_streams

FAILURE, BAD_INPUT, TOLERANCE_MISSED, STOPPED = 1, 2, 3, 75
"""Exit codes besides 0."""

_NO_THREAD = "can't start new thread"  # the message of Python's RuntimeError
_OF_CARDS = "numba_cuda"  # which only --device asks for, whatever the command
_EXTRAS = {
    "matplotlib": "plot",
    "pandas": "plot",
    "scipy": "bench",
    "bokeh": "explore",
    "panel": "explore",
    _OF_CARDS: "cuda",
}  # optional packages, and the extra of each
_OWN_EXTRA = ("fit", "explore")  # commands, each with an extra of its name for all that it needs
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNUSABLE_FOLDER = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, *_DISK_FULL}


class CommandGroup(click.Group):
    """The commands of thermospin; errors that a user can do something about become messages."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands in the order in which they were added."""
        return list(self.commands)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run the command line and end the process, as `click.Group.main` does."""
        # The kernels use no linear algebra, and OpenBLAS takes 40 MB of address space per thread.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        # Pictures only go into files; the backend of a notebook may be missing here.
        os.environ["MPLBACKEND"] = "agg"
        # While libraries load and kernels compile, what lives on grows: to look through it each
        # time 700 objects have been made takes a tenth of a short command, and frees nothing.
        gc.set_threshold(max(50_000, gc.get_threshold()[0]), 3)
        with escaped_streams():
            try:
                return super().main(*args, **options)
            except StreamError as error:  # --help prints outside of `invoke`
                click.echo(f"{error.filename}: {error.strerror}", err=True)
                sys.exit(FAILURE)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; report wrong input and failures of the system without a traceback."""
        try:
            return super().invoke(ctx)
        except StreamError:
            raise  # click ends quietly if the reader is gone, as in ``thermospin info | head``
        except Exception as error:
            report, code = _explained(error, ctx.invoked_subcommand)
            if not report:
                raise
            click.echo("\n".join([report, *getattr(error, "__notes__", [])]), err=True)
        raise click.exceptions.Exit(code)


def _explained(error: Exception, command: str | None) -> tuple[str, int]:
    """Return the message and the exit code of an error; no message if thermospin has a bug."""
    match error:
        case ModuleNotFoundError(name=str(name)) if name.partition(".")[0] in _EXTRAS:
            return _missing_package(name.partition(".")[0], command), FAILURE
        case ValueError():  # SpecError, OutputError, FileError, FigureError and their like
            return str(error), BAD_INPUT
        case OSError():
            return _system_failure(error), FAILURE
        case MemoryError():
            return f"out of memory: {error}".rstrip(": "), FAILURE
        case RuntimeError() if str(error) == _NO_THREAD:
            return "the system allows no more threads; use fewer with --threads", FAILURE
    return "", FAILURE


def _missing_package(package: str, command: str | None) -> str:
    extra = _EXTRAS[package]
    if command in _OWN_EXTRA and package != _OF_CARDS:
        extra = str(command)
    return f'this command needs {package}: pip install "thermospin[{extra}]"'


def _system_failure(error: OSError) -> str:
    """Return what failed, for which file, and the way out if there is one."""
    reason = error.strerror or str(error)
    if not error.filename:
        return reason
    if error.errno in _UNUSABLE_FOLDER and " -o" not in reason:
        free = "free some space or " if error.errno in _DISK_FULL else ""
        reason += f"; {free}choose another place with -o"
    return f"{error.filename}: {reason}"


def exit_for_missed_tolerance(ctx: click.Context, missed: int, where: str = "") -> NoReturn:
    """Report points that missed their tolerance, and end the command with the exit code for that.

    Parameters
    ----------
    ctx : click.Context
        The command.
    missed : int
        Number of points, more than 0.
    where : str
        The tolerance, and how to find the points in the result; may be empty.
    """
    click.echo(f"{points_of(missed)} missed the tolerance{where}", err=True)
    ctx.exit(TOLERANCE_MISSED)


@contextmanager
def warnings_on_stderr() -> Iterator[None]:
    """Print each warning once, as its plain message on stderr, without its place in the code."""
    printed = set()

    def show(
        message: Warning | str,
        category: type[Warning],  # noqa: ARG001
        filename: str,  # noqa: ARG001
        lineno: int,  # noqa: ARG001
        file: TextIO | None = None,  # noqa: ARG001
        line: str | None = None,  # noqa: ARG001
    ) -> None:
        if str(message) not in printed:
            printed.add(str(message))
            click.echo(str(message), err=True)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield
