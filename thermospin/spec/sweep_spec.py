"""`SweepSpec`: a validated sweep, which says what is to be computed."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermospin.quantities import OUTPUTS, PARAMETERS, GapModel
from thermospin.quantities.representation import ShownRow, html_table, line, row
from thermospin.spec.material import Material


@dataclass(frozen=True, eq=False, repr=False)
class SweepSpec:
    """A validated sweep over a rectangular mesh.

    Attributes
    ----------
    name : str
        The spec's file name without its suffix.
    title : str
        What the sweep shows; may be empty.
    axes : mapping of str to ndarray
        Points of each axis, the slowest axis first; units of `thermospin.quantities.PARAMETERS`.
    fixed : mapping of str to float
        Every parameter that is not an axis, with defaults filled in: either ``gamma`` or both
        ``gamma_S`` and ``gamma_Sm`` unless they are axes, either ``T`` or both ``T_S`` and
        ``T_Sm``, and ``V`` only if it was given.
    outputs : tuple of str
        Names out of `thermospin.quantities.OUTPUTS`, in written order.
    gap_model : str
        One of `thermospin.quantities.GAP_MODELS`.
    rtol : float
        Relative accuracy asked of I_up and I_down.
    material : Material or None
        None if the results stay in reduced units.
    text : str
        The spec as written, before overrides.
    overrides : tuple of str
        ``key=value``, as given.
    branch : str
        One of `thermospin.quantities.BRANCHES`; it says nothing where there is no heater.
    si_axes : mapping of str to ndarray
        The points in SI of each axis that is written in a unit.
    """

    name: str
    title: str
    axes: Mapping[str, NDArray[np.float64]]
    fixed: Mapping[str, float]
    outputs: tuple[str, ...]
    gap_model: GapModel
    rtol: float
    material: Material | None
    text: str
    overrides: tuple[str, ...] = ()
    branch: str = "rising"
    si_axes: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def _rows(self) -> list[ShownRow]:
        """Return what is shown of the sweep: its axes, outputs and fixed parameters."""
        given_values: dict[str, ArrayLike] = {**self.axes, **self.fixed}
        rows = [
            row(name, values, PARAMETERS[name].unit, PARAMETERS[name].meaning)
            for name, values in given_values.items()
        ]
        rows.append(ShownRow("outputs", ", ".join(self.outputs), "what is computed"))
        if self.is_heated:
            rows.append(ShownRow("branch", self.branch, "how the steady T_S is reached"))
        if self.material is not None:
            given = ", ".join(f"{name} {text}" for name, text in self.material.given.items())
            rows.append(ShownRow("material", given, "the scales of SI units"))
        return rows

    def __repr__(self) -> str:
        """Show the size, the axes, the outputs and the fixed parameters, in one line."""
        return line(
            f"SweepSpec {self.name}", [ShownRow("points", f"{self.size:,}", ""), *self._rows()]
        )

    def _repr_html_(self) -> str:
        """Show the axes, the outputs and the fixed parameters with their units, as a table."""
        title = f"{self.title or self.name}: {self.size:,} points"
        return html_table(title, self._rows())

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of points of each axis."""
        return tuple(len(points) for points in self.axes.values())

    @property
    def is_heated(self) -> bool:
        """Whether T_S follows from a heat balance."""
        return "heater" in self.axes or "heater" in self.fixed

    @property
    def size(self) -> int:
        """Number of points of the mesh."""
        return math.prod(self.shape)

    def dims(self, output: str) -> tuple[str, ...]:
        """Return the axes on which an output depends.

        Parameters
        ----------
        output : str
            One of the outputs.

        Returns
        -------
        tuple of str
            All axes; without V if the output does not depend on the bias.
        """
        return tuple(axis for axis in self.axes if axis != "V" or OUTPUTS[output].biased)

    @property
    def biased_outputs(self) -> tuple[str, ...]:
        """The outputs that depend on V."""
        return tuple(name for name in self.outputs if OUTPUTS[name].biased)

    @property
    def unbiased_outputs(self) -> tuple[str, ...]:
        """The outputs that belong to a junction as a whole."""
        return tuple(name for name in self.outputs if not OUTPUTS[name].biased)

    @cached_property
    def sha256(self) -> str:
        """Hash of what is computed; two specs that mean the same sweep have the same hash."""
        material = self.material and [self.material.Delta_0, self.material.G_T]
        axes = [[name, _digest(points)] for name, points in self.axes.items()]
        meaning: dict[str, object] = {
            "title": self.title,
            "axes": axes,  # their order is the order in the file
            "fixed": dict(self.fixed),
            "outputs": self.outputs,
            "gap_model": self.gap_model,
            "rtol": self.rtol,
            "material": material,
        }
        if self.is_heated:
            meaning["branch"] = self.branch
        if self.si_axes:
            meaning["si_axes"] = [[name, _digest(points)] for name, points in self.si_axes.items()]
        return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()


def _digest(points: NDArray[np.float64]) -> str:
    """Return the SHA-256 of the points of an axis, in little-endian bytes."""
    return hashlib.sha256(points.astype("<f8", copy=False).data).hexdigest()
