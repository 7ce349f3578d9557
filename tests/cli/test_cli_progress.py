"""How a run reports its progress, and how numbers are written for people and for programs."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from thermospin.cli import progress_display
from thermospin.cli.formatting import aligned, duration, size, to_json
from thermospin.cli.progress_display import ProgressDisplay
from thermospin.cli.standard_streams import escaped_streams

TOTAL = 1000


class Clock:
    """Time that passes only when told to."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(progress_display, "time", clock)
    return clock


def reported(clock, capsys, *, steps, seconds):
    with escaped_streams(), ProgressDisplay() as report:
        report(0, TOTAL)
        for step in range(1, steps + 1):
            clock.now += seconds / steps
            report(step * TOTAL // steps, TOTAL)
    return capsys.readouterr()


def test_a_line_for_every_tenth(clock, capsys):
    lines = reported(clock, capsys, steps=100, seconds=50).err.splitlines()
    assert [line.split()[0] for line in lines] == [str(share) for share in range(10, 100, 10)]
    assert " 50 %  20 points/s  ends " in lines[4]


def test_a_line_for_every_minute_of_a_long_run(clock, capsys):
    lines = reported(clock, capsys, steps=100, seconds=100 * 61).err.splitlines()
    assert len(lines) == 99  # the end is announced by the result


def test_nothing_goes_to_stdout(clock, capsys):
    assert reported(clock, capsys, steps=20, seconds=1).out == ""


def test_a_terminal_shows_one_line_that_is_wiped_at_the_end(clock, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    text = reported(clock, capsys, steps=10, seconds=10).err
    assert "\n" not in text
    shown = text.split("\r")
    assert shown[1].startswith(" 10 %")
    assert shown[10].startswith("100 %")
    assert shown[-2].strip() == ""
    assert len(shown[-2]) == len(shown[10])


def test_the_end_is_a_time_of_day_with_the_day_unless_it_is_today():
    now = datetime.now()
    assert progress_display._clock_time(now) == f"{now:%H:%M:%S}"
    later = now + timedelta(days=3)
    assert progress_display._clock_time(later) == f"{later:%a %d %b %H:%M}"


def test_the_end_follows_from_the_rate(clock, capsys):
    before = datetime.now()
    line = reported(clock, capsys, steps=2, seconds=2e5).err
    shown = re.search(r"ends (.*)\n", line).group(1)
    candidates = (before + timedelta(seconds=1e5 + slack) for slack in (0, 60))
    assert shown in {progress_display._clock_time(moment) for moment in candidates}


def test_an_end_beyond_all_calendars_is_told_by_its_distance(clock, capsys, monkeypatch):
    line = reported(clock, capsys, steps=2, seconds=1e12).err
    assert re.search(r"ends in 138,888,888 h \d+ min\n", line)

    class Late(datetime):
        @classmethod
        def now(cls, tz=None):  # noqa: ARG003
            raise ValueError("year 10000 is out of range")

    monkeypatch.setattr(progress_display, "datetime", Late)
    assert "ends in 1 h 0 min" in reported(clock, capsys, steps=2, seconds=7200).err


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (26_492, "26.5 kB"), (2_400_000_000, "2.4 GB")],
)
def test_size(count, text):
    assert size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.00052, "less than 0.01 s"),
        (0.0789, "0.079 s"),
        (9.4, "9.4 s"),
        (9.96, "10 s"),
        (59.7, "1 min 0 s"),
        (200.2, "3 min 20 s"),
        (3599.8, "1 h 0 min"),
        (7500, "2 h 5 min"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_columns_are_aligned():
    assert aligned([("V", "5 points"), ("h_exc", "2 points")], indent=" ") == (
        " V      5 points\n h_exc  2 points"
    )


def test_json_has_null_for_what_json_lacks():
    class Pair(NamedTuple):
        low: float
        high: float

    value = {"V_S": Pair(float("nan"), float("-inf")), "path": Path("out.h5"), "n": (1, 0.5, None)}
    assert json.loads(to_json(value)) == {
        "V_S": {"low": None, "high": None},
        "path": "out.h5",
        "n": [1, 0.5, None],
    }
