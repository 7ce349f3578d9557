"""`CheckedTree`: the tree of a small YAML document, whose values are checked as they are taken."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic_core import PydanticCustomError

from thermospin.quantities import Parameter
from thermospin.spec.problems import KeyPath, Problem, suggest
from thermospin.spec.scalar_values import any_number, given_number, one_of
from thermospin.spec.spec_model import UNKNOWN_KEY
from thermospin.spec.validation import material_problems, surroundings_of
from thermospin.spec.written_numbers import parse_number
from thermospin.spec.yaml_tree import (
    ListNode,
    MappingNode,
    TextNode,
    described,
    node_at,
    place_of_key,
    place_of_value,
    without_places,
)

_Value = TypeVar("_Value")


class CheckedTree:
    """The tree of a document, and what is wrong with the values that were taken from it.

    A value that breaks a rule is reported in ``problems``, and None is taken in its place, so that
    all mistakes of a document are found at once.

    Parameters
    ----------
    root : MappingNode
        The top of the tree. Its key ``material`` holds the scales of numbers with units.
    problems : iterable of Problem
        What is known to be wrong already.

    Attributes
    ----------
    problems : list of Problem
        What is wrong, in the order in which it was found.
    material : Material or None
        The scales; None if there is no ``material``, or one that is not valid.
    """

    def __init__(self, root: MappingNode, problems: Iterable[Problem] = ()) -> None:
        """Read the material."""
        self.root = root
        self.problems = [*problems, *material_problems(root)]
        self._surroundings = surroundings_of(root)
        self.material = self._surroundings.material

    def complain(self, path: KeyPath, rule: str, hint: str = "") -> None:
        """Report a value that breaks a rule.

        Parameters
        ----------
        path : KeyPath
            Where it stands, or should stand.
        rule : str
            The rule, and the value that breaks it.
        hint : str
            What was probably meant; may be empty.
        """
        if path not in {problem.path for problem in self.problems}:
            self.problems.append(Problem(place_of_value(self.root, path), path, rule, hint))

    def has(self, path: KeyPath) -> bool:
        """Tell whether something is given at a path."""
        return node_at(self.root, path) is not None

    def is_empty(self, path: KeyPath) -> bool:
        """Tell whether nothing is written behind a key, as in ``gamma:``, or ``null``."""
        node = node_at(self.root, path)
        return isinstance(node, TextNode) and node.text in ("", "~", "null")

    def written(self, path: KeyPath) -> str:
        """Return what is written at a path, in words for a message."""
        return described(node_at(self.root, path))

    def is_bare(self, path: KeyPath) -> bool:
        """Tell whether a number stands at a path that has no unit and is not 0."""
        node = node_at(self.root, path)
        if not isinstance(node, TextNode):
            return False
        try:
            return bool(parse_number(node.text))
        except ValueError:
            return False

    def is_word(self, path: KeyPath, word: str) -> bool:
        """Tell whether a certain word stands at a path."""
        node = node_at(self.root, path)
        return isinstance(node, TextNode) and node.text == word

    def names(self, path: KeyPath) -> list[str]:
        """Return the keys of a mapping, as they are written; none if there is no mapping."""
        node = node_at(self.root, path)
        return list(node.values) if isinstance(node, MappingNode) else []

    def keys(
        self, path: KeyPath, allowed: Iterable[str], hint: Callable[[str], str] = lambda _: ""
    ) -> list[str]:
        """Return the keys of a mapping that are allowed, and report the others.

        Parameters
        ----------
        path : KeyPath
            Where the mapping stands; there may be none.
        allowed : iterable of str
            The keys that it may have.
        hint : callable
            Says where a key that is not allowed belongs; without an answer, a similar key that is
            allowed is named.

        Returns
        -------
        list of str
            In the order in which they are written; empty if there is no mapping.
        """
        node = node_at(self.root, path)
        if node is None or self.is_empty(path):
            return []
        if not isinstance(node, MappingNode):
            self.complain(path, f"must be a mapping, got {described(node)}")
            return []
        known = list(allowed)
        for key in node.values:
            if key not in known:
                place = place_of_key(self.root, (*path, key))
                told = hint(key) or suggest(key, known)
                self.problems.append(Problem(place, (*path, key), UNKNOWN_KEY, told))
        return [key for key in node.values if key in known]

    def length(self, path: KeyPath) -> int:
        """Return how many items a list has; what is no list is reported, and has none."""
        node = node_at(self.root, path)
        if isinstance(node, ListNode):
            return len(node.items)
        if node is not None:
            self.complain(path, f"must be a list, got {described(node)}")
        return 0

    def is_list(self, path: KeyPath) -> bool:
        """Tell whether there is a list at a path."""
        return isinstance(node_at(self.root, path), ListNode)

    def is_mapping(self, path: KeyPath) -> bool:
        """Tell whether there is a mapping at a path."""
        return isinstance(node_at(self.root, path), MappingNode)

    def quantity(self, path: KeyPath, parameter: Parameter) -> float | None:
        """Take a number of a parameter, which may have a unit, in its reduced unit."""
        given = self._taken(path, lambda v: given_number(parameter, v, self._surroundings))
        return None if given is None else float(given.value)

    def number(self, path: KeyPath) -> float | None:
        """Take a number without a unit and without limits."""
        exact = self._taken(path, any_number)
        return None if exact is None else float(exact)

    def whole_number(self, path: KeyPath, most: int) -> int | None:
        """Take a whole number from 0 to ``most``."""
        exact = self._taken(path, any_number)
        if exact is not None and (exact.denominator != 1 or not 0 <= exact <= most):
            rule = f"must be a whole number from 0 to {most}, got {self.written(path)}"
            self.complain(path, rule)
            return None
        return None if exact is None else int(exact)

    def word(self, path: KeyPath, options: Iterable[str]) -> str | None:
        """Take a word that is one of several."""
        text = self.text(path)
        return None if text is None else self._taken(path, lambda _: one_of(options)(text))

    def text(self, path: KeyPath) -> str | None:
        """Take a text that is not empty."""
        node = node_at(self.root, path)
        if node is None:
            return None
        if isinstance(node, TextNode) and node.text:
            return str(node.text)
        self.complain(path, f"must be text, got {described(node)}")
        return None

    def _taken(self, path: KeyPath, check: Callable[[object], _Value]) -> _Value | None:
        """Take a value through a check that raises the error of a broken rule."""
        node = node_at(self.root, path)
        if node is None:
            return None
        try:
            return check(without_places(node))
        except PydanticCustomError as error:
            told = error.context or {}
            self.complain(path, told["message"], told["hint"])
            return None
