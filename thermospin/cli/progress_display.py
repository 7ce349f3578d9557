"""The progress of a run on stderr: how much is done, how fast it goes and when it will end."""

import sys
import time
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import click

from thermospin.cli.formatting import duration
from thermospin.cli.standard_streams import rewrite_last_line

_STEPS = 10  # lines of a short run, one for each tenth of the points
_SILENCE = 60.0  # longest time in seconds between two lines, if chunks are short enough
_REFRESH = 0.1  # shortest time in seconds between two updates of the line on a terminal


class StatusLine:
    """A line on stderr that says how things are: updated on a terminal, else printed anew.

    It is a context manager, at whose end the line on the terminal is wiped.
    """

    def __init__(self) -> None:
        """Find out whether stderr is a terminal."""
        self.on_terminal = sys.stderr.isatty()
        self._width = 0

    def __enter__(self) -> Self:
        """Return the line."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wipe the line on the terminal."""
        if self._width:
            rewrite_last_line(" " * self._width)
            rewrite_last_line("")

    def show(self, line: str) -> None:
        """Show a line, on a terminal in place of the last one."""
        if not self.on_terminal:
            click.echo(line, err=True)
            return
        rewrite_last_line(line.ljust(self._width))
        self._width = len(line)


class ProgressDisplay:
    """Shows progress: on a terminal as one line that is updated, elsewhere as a line now and then.

    It is a context manager, at whose end the line on the terminal is wiped. It is called with the
    number of points done and of all points; the first call says how many were done before.
    """

    def __init__(self) -> None:
        """Begin to measure the time."""
        self._line = StatusLine()
        self._started = self._shown_at = time.monotonic()
        self._shown_step = 0
        self._done_before: int | None = None

    def __enter__(self) -> Self:
        """Return the display."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wipe the line on the terminal."""
        self._line.__exit__(kind, error, trace)

    def __call__(self, done: int, total: int) -> None:
        """Show the progress if the last line is old enough.

        Parameters
        ----------
        done, total : int
            Number of points done, and of all points.
        """
        now = time.monotonic()
        step = _STEPS * done // total
        if self._done_before is None:
            self._done_before, self._started = done, now
            self._shown_at, self._shown_step = now, step
        if self._is_due(now, step):
            self._shown_at, self._shown_step = now, step
            self._line.show(_line(done, total, (done - self._done_before) / (now - self._started)))

    def _is_due(self, now: float, step: int) -> bool:
        elapsed = now - self._shown_at
        if self._line.on_terminal:
            return elapsed >= _REFRESH
        # The end needs no line: the command prints its result.
        return step < _STEPS and (step > self._shown_step or elapsed >= _SILENCE)


def progress_unless(quiet: bool) -> AbstractContextManager[ProgressDisplay | None]:
    """Return a progress display, or none for a quiet command.

    Parameters
    ----------
    quiet : bool
        Whether ``--quiet`` was given.

    Returns
    -------
    context manager
        It yields a `ProgressDisplay`, or None.
    """
    return nullcontext() if quiet else ProgressDisplay()


def _line(done: int, total: int, rate: float) -> str:
    end = _end((total - done) / rate)
    return f"{100 * done // total:3d} %  {rate:,.0f} points/s  ends {end}"


def _end(seconds: float) -> str:
    """Return the time after so many seconds; beyond the calendar's end, the time span itself."""
    try:
        return _clock_time(datetime.now() + timedelta(seconds=seconds))
    except (OverflowError, ValueError, OSError):
        return f"in {duration(seconds)}"


def _clock_time(moment: datetime) -> str:
    """Return the time of day, with the day unless it is today."""
    today = moment.date() == datetime.now().date()
    return moment.strftime("%H:%M:%S" if today else "%a %d %b %H:%M")
