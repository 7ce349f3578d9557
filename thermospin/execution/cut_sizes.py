"""How large the chunks of a sweep are.

These numbers decide which points are computed together. Work that was begun with other sizes is not
continued, and shards that were cut with other sizes are not merged.
"""

from dataclasses import dataclass, replace

HEATED_POINT = 256
"""What a point of a heated junction costs, in currents at one voltage."""


@dataclass(frozen=True)
class CutSizes:
    """How large the chunks of a sweep are, and how far they reach.

    Attributes
    ----------
    largest : int
        Points of a chunk at most: under a second of work, half a megabyte per output.
    smallest : int
        Points of a chunk at least, where there are that many.
    fewest : int
        Number of chunks that a sweep is cut into if they are not too small, for a fair division.
    last : int
        Points of the last chunks: to begin and store a smaller one costs over a percent.
    run : int
        Values that lie together in the file, where there are that many: one page.
    fewest_fields : int
        Fields of a family that is kept together.
    """

    largest: int = 1 << 16
    smallest: int = 1 << 12
    fewest: int = 64
    last: int = 1 << 14
    run: int = 512
    fewest_fields: int = 64

    def of_heated_points(self) -> "CutSizes":
        """Return the sizes for points with a heat balance, each of which costs many currents."""
        names = ("largest", "smallest", "last", "run")
        sizes = {name: max(1, getattr(self, name) // HEATED_POINT) for name in names}
        return replace(self, **sizes)


CUT_SIZES = CutSizes()
"""The sizes that every command uses."""
CARD_SIZES = CutSizes(largest=1 << 20, smallest=1 << 18, fewest=16, last=1 << 18)
"""The sizes on a graphics card, which computes the largest chunk in some hundredth of a second. A
card works on some ten thousand points at once: on a smaller chunk most of it would idle."""
