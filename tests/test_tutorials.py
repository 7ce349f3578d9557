"""The tutorials run as they stand: each block in its order, with the output that the page shows."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from thermospin.cli import main

FOLDER = Path(__file__).parents[1] / "docs" / "tutorials"
PAGES = sorted(set(FOLDER.glob("*.md")) - {FOLDER / "index.md"})
BLOCK = re.compile(r"^```(yaml|sh|python|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PICTURE = re.compile(r"!\[[^\]]*\]\((\w+/[\w.-]+\.png)\)")
CHANCE = re.compile(r"\d[\d.]* (?:s|min)\b(?: \d+ s\b)?|\d+ %, [\d,]+ of|of which [\d,]+ were")
"""What no two runs have in common: times, and how far one was when it was interrupted."""
A_NUMBER = re.compile(r"(?<![\w.])[-−+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")


def of_the_shell(code, _names):
    """Return what commands print; those of thermospin alone need no shell."""
    lines = code.replace("\\\n", "").splitlines()
    if all(re.fullmatch(r"thermospin [^$;&|<>\\]*", line) for line in lines):
        done = [CliRunner().invoke(main, shlex.split(line)[1:]) for line in lines]
        return "".join(each.stdout if each.exit_code == 0 else each.output for each in done)
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-eu", "-c", code], env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def of_python(code, names):
    """Return what code prints that goes on with these names."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "tutorial", "exec"), names)  # the code is the page's own
    return printed.getvalue()


RUN = {"sh": of_the_shell, "python": of_python}


@dataclass
class Page:
    """A page and what came of it: the blocks that print, with what is shown and what was printed.

    ``printed`` has a triple for each block with an output: the block, what is shown, what it is.
    """

    text: str
    names: dict = field(default_factory=lambda: {"__name__": "tutorial"})
    printed: list[tuple[str, str, str]] = field(default_factory=list)

    def run(self):
        """Run all blocks in the current folder, in their order, and write the files shown."""
        blocks = BLOCK.findall(self.text)
        for (language, code), (following, shown) in zip(
            blocks, [*blocks[1:], ("", "")], strict=True
        ):
            if language == "yaml" and code.startswith("# "):
                Path(code.splitlines()[0].removeprefix("# ")).write_text(code, encoding="utf-8")
            elif language in RUN:
                output = RUN[language](code, self.names)
                if following == "text":
                    self.printed.append((code, shown, output))


def last_digit(number):
    """Return a number as it is written, and what one more in its last digit is."""
    value = Decimal(number.replace(",", "").replace("−", "-"))
    return value, Decimal(1).scaleb(value.as_tuple().exponent)


def agree(shown, printed):
    """Return whether two lines are equal; numbers may differ by one in the last digit shown."""
    if A_NUMBER.sub("#", shown) != A_NUMBER.sub("#", printed):
        return False
    pairs = zip(A_NUMBER.findall(shown), A_NUMBER.findall(printed), strict=True)
    numbers = [(last_digit(one), last_digit(other)) for one, other in pairs]
    return all(one == other or (step == its and abs(one - other) <= step)
               for (one, step), (other, its) in numbers)  # fmt: skip


def differing(shown, printed):
    """Return the first line of the page that was not printed; None if all were.

    A line of three dots stands for any lines.
    """
    wanted, found = (CHANCE.sub("…", text).splitlines() for text in (shown, printed))
    place, anywhere = 0, False
    for line in wanted:
        if line == "...":
            anywhere = True
            continue
        places = range(place, len(found)) if anywhere else range(place, min(place + 1, len(found)))
        place = next((i + 1 for i in places if agree(line.rstrip(), found[i].rstrip())), None)
        if place is None:
            return line
        anywhere = False
    return None if anywhere or place == len(found) else f"the end, not {found[place]}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_tutorial_runs_in_an_empty_folder_and_prints_what_it_shows(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = Page(path.read_text(encoding="utf-8"))
    page.run()
    assert page.printed
    for code, shown, printed in page.printed:
        assert differing(shown, printed) is None, f"{code}\nprints\n{printed}"
    pictures = [Path(picture).name for picture in PICTURE.findall(page.text)]
    assert pictures
    for picture in pictures:
        (made,) = tmp_path.rglob(picture)
        assert made.read_bytes().startswith(b"\x89PNG"), picture


def test_there_are_four_tutorials_which_their_index_finds():
    assert len(PAGES) == 4
    assert ":glob:" in (FOLDER / "index.md").read_text(encoding="utf-8")


def test_numbers_on_a_page_may_differ_in_their_last_digit_and_words_may_not():
    assert agree("h_exc  0.34179 ± 0.00011 Δ0", "h_exc  0.34180 ± 0.00012 Δ0")
    assert not agree("h_exc  0.34179 Δ0", "h_exc  0.34181 Δ0")
    assert not agree("h_exc  0.34179 Δ0", "h_exc  0.3418 Δ0")
    assert not agree("1,296 points", "1,296 chunks")
    assert differing("a\n...\nb 0.5 s\n", "a\nc\nd\nb 12 s\n") is None
    assert differing("a\nb\n", "a\n") == "b"
    assert differing("a\n", "a\nb\n") == "the end, not b"
