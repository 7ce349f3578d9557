"""How far a run is, how fast it goes and at what time it ends, on stderr."""

import sys
import time
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import click

from thermospin.cli.streams import rewrite
from thermospin.cli.text import duration

_STEPS = 10  # lines of a run that is not long
_SILENCE = 60.0  # longest time in seconds between two lines, where chunks allow it
_REFRESH = 0.1  # shortest time in seconds between two versions of the line on a terminal


class Progress:
    """Reports progress: on a terminal one line that is rewritten, elsewhere a line now and then.

    A context, at whose end the line on the terminal is wiped. Called with the number of points done
    and of all points; the first call tells how many were done before.
    """

    def __init__(self) -> None:
        """Find out whether somebody is watching."""
        self._terminal = sys.stderr.isatty()
        self._started = self._shown_at = time.monotonic()
        self._shown_step = 0
        self._earlier: int | None = None
        self._width = 0

    def __enter__(self) -> Self:
        """Return the reporter."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wipe the line on the terminal."""
        if self._width:
            rewrite(" " * self._width)
            rewrite("")

    def __call__(self, done: int, total: int) -> None:
        """Report if it is time to."""
        now = time.monotonic()
        step = _STEPS * done // total
        if self._earlier is None:
            self._earlier, self._started, self._shown_at, self._shown_step = done, now, now, step
        if self._is_due(now, step):
            self._shown_at, self._shown_step = now, step
            self._show(_line(done, total, (done - self._earlier) / (now - self._started)))

    def _is_due(self, now: float, step: int) -> bool:
        elapsed = now - self._shown_at
        if self._terminal:
            return elapsed >= _REFRESH
        # The end is announced by the result itself.
        return step < _STEPS and (step > self._shown_step or elapsed >= _SILENCE)

    def _show(self, line: str) -> None:
        if not self._terminal:
            click.echo(line, err=True)
            return
        rewrite(line.ljust(self._width))
        self._width = len(line)


def _line(done: int, total: int, rate: float) -> str:
    end = _end((total - done) / rate)
    return f"{100 * done // total:3d} %  {rate:,.0f} points/s  ends {end}"


def _end(seconds: float) -> str:
    """Return when something ends; where no calendar reaches so far, in which time."""
    try:
        return _clock_time(datetime.now() + timedelta(seconds=seconds))
    except (OverflowError, ValueError, OSError):
        return f"in {duration(seconds)}"


def _clock_time(moment: datetime) -> str:
    """Return the time of day, with the day unless it is today."""
    today = moment.date() == datetime.now().date()
    return moment.strftime("%H:%M:%S" if today else "%a %d %b %H:%M")
