"""The page on measured curves: every file shown there is read, with the options shown below it."""

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from thermospin.measured import read_curve

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "measured.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```text\n(.*?)^```\n(?:\n```sh\n(.*?)```)?", PAGE, re.DOTALL | re.MULTILINE)


def options(command):
    words = shlex.split(command)
    given = dict(pairwise(words))
    pairs = {"columns": "--columns", "units": "--data-units"}
    return {key: given[name].split(",") for key, name in pairs.items() if name in given}


@pytest.mark.parametrize(("text", "command"), SHOWN)
def test_a_file_that_is_shown_is_read(data_file, text, command):
    found = read_curve(data_file(text), **options(command))
    expected = -2.0 if "reduced" in command else -0.4e-3
    assert found.V[0] == pytest.approx(expected, rel=1e-12)
    assert len(found.V) == 2
    if found.unit == "A":
        assert found.values[0] == pytest.approx(-34.564e-9, rel=1e-12)
    elif found.unit == "S":
        assert found.values[0] == pytest.approx(115.76e-6, rel=1e-5)


def test_the_page_shows_files_of_every_kind():
    assert len(SHOWN) > 10
    assert sum(bool(command) for _, command in SHOWN) == 4


def test_the_note_on_rows_left_out_is_the_one_that_is_printed(data_file):
    (text,) = (text for text, _ in SHOWN if "nan" in text)
    notes = "".join(f"iv.csv: {note}\n" for note in read_curve(data_file(text)).notes)
    assert f"```\n{notes}```" in PAGE
