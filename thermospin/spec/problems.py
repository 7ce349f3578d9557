"""What is wrong with a spec, where, and how it is reported: every problem of a file at once."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""The way from the top of a spec to a value: ``("axes", "V", "num")``."""

WIDEST_VALUE = 60
WIDEST_LINE = 100
MOST_SHOWN = 50

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # those at which YAML counts lines


def split_lines(text: str) -> list[str]:
    """Return the lines of a text as YAML counts them."""
    return _LINE_BREAK.split(text)


def printable(text: str) -> str:
    """Return a text that is safe to print: control characters and lone surrogates escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def shorten(text: str) -> str:
    """Return a printable text of at most `WIDEST_VALUE` characters."""
    shown = printable(text[: WIDEST_VALUE + 1])
    return shown if len(shown) <= WIDEST_VALUE else shown[: WIDEST_VALUE - 1] + "…"


def quoted(text: str) -> str:
    """Return a value as messages show it."""
    return f"'{shorten(text)}'" if text else "nothing"


def suggest(word: str, options: Iterable[str]) -> str:
    """Return ``did you mean 'option'?`` for the option nearest to a word; empty if none is near."""
    nearest = closest(word, options)
    return nearest and f"did you mean '{nearest}'?"


def closest(word: str, options: Iterable[str]) -> str:
    """Return the option nearest to a word, disregarding case first; empty if none is near."""
    known = list(options)
    for option in known:
        if option.lower() == word.lower():
            return option
    matches = difflib.get_close_matches(word[:WIDEST_VALUE], known, n=1, cutoff=0.5)
    return matches[0] if matches else ""


@dataclass(frozen=True)
class Source:
    """Where text comes from: a file by its name, or an override as it was given."""

    name: str
    lines: Sequence[str] = field(default=(), repr=False)

    @classmethod
    def of_text(cls, name: str, text: str) -> "Source":
        """Return the source of a file's text, with its lines."""
        return cls(name, split_lines(text))

    def place(self, line: int, column: int) -> "Place":
        """Return a place by line and column from 0; an override is a single place."""
        return Place(self, line + 1, column + 1) if self.lines else Place(self)


@dataclass(frozen=True)
class Place:
    """A line and column of a source, from 1; line 0 is the source as a whole."""

    source: Source
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return ``file:line:column``."""
        name = printable(self.source.name)
        return f"{name}:{self.line}:{self.column}" if self.line else name

    def excerpt(self, hint: str) -> list[str]:
        """Return the source line, and below it a caret with the hint."""
        if not 0 < self.line <= len(self.source.lines):
            return [f"      {hint}"] if hint else []
        line, caret = self.source.lines[self.line - 1], self.column - 1
        first = max(0, caret - WIDEST_LINE // 2) if len(line) > WIDEST_LINE else 0
        # One sign for one character keeps the caret below its place.
        shown = "".join(c if c.isprintable() else " " for c in line[first : first + WIDEST_LINE])
        pointer = " " * (caret - first) + "^" + (f"  {hint}" if hint else "")
        return [f"{self.line:5d} | {shown.rstrip()}", f"      | {pointer}"]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: at which place, under which key, which rule, and a hint."""

    place: Place
    path: Path
    rule: str
    hint: str = ""

    @property
    def key(self) -> str:
        """The key as one would write it: ``axes.V.num``, ``outputs[2]``."""
        words = "".join(
            f"[{step}]" if isinstance(step, int) else f".{shorten(step)}" for step in self.path
        )
        return words.removeprefix(".")

    def __str__(self) -> str:
        """Return the problem as it is reported."""
        head = (
            f"{self.place}: {self.key}: {self.rule}" if self.path else f"{self.place}: {self.rule}"
        )
        return "\n".join([head, *self.place.excerpt(self.hint)])


class SpecError(ValueError):
    """A spec that cannot be used; the message is the report of all its problems.

    Parameters
    ----------
    name : str
        The file, as the user named it.
    problems : iterable of Problem
        What is wrong, in any order.

    Attributes
    ----------
    problems : list of Problem
        Sorted by line; those of overrides come last.
    """

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        """Sort the problems."""
        self.name = name
        self.problems = sorted(
            problems,
            key=lambda problem: (not problem.place.line, problem.place.line, problem.place.column),
        )
        super().__init__(name, self.problems)

    def __str__(self) -> str:
        """Return the report: all problems and their number."""
        count = len(self.problems)
        report = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if count > MOST_SHOWN:
            report.append(f"… and {count - MOST_SHOWN} more")
        noun = "problem" if count == 1 else "problems"
        return "\n".join([*report, f"{count} {noun} in {printable(self.name)}"])
