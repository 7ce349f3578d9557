"""The panels over which measured curves are laid, and what to ask for where there is none."""

from collections.abc import Iterable

from thermospin.dataset import Contents, cut_at
from thermospin.figures.arrangement import Curves, Panel, panels, sliced
from thermospin.figures.errors import FigureError
from thermospin.figures.labels import unit_of
from thermospin.figures.view import FEW, View
from thermospin.measured import MeasuredCurve

_MEASURED = {"I": "I(V)", "dIdV": "dI/dV"}
_USUAL = {"I": "I_q", "dIdV": "dIdV"}
"""The computed output of each kind of measured curve."""


def carriers(shown: Iterable[Panel], kind: str) -> list[Panel]:
    """Return the panels over which measured curves of a kind are laid.

    Parameters
    ----------
    shown : iterable of Panel
        The panels of a picture.
    kind : str
        ``I``: panels against V of I_q, or of another current if I_q is not shown. ``dIdV``: panels
        of dIdV against V.
    """
    against_bias = [panel for panel in shown if isinstance(panel, Curves) and panel.x == "V"]
    usual: list[Panel] = [panel for panel in against_bias if _USUAL[kind] in panel.outputs]
    return usual or [panel for panel in against_bias if _fits(panel.outputs[0], kind)]


def _fits(name: str, kind: str) -> bool:
    """Return whether an output is what a measured curve of a kind shows."""
    return name == "dIdV" if kind == "dIdV" else unit_of(name) == unit_of("I_q")


def check_overlay(
    name: str, contents: Contents, view: View, curves: Iterable[MeasuredCurve]
) -> None:
    """Check that a picture has panels over which measured curves can be laid.

    Parameters
    ----------
    name : str
        The file of the sweep, for messages.
    contents : Contents
        Its contents.
    view : View
        What is shown of it, with the values of ``at`` in reduced units.
    curves : iterable of MeasuredCurve
        The measured curves.

    Raises
    ------
    FigureError
        If there is no such panel; the message says how to get one from this file.
    """
    for kind in sorted({curve.kind for curve in curves}):
        if not _carried(contents, view, kind):
            raise FigureError(f"{name}: {_advice(contents, view, kind)}")


def _carried(contents: Contents, view: View, kind: str) -> bool:
    part, _ = sliced(contents, view)
    if view.facet is not None:
        part, _ = cut_at(part, {view.facet: 0})
    return bool(carriers(panels(part, view), kind))


def _advice(contents: Contents, view: View, kind: str) -> str:
    """Return what a measured curve needs, and how to get that from this file."""
    usual, needs = _USUAL[kind], f"a measured {_MEASURED[kind]}"
    if len(contents.axes.get("V", ())) < 2:
        axes = ", ".join(contents.axes)
        return (
            f"{needs} is laid over curves against V, and the sweep has no such axis, only {axes};"
            " add V to the axes of its spec and run it again"
        )
    fitting = [n for n in contents.outputs if _fits(n, kind) and "V" in contents.dims[n]]
    if not fitting:
        outputs = ", ".join(contents.outputs)
        return (
            f"{needs} is laid over {usual}, and the sweep has only {outputs}; add {usual} to the"
            " outputs of its spec and run it again"
        )
    if "V" in view.at:
        return f"{needs} is laid over curves against V; leave out --at V=…"
    if view.show and not set(fitting) & set(view.show):
        return f"{needs} is laid over {fitting[0]}; add --show {fitting[0]}"
    options = _view_with_curves(contents, view, kind)
    return f"{needs} is laid over curves against V; draw them with {options}"


def _view_with_curves(contents: Contents, view: View, kind: str) -> str:
    """Return the options with which this file is drawn as curves against V."""
    others = [name for name, points in contents.axes.items() if name != "V" and len(points) > 1]
    open_ = [name for name in others if name not in view.at]
    long = [name for name in open_ if len(contents.axes[name]) > FEW]
    for cut in (long, open_):
        middle = {name: float(contents.axes[name][len(contents.axes[name]) // 2]) for name in cut}
        found = View({**view.at, **middle}, show=view.show)
        if _carried(contents, found, kind):
            break
    words = [f"--at {name}={float(value):g}" for name, value in found.at.items()]
    given = [name for name in ("x", "y", "facet") if getattr(view, name) is not None]
    without = f" (without {' and '.join('--' + name for name in given)})" if given else ""
    return " ".join(words) + without
