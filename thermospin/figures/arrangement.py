"""What is shown where: the panels of a file's picture, decided before anything is drawn."""

from dataclasses import dataclass, replace
from typing import TypeGuard

from thermospin.dataset import Contents
from thermospin.figures.labels import unit_of

FEW = 8
"""An axis of at most so many values gives one curve each rather than the rows of a map."""

_LINES = 6
"""Outputs of a family of curves share a panel up to so many lines."""

_HORIZONTAL = (
    *("V", "R_L", "theta", "P", "h_exc", "h_S"),
    *("gamma", "gamma_Sm", "gamma_S", "gap_Sm", "gap_S", "T_Sm"),
)
"""Axes that lie down in a map, the first of them that is there; T_S always stands."""

_ALONE = ("dIdV", "I_error", "J_error", "S_I_error", "fano", "spin_to_charge")
"""Outputs that are much larger or smaller than the others of their unit."""

_MARKS = {"V_S": "V", "V_p_minus": "V", "V_p_plus": "V", "h_t": "h_exc"}
"""Outputs that are values of an axis, and so can be marked on the curves along it."""


@dataclass(frozen=True)
class Curves:
    """Outputs of one unit against ``x``; with a ``family``, one curve for each value of it.

    ``marks`` are outputs that are shown as points on the curves of the output ``marked``.
    """

    x: str
    outputs: tuple[str, ...]
    family: str | None = None
    marks: tuple[str, ...] = ()

    @property
    def marked(self) -> str:
        """The output whose curves carry the marks: the charge current or the first."""
        return "I_q" if "I_q" in self.outputs else self.outputs[0]


@dataclass(frozen=True)
class Map:
    """One output as colour over ``x`` and ``y``."""

    x: str
    y: str
    output: str


Panel = Curves | Map


def sliced(contents: Contents) -> tuple[Contents, dict[str, float]]:
    """Return the file cut down to two axes, and at which values the others were cut.

    The axes with the most values stay, of equal ones the later. The others are cut in the middle
    and become fixed, as does an axis that has one value only.
    """
    axes = contents.axes
    order = list(axes)
    longest = sorted(axes, key=lambda name: (len(axes[name]), order.index(name)), reverse=True)
    kept = {name for name in longest[:2] if len(axes[name]) > 1}
    at = {name: len(points) // 2 for name, points in axes.items() if name not in kept}
    cut = {name: float(axes[name][index]) for name, index in at.items()}
    outputs = {
        name: values[tuple(at.get(axis, slice(None)) for axis in contents.dims[name])]
        for name, values in contents.outputs.items()
    }
    reduced = replace(
        contents,
        axes={name: points for name, points in axes.items() if name in kept},
        fixed=contents.fixed | cut,
        outputs=outputs,
        dims={
            name: tuple(axis for axis in contents.dims[name] if axis in kept) for name in outputs
        },
    )
    return reduced, {name: value for name, value in cut.items() if len(axes[name]) > 1}


def panels(contents: Contents) -> list[Panel]:
    """Return the panels that show every output of a file of at most two axes.

    Outputs without any axis have no panel. Voltages of a junction are marked on the curves of the
    currents against V, and the threshold field on curves against h_exc; on a map over T_S and
    h_exc, which shows the threshold anyway, it is left out.
    """
    found = _grouped(contents, [name for name in contents.outputs if name not in _MARKS])
    left = []
    for name in contents.outputs:
        if name not in _MARKS:
            continue
        carrier = next((p for p in found if _can_carry(p, name, contents.dims[name])), None)
        if carrier is not None:
            found[found.index(carrier)] = replace(carrier, marks=(*carrier.marks, name))
        elif name != "h_t" or not any(shows_threshold(panel) for panel in found):
            left.append(name)
    return found + _grouped(contents, left)


def shows_threshold(panel: Panel) -> TypeGuard[Map]:
    """Return whether it is a map over the two axes on which thermoelectricity has its edge."""
    return isinstance(panel, Map) and {panel.x, panel.y} == {"T_S", "h_exc"}


def _can_carry(panel: Panel, mark: str, dims: tuple[str, ...]) -> TypeGuard[Curves]:
    if not isinstance(panel, Curves) or panel.x != _MARKS[mark]:
        return False
    of_charge = panel.x != "V" or panel.marked == "I_q"
    return of_charge and set(dims) <= {panel.x, panel.family}


def _grouped(contents: Contents, names: list[str]) -> list[Panel]:
    """Return maps for some outputs and curves, those of one unit together, for the others."""
    found: list[Panel] = []
    groups: dict[tuple[str, str | None, str], list[str]] = {}
    few = _few(contents)
    for name in names:
        dims = contents.dims[name]
        if not dims:
            continue  # a number, not a curve
        if len(dims) == 2 and few is None:
            x = next(axis for axis in (*_HORIZONTAL, "T_S") if axis in dims)
            found.append(Map(x, dims[1 - dims.index(x)], name))
            continue
        x = dims[0] if len(dims) == 1 else dims[1 - dims.index(few or "")]
        family = few if len(dims) == 2 else None
        kind = name if name in _ALONE else unit_of(name)
        groups.setdefault((x, family, kind), []).append(name)
    for (x, family, _), members in groups.items():
        lines = len(members) * (len(contents.axes[family]) if family else 1)
        together = family is None or lines <= _LINES
        found += [
            Curves(x, tuple(part), family)
            for part in ([members] if together else [[name] for name in members])
        ]
    return found


def _few(contents: Contents) -> str | None:
    """Return which of two axes numbers the curves of a family; None if both are long."""
    short = [name for name, points in contents.axes.items() if len(points) <= FEW]
    if len(contents.axes) < 2 or not short:
        return None
    return min(short, key=lambda name: (name == "V", len(contents.axes[name])))
