"""What is wrong with a spec, where it stands, and the report that lists all of it at once."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

KeyPath = tuple[str | int, ...]
"""The steps from the top of a spec to a value: keys and list indices, ``("axes", "V", "num")``."""

WIDEST_VALUE = 60
"""Characters of a value that a message quotes; the rest becomes an ellipsis."""
WIDEST_LINE = 100
"""Characters of a spec's line that a message shows around the mistake."""
MOST_SHOWN = 50
"""Problems that a report spells out; it only counts the others."""

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # where YAML counts a new line


def split_lines(text: str) -> list[str]:
    """Split a text into lines as YAML counts them.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    list of str
        The lines without their line breaks; YAML also breaks lines at U+0085, U+2028 and U+2029.
    """
    return _LINE_BREAK.split(text)


def printable(text: str) -> str:
    r"""Escape the control characters and lone surrogates of a text, so that it is safe to print.

    Parameters
    ----------
    text : str
        Text of any origin.

    Returns
    -------
    str
        The text with escapes such as ``\x1b``.
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def shorten(text: str) -> str:
    """Make a text printable and cut it to `WIDEST_VALUE` characters.

    Parameters
    ----------
    text : str
        Text of any origin and length.

    Returns
    -------
    str
        At most `WIDEST_VALUE` characters, the last one an ellipsis if something was cut.
    """
    shown = printable(text[: WIDEST_VALUE + 1])
    return shown if len(shown) <= WIDEST_VALUE else shown[: WIDEST_VALUE - 1] + "…"


def quoted(text: str) -> str:
    """Quote a value for a message.

    Parameters
    ----------
    text : str
        The value as written in the spec.

    Returns
    -------
    str
        The shortened value in quotation marks, or ``nothing`` for an empty one.
    """
    return f"'{shorten(text)}'" if text else "nothing"


def suggest(word: str, options: Iterable[str]) -> str:
    """Word the hint for a misspelt word.

    Parameters
    ----------
    word : str
        The word as written.
    options : iterable of str
        The words that would be right.

    Returns
    -------
    str
        ``did you mean 'option'?`` for the most similar option; empty if none is similar.
    """
    nearest = closest(word, options)
    return nearest and f"did you mean '{nearest}'?"


def closest(word: str, options: Iterable[str]) -> str:
    """Find the option that a misspelt word most likely stands for.

    Parameters
    ----------
    word : str
        The word as written.
    options : iterable of str
        The words that would be right.

    Returns
    -------
    str
        The option that differs only in case and underscores, else the most similar one; empty if
        none is similar.
    """
    known = list(options)
    for option in known:
        if _letters(option) == _letters(word):
            return option
    matches = difflib.get_close_matches(word[:WIDEST_VALUE], known, n=1, cutoff=0.5)
    return matches[0] if matches else ""


def _letters(word: str) -> str:
    return word.lower().replace("_", "")


@dataclass(frozen=True)
class TextSource:
    """The origin of a text: a file, or one ``--set KEY=VALUE``.

    Attributes
    ----------
    name : str
        The file's name or the override, as messages call it.
    lines : sequence of str
        The lines of the file, which messages quote; empty for an override.
    """

    name: str
    lines: Sequence[str] = field(default=(), repr=False)

    @classmethod
    def of_text(cls, name: str, text: str) -> "TextSource":
        """Return the source of a text that was read from a file.

        Parameters
        ----------
        name : str
            The file's name.
        text : str
            Its whole text.

        Returns
        -------
        TextSource
        """
        return cls(name, split_lines(text))

    def place(self, line: int, column: int) -> "Place":
        """Return a place in this source.

        Parameters
        ----------
        line, column : int
            Line and column, both counted from 0 as the YAML parser does.

        Returns
        -------
        Place
            The place counted from 1; an override is short and has only one place.
        """
        return Place(self, line + 1, column + 1) if self.lines else Place(self)


@dataclass(frozen=True)
class Place:
    """A line and column of a source.

    Attributes
    ----------
    source : TextSource
        The file or override.
    line, column : int
        Counted from 1; line 0 stands for the source as a whole.
    """

    source: TextSource
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return ``file:line:column``."""
        name = printable(self.source.name)
        return f"{name}:{self.line}:{self.column}" if self.line else name

    def excerpt(self, hint: str) -> list[str]:
        """Quote the line of this place, with a caret below the column.

        Parameters
        ----------
        hint : str
            Text to put behind the caret; may be empty.

        Returns
        -------
        list of str
            Lines for a message; only the hint if the source has no lines to quote.
        """
        if not 0 < self.line <= len(self.source.lines):
            return [f"      {hint}"] if hint else []
        line, caret = self.source.lines[self.line - 1], self.column - 1
        first = max(0, caret - WIDEST_LINE // 2) if len(line) > WIDEST_LINE else 0
        # Every character is replaced by exactly one, so that the caret stays below its column.
        shown = "".join(c if c.isprintable() else " " for c in line[first : first + WIDEST_LINE])
        pointer = " " * (caret - first) + "^" + (f"  {hint}" if hint else "")
        return [f"{self.line:5d} | {shown.rstrip()}", f"      | {pointer}"]


@dataclass(frozen=True)
class Problem:
    """One mistake in a spec.

    Attributes
    ----------
    place : Place
        Where it stands.
    path : KeyPath
        The key whose value is wrong; empty if the spec as a whole is.
    rule : str
        The rule that is broken, and the value that breaks it.
    hint : str
        What was probably meant; may be empty.
    """

    place: Place
    path: KeyPath
    rule: str
    hint: str = ""

    @property
    def key(self) -> str:
        """The key as a user would write it: ``axes.V.num``, ``outputs[2]``."""
        words = "".join(
            f"[{step}]" if isinstance(step, int) else f".{shorten(step)}" for step in self.path
        )
        return words.removeprefix(".")

    def __str__(self) -> str:
        """Return the lines of the report about this problem."""
        head = (
            f"{self.place}: {self.key}: {self.rule}" if self.path else f"{self.place}: {self.rule}"
        )
        return "\n".join([head, *self.place.excerpt(self.hint)])


class SpecError(ValueError):
    """A spec that cannot be used; its message is the report of all problems.

    Parameters
    ----------
    name : str
        The file, as the user named it.
    problems : iterable of Problem
        What is wrong, in any order.

    Attributes
    ----------
    problems : list of Problem
        Sorted by line; problems of overrides come last.
    """

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        """Sort the problems by their places."""
        self.name = name
        self.problems = sorted(
            problems,
            key=lambda problem: (not problem.place.line, problem.place.line, problem.place.column),
        )
        super().__init__(name, self.problems)

    def __str__(self) -> str:
        """Return the report: every problem, and their number."""
        count = len(self.problems)
        report = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if count > MOST_SHOWN:
            report.append(f"… and {count - MOST_SHOWN} more")
        noun = "problem" if count == 1 else "problems"
        return "\n".join([*report, f"{count} {noun} in {printable(self.name)}"])
