"""Ranges into which a number of things is cut, and runs that are joined."""

from collections.abc import Iterable, Iterator


def even(count: int, size: int) -> Iterator[range]:
    """Yield ranges of some size; only the last may be shorter."""
    for start in range(0, count, size):
        yield range(start, min(start + size, count))


def shrinking(count: int, size: int, least: int, parts: int) -> Iterator[range]:
    """Yield ranges of some size and in the end ever smaller ones, so that nobody waits long.

    Parameters
    ----------
    count : int
        Number of things.
    size, least : int
        The largest and the smallest range; only the last may be shorter.
    parts : int
        Into so many ranges the rest is cut where that makes them smaller than ``size``.
    """
    start = 0
    while start < count:
        rest = count - start
        stop = start + min(rest, size, max(least, -(-rest // parts)))
        yield range(start, stop)
        start = stop


def number_of_shrinking(count: int, size: int, least: int, parts: int) -> int:
    """Return how many ranges `shrinking` yields, of which all but the last few have one size."""
    whole = max(0, (count - size * parts) // size)
    return whole + sum(1 for _ in shrinking(count - whole * size, size, least, parts))


def joined(runs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join runs, given by their first index and length, that follow each other without a gap."""
    found: list[tuple[int, int]] = []
    for first, length in runs:
        if found and sum(found[-1]) == first:
            found[-1] = (found[-1][0], found[-1][1] + length)
        else:
            found.append((first, length))
    return found
