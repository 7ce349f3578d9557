"""`SweepFile`: a finished sweep, of which a page shows one map at a time."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import Contents, cut_at, read
from thermospin.explorer.given_view import state_of_values, written
from thermospin.explorer.view_state import ViewState
from thermospin.figures import View
from thermospin.figures.arrangement import Curves, Map, panels, sliced
from thermospin.figures.missed_tolerance import missed, statuses
from thermospin.figures.sources import material_of
from thermospin.interactive.readings import error_of
from thermospin.spec import Material

_MOST_POINTS = 1000
"""Most points along an axis of a map; of a longer one every second, third … is shown."""


class MapLayer(NamedTuple):
    """The values of a map at one place of the other axes.

    Attributes
    ----------
    contents : Contents
        The output, and the one that bounds its errors, along the two axes of the map.
    missed : ndarray of bool
        Which values missed their tolerance, shape (y, x).
    """

    contents: Contents
    missed: NDArray[np.bool_]


@dataclass(frozen=True)
class SweepFile:
    """A finished sweep, whose values stay in the file until they are shown.

    Attributes
    ----------
    contents : Contents
        The contents of the file.
    material : Material or None
        The material of its spec.
    maps : dict of str to Map
        The map of each output that has one, over the two axes that a picture would show.
    opening : ViewState
        The page with which it is opened; gives what is not in the axes.
    """

    contents: Contents
    material: Material | None
    maps: dict[str, Map]
    opening: ViewState

    def moved(self, output: str) -> list[str]:
        """Return the axes on which an output depends besides those of its map."""
        panel, axes = self.maps[output], self.contents.axes
        return [
            name
            for name in self.contents.dims[output]
            if name not in (panel.x, panel.y) and len(axes[name]) > 1
        ]

    def layer(self, output: str, places: Mapping[str, int]) -> MapLayer:
        """Read a map.

        Parameters
        ----------
        output : str
            The output.
        places : mapping of str to int
            The place on each axis that `moved` gives.
        """
        contents, panel = self.contents, self.maps[output]
        error = error_of(contents, output)
        wanted = [output] if error is None else [output, error[0]]
        cut = {name: places.get(name, 0) for name in contents.dims[output]}
        del cut[panel.x], cut[panel.y]
        part = _cut_down(contents, wanted, cut, panel)
        codes = statuses(contents)
        if output not in codes.outputs:
            return MapLayer(part, np.zeros(part.outputs[output].shape, dtype=np.bool_))
        flags: Any = missed(_cut_down(codes, [output], cut, panel)).outputs[output]
        return MapLayer(part, flags)

    def state_at(self, page: ViewState, values: Mapping[str, float]) -> ViewState:
        """Return the state of a page that shows the junction at a point of the sweep.

        Parameters
        ----------
        page : ViewState
            What the page shows: its units, its window of bias and its currents stay.
        values : mapping of str to float
            The point: the value of each axis, in reduced units.
        """
        known = dict(self.contents.fixed) | dict(values)
        bias = known.pop("V", None)
        material = Material(**page.scales) if page.scales else None
        state = state_of_values(known, material)
        opening = self.opening
        return replace(
            state,
            **{name: getattr(page, name) for name in ("start", "stop", "num", "shown")},
            **{name: getattr(opening, name) for name in ("gap_model", "branch", "rtol")},
            bias=page.bias if bias is None else written("V", float(bias), material),
        )


def opened_sweep(path: str | os.PathLike[str], opening: ViewState) -> SweepFile | None:
    """Open a result file for a page; None if it is a shard or has no map.

    Parameters
    ----------
    path : path
        The file.
    opening : ViewState
        The page with which it is opened.

    Raises
    ------
    FileError
        If it is not a result of thermospin.
    """
    contents = read(path, mapped=True)
    if contents.shard is not None:
        return None
    found = {name: _map_of(contents, name) for name in contents.outputs}
    maps = {name: panel for name, panel in found.items() if panel is not None}
    return SweepFile(contents, material_of(contents), maps, opening) if maps else None


def _map_of(contents: Contents, output: str) -> Map | None:
    """Return the map of an output over the two longest of its axes."""
    dims = contents.dims[output]
    axes = {name: points for name, points in contents.axes.items() if name in dims}
    if sum(len(points) > 1 for points in axes.values()) < 2:
        return None
    alone = replace(contents, axes=axes, outputs={output: contents.outputs[output]})
    reduced, _ = sliced(alone)
    (panel,) = panels(reduced) or panels(reduced, View(show=(output,)))
    if isinstance(panel, Curves):
        return Map(panel.x, str(panel.family), output)
    return panel


def _cut_down(
    contents: Contents, names: Sequence[str], cut: Mapping[str, int], panel: Map
) -> Contents:
    """Read outputs along the axes of a map, with at most `_MOST_POINTS` points along either."""
    some = {name: contents.outputs[name] for name in names}
    part, _ = cut_at(replace(contents, outputs=some), cut)
    steps = {name: -(-len(part.axes[name]) // _MOST_POINTS) for name in (panel.x, panel.y)}
    outputs = {}
    for name, values in part.outputs.items():
        places = tuple(slice(None, None, steps[axis]) for axis in part.dims[name])
        outputs[name] = np.array(values[places])
    axes = {name: np.array(part.axes[name][::step]) for name, step in steps.items()}
    return replace(part, axes=axes, outputs=outputs)
