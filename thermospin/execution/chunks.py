"""How a mesh is cut into chunks, and where in the file the values of a chunk belong.

The axes fall into three: those before V, V itself, those after V. A chunk is a range of the
flattened axes before V, some of V, and a range of the flattened axes after V. The junctions of a
chunk are computed from the indices; no mesh is ever built.

Junctions that differ in their heater alone share a heat balance and are a family; without heaters
those that differ in h_exc alone are one. Their currents are cheaper together, see
``thermospin.dense``: on a mesh with many fields and voltages a chunk holds whole families, if these
lie in the file in long runs. Where h_exc is not the last axis before V, the range of the axes
before V is one family, in steps. With microwaves, junctions that differ in V_ac alone are a family
instead: their currents are sums of the same currents without microwaves.

The cut depends on the spec alone, not on the machine, so that work begun on one can be continued
on another.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import computed_variables, is_biased
from thermospin.dense import LEAST_POINTS, inside_gap
from thermospin.execution import ranges
from thermospin.execution.cut_sizes import CUT_SIZES, CutSizes
from thermospin.junction import Junction
from thermospin.observables import takes_currents
from thermospin.quantities import are_ideal, cost_of, of_one_lead
from thermospin.spec import SweepSpec

_MOST_TOGETHER = 16
"""Heaters of a family at most, in points of the largest chunk."""


@dataclass(frozen=True)
class Chunk:
    """A part of the mesh: ranges ``before`` and ``after`` V, and slices of V itself.

    ``index`` counts the chunks of the mesh from 0. ``variables`` are the outputs and statuses that
    the chunk has values of; one chunk of each junction has those without a bias as well.
    """

    index: int
    before: range
    bias: tuple[slice, ...]
    after: range
    variables: tuple[str, ...]

    @property
    def bias_count(self) -> int:
        """Number of bias values."""
        return sum(part.stop - part.start for part in self.bias)

    @property
    def junctions(self) -> int:
        """Number of junctions."""
        return len(self.before) * len(self.after)

    @property
    def points(self) -> int:
        """Number of points: junctions times bias values."""
        return self.junctions * self.bias_count


@dataclass(frozen=True)
class Mesh:
    """The mesh of a sweep, which is cut into chunks.

    Attributes
    ----------
    before, after : tuple of str
        The axes before and after V; without V among the axes, all of them are before.
    bias : ndarray, shape (n,), or None
        The bias values, Δ0/e; None if no output needs one.
    mirrored : bool
        Whether the bias values are symmetric about zero, bit for bit; so are those of each chunk.
    sizes : CutSizes
        How large the chunks are.
    """

    spec: SweepSpec
    before: tuple[str, ...]
    after: tuple[str, ...]
    bias: NDArray[np.float64] | None
    mirrored: bool
    sizes: CutSizes = CUT_SIZES

    @classmethod
    def of(cls, spec: SweepSpec, sizes: CutSizes = CUT_SIZES) -> "Mesh":
        """Return the mesh of a sweep."""
        names = list(spec.axes)
        place = names.index("V") if "V" in names else len(names)
        bias = None
        if spec.biased_outputs:
            bias = spec.axes["V"] if "V" in spec.axes else np.array([spec.fixed["V"]])
        mirrored = bias is not None and _is_mirrored(bias)
        sizes = sizes.of_heated_points() if spec.is_heated else sizes
        return cls(spec, tuple(names[:place]), tuple(names[place + 1 :]), bias, mirrored, sizes)

    def count(self, names: tuple[str, ...]) -> int:
        """Return the number of combinations of the values of some axes."""
        return math.prod(len(self.spec.axes[name]) for name in names)

    @property
    def junctions(self) -> int:
        """Number of junctions."""
        return self.count(self.before) * self.count(self.after)

    @property
    def bias_count(self) -> int:
        """Number of bias values of a junction, 1 if there is no bias."""
        return 1 if self.bias is None else len(self.bias)

    @property
    def points(self) -> int:
        """Number of points: junctions times bias values."""
        return self.junctions * self.bias_count

    def block(self) -> tuple[int, int, int]:
        """Return how far a chunk reaches in the axes before V, in V and in the axes after V."""
        family = self.family()
        extra = self._extra
        behind = self.count(self.after)
        if family > 1:
            bias = min(self.bias_count, max(1, self.sizes.largest // family))
            together = family * max(1, self.sizes.largest // (family * (bias + extra)))
            if self.after:
                return 1, bias, min(together, behind)
            return (family if self._step() > 1 else together), bias, 1
        aim = min(max(self.effort // self.sizes.fewest, self.sizes.smallest), self.sizes.largest)
        after = min(behind, max(self.sizes.run, aim // (self.bias_count + extra)))
        bias = min(self.bias_count, max(1, aim // after))
        whole = after == behind and bias == self.bias_count
        before = max(1, aim // (after * (bias + extra))) if whole else 1
        return before, bias, after

    @property
    def effort(self) -> int:
        """Cost of the whole mesh, in points."""
        return self.junctions * (self.bias_count + self._extra)

    @property
    def _extra(self) -> int:
        """Cost of the outputs of a junction that have no bias, in points."""
        return cost_of(self.spec.unbiased_outputs, pumped="V_ac" in self._given)

    @property
    def _given(self) -> set[str]:
        """The parameters of the spec, fixed or axes."""
        return {*self.spec.fixed, *self.spec.axes}

    def family(self) -> int:
        """Return how many heaters, amplitudes or exchange fields a chunk keeps together, or 1."""
        axis = self._family_axis
        last = self.after[-1:] == (axis,)
        if not (last or (axis in self.before and not self.after)):
            return 1
        if self.spec.is_heated:
            heaters = len(self.spec.axes[axis])
            return heaters if heaters <= _MOST_TOGETHER * self.sizes.largest else 1
        if axis == "V_ac":
            amplitudes = len(self.spec.axes["V_ac"])
            return amplitudes if amplitudes <= self.sizes.largest // 2 else 1
        if self.bias is None or not takes_currents(self.spec.biased_outputs):
            return 1
        if not are_ideal({**self.spec.fixed, **self.spec.axes}):
            return 1
        fields = self.spec.axes["h_exc"]
        cold, wide = self._values("T_Sm").min(), self._values("gap_Sm").max()
        together = np.count_nonzero(inside_gap(fields, cold, wide))
        many = together >= self.sizes.fewest_fields and together * self.bias_count >= LEAST_POINTS
        return len(fields) if many and len(fields) <= self.sizes.largest // 2 else 1

    @property
    def _family_axis(self) -> str:
        """The axis along which junctions of a family differ."""
        if self.spec.is_heated:
            return "heater"
        return "V_ac" if "V_ac" in self._given else "h_exc"

    def _values(self, name: str) -> NDArray[np.float64]:
        """Return the values of an axis, or the fixed value as an array."""
        fixed = {fixed: np.array([value]) for fixed, value in self.spec.fixed.items()}
        return of_one_lead({**fixed, **self.spec.axes}, name)

    def _step(self) -> int:
        """Return how far junctions of a family are apart in the axes before V."""
        names, axis = self.before, self._family_axis
        return self.count(names[names.index(axis) + 1 :]) if axis in names else 1

    def _outer(self, size: int, least: int) -> Iterator[range]:
        """Yield ranges of the axes before V: whole families, or ranges that shrink in the end."""
        count, step = self.count(self.before), self._step()
        if self.family() == 1:
            yield from ranges.shrinking(count, size, least, self.sizes.fewest)
            return
        if step == 1:
            yield from ranges.even(count, size)
            return
        for start in range(0, count, size * step):
            for first in range(start, start + step):
                yield range(first, first + size * step, step)

    def _outer_count(self, size: int, least: int) -> int:
        """Return how many ranges `_outer` yields."""
        count, step = self.count(self.before), self._step()
        if self.family() == 1:
            return ranges.number_of_shrinking(count, size, least, self.sizes.fewest)
        return step * -(-count // (size * step))

    def _least(self) -> int:
        """Return how far the last chunks reach in the axes before V."""
        _, bias, after = self.block()
        return self.sizes.last // (after * (bias + self._extra))

    def chunk_count(self) -> int:
        """Return the number of chunks without going through them: there may be millions."""
        before, bias, after = self.block()
        inner, parts = -(-self.count(self.after) // after), len(list(self._bias_parts(bias)))
        return self._outer_count(before, self._least()) * inner * parts

    def chunks(self) -> Iterator[Chunk]:
        """Yield the chunks: together they hold every point once."""
        before, bias, after = self.block()
        counter = itertools.count()
        every = computed_variables(self.spec)
        biased = tuple(filter(is_biased, every))
        for outer in self._outer(before, self._least()):
            for inner in ranges.even(self.count(self.after), after):
                for number, part in enumerate(self._bias_parts(bias)):
                    names = biased if number else every
                    yield Chunk(next(counter), outer, part, inner, names)

    def _bias_parts(self, size: int) -> Iterator[tuple[slice, ...]]:
        count = self.bias_count
        if not self.mirrored:
            for part in ranges.even(count, size):
                yield (slice(part.start, part.stop),)
            return
        # A negative bias comes with its mirror image: one integral then serves both.
        half = (count + 1) // 2
        for part in ranges.even(half, half if size == count else max(1, size // 2)):
            if part.stop == half:
                yield (slice(part.start, count - part.start),)
            else:
                mirror = slice(count - part.stop, count - part.start)
                yield (slice(part.start, part.stop), mirror)

    def junction(self, chunk: Chunk) -> Junction:
        """Return the junctions of a chunk, those of the axes after V varying fastest."""
        repeats, tiles = len(chunk.after), len(chunk.before)
        outer = _coordinates(self.spec, self.before, chunk.before)
        inner = _coordinates(self.spec, self.after, chunk.after)
        swept = {name: np.repeat(values, repeats) for name, values in outer.items()}
        swept |= {name: np.tile(values, tiles) for name, values in inner.items()}
        return self.junction_with(swept)

    def junction_with(self, swept: dict[str, NDArray[np.float64]]) -> Junction:
        """Return junctions with given values of the axes and the fixed values of the spec."""
        fixed = {name: value for name, value in self.spec.fixed.items() if name != "V"}
        model, branch = self.spec.gap_model, self.spec.branch
        return Junction(**fixed, **swept, gap_model=model, branch=branch)

    def bias_of(self, chunk: Chunk) -> NDArray[np.float64] | None:
        """Return the bias values of a chunk, Δ0/e."""
        if self.bias is None:
            return None
        return np.concatenate([self.bias[part] for part in chunk.bias])

    def runs(self, chunk: Chunk, *, biased: bool) -> list[tuple[int, int]]:
        """Return where the values of a chunk lie in a flattened output.

        Parameters
        ----------
        chunk : Chunk
            A part of the mesh.
        biased : bool
            Whether the output depends on V.

        Returns
        -------
        list of (int, int)
            First index and number of values of each run, ascending.
        """
        behind = self.count(self.after)
        bias_count = self.bias_count if biased else 1
        parts = chunk.bias if biased else (slice(0, 1),)
        if len(chunk.after) == behind:
            pieces = [(part.start * behind, (part.stop - part.start) * behind) for part in parts]
        else:
            rows = (row for part in parts for row in range(part.start, part.stop))
            pieces = [(row * behind + chunk.after.start, len(chunk.after)) for row in rows]
        stride = bias_count * behind
        if pieces == [(0, stride)] and chunk.before.step == 1:  # tens of thousands, but one run
            return [(chunk.before.start * stride, len(chunk.before) * stride)]
        starts = (row * stride for row in chunk.before)
        return ranges.joined(
            (start + first, length) for start in starts for first, length in pieces
        )


def _is_mirrored(bias: NDArray[np.float64]) -> bool:
    half = (len(bias) + 1) // 2
    return np.array_equal(bias[:half], -bias[: -half - 1 : -1])


def _coordinates(
    spec: SweepSpec, names: tuple[str, ...], flat: range
) -> dict[str, NDArray[np.float64]]:
    """Return the values of each axis at a range of the flattened axes."""
    if not names:
        return {}
    shape = tuple(len(spec.axes[name]) for name in names)
    indices = np.unravel_index(np.arange(flat.start, flat.stop, flat.step), shape)
    return {name: spec.axes[name][index] for name, index in zip(names, indices, strict=True)}
