"""`JunctionPage`: the page of one junction, its fields beside its curves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import panel as pn
from bokeh.document import Document
from panel.io import hold
from panel.io.state import set_curdoc

from thermospin.device import CPU
from thermospin.explorer.checked_view import CheckedView, ViewError, checked, scales_of, spec_text
from thermospin.explorer.curve_figures import CurveFigures
from thermospin.explorer.energy_diagram import EnergyDiagram
from thermospin.explorer.field_groups import FieldGroups
from thermospin.explorer.given_view import in_other_units
from thermospin.explorer.lead_densities import lead_densities
from thermospin.explorer.measured_card import MeasuredCard
from thermospin.explorer.newest_only import NewestOnly
from thermospin.explorer.page_head import PageHead
from thermospin.explorer.page_layout import page_layout
from thermospin.explorer.python_script import python_script
from thermospin.explorer.view_state import ViewState
from thermospin.explorer.view_values import (
    heated_curves,
    joined,
    read_outs,
    view_currents,
    view_slope,
)
from thermospin.measured import MeasuredCurve
from thermospin.quantities import are_ideal
from thermospin.spec import Material

_PATIENCE = 100  # milliseconds after which curves of another view are greyed
_ADDRESS_AFTER = 300  # milliseconds without a change until the address follows
_FEW_VOLTAGES = 2001  # whose currents take less time than to hand them from a thread to the page
_USUAL_SCALES = {"T_c": "1.3 K", "R_T": "5 kohm"}

Section = Callable[["JunctionPage"], Any]
"""Makes a further part of a page, something that Panel shows."""
_Parts = dict[str, Any]
"""Parts of a view by name, such as ``currents`` or ``numbers``."""
_AFTER_THE_SLOPE: dict[str, Callable[[CheckedView], Any]] = {
    "diagram": lead_densities,
    "numbers": read_outs,
}


def parts_of(
    view: CheckedView, device: str = CPU, *, with_currents: bool = True
) -> Iterator[_Parts]:
    """Compute a view, what is looked at first coming first.

    All that follows the currents comes together, for every message to the browser takes time; of
    films, of which each part takes longer than a message, each comes by itself.
    """
    if view.junction.is_heated:
        yield from _heated_parts(view, device)
        return
    if with_currents:
        yield {"currents": view_currents(view, device)}
    slope = {"slope": view_slope(view, device)}
    if are_ideal(view.junction.given()):
        yield slope | {name: compute(view) for name, compute in _AFTER_THE_SLOPE.items()}
        return
    yield slope
    for name, compute in _AFTER_THE_SLOPE.items():
        yield {name: compute(view)}


def _heated_parts(view: CheckedView, device: str) -> Iterator[_Parts]:
    """Compute the view of a heated junction, with pauses in which it may be left."""
    blocks = []
    for block in heated_curves(view, device):
        blocks.append(block)
        yield {}
    curves = joined(blocks)
    yield {"currents": curves, "slope": curves, "numbers": []}
    yield {"diagram": lead_densities(view)}


class JunctionPage:
    """A page with its state. Nothing is shared between two of them.

    Parameters
    ----------
    state : ViewState
        What it opens with.
    document : Document or None
        The document of the page if it is served; without one, as in a notebook, every change is
        computed before anything else happens.
    overlay : MeasuredCurve, optional
        A measured curve that is laid over.
    remarks : sequence of str
        What is to be said of the state, such as keys of the address that are not known.
    section : callable, optional
        Makes, for this page, what stands between its head and its curves, such as the maps of a
        sweep; it has the page show a junction with `take`.
    device : str
        What computes the integrals: one of ``thermospin.device.DEVICES``.

    Attributes
    ----------
    state : ViewState
        What the fields say.
    view : CheckedView or None
        The same as numbers; None while a field breaks a rule.
    sections : list
        What stands between the head and the curves.
    root
        The page, for Panel.
    """

    def __init__(
        self,
        state: ViewState,
        *,
        document: Document | None = None,
        overlay: MeasuredCurve | None = None,
        remarks: Sequence[str] = (),
        section: Section | None = None,
        device: str = CPU,
    ) -> None:
        """Make the page and show its first view."""
        self.state = state
        self._device = device
        self.view: CheckedView | None = None
        self._document = document
        self._pending: set[str] = set()
        self._moment = 0
        self.figures, self.diagram = CurveFigures(), EnergyDiagram()
        self.diagram.follow(self.figures)
        self.fields = FieldGroups(self.change)
        self.head = PageHead(self.change_shown, self.toggle_units)
        self.measured = MeasuredCard(self)
        self._worker = NewestOnly(self._parts, self._deliver, threaded=document is not None)
        self.sections = [] if section is None else [section(self)]
        self.root = page_layout(self)
        self.head.say(" · ".join(remarks))
        self._open(overlay)

    def _open(self, overlay: MeasuredCurve | None) -> None:
        """Compute the first view before the page is there, unless that takes seconds."""
        served, self._document = self._document, None
        worker, self._worker = self._worker, NewestOnly(self._parts, self._deliver, threaded=False)
        if served is not None and self.state.is_heated:
            pn.state.onload(lambda: self.take(self.state))
        else:
            self.take(self.state)
            if overlay is not None:
                self.measured.lay_over(overlay)
        self._document, self._worker = served, worker

    def change(self, name: str, text: str) -> None:
        """Take a new text of one field."""
        self.head.say("")
        self.take(self.state.with_text(name, text))

    def change_shown(self, shown: tuple[str, ...]) -> None:
        """Draw other currents."""
        self.take(self.state.with_shown(shown))

    def toggle_units(self) -> None:
        """Go from reduced units to SI, or back."""
        if self.view is None:
            self.head.say("first mend the fields that break a rule")
            return
        scales: Mapping[str, str] = {} if self.state.scales else _USUAL_SCALES
        self.take(in_other_units(self.state, self.view, scales))

    def take(self, state: ViewState) -> None:
        """Show another state as soon as it is computed, or the rules that it breaks at once."""
        self.state = state
        self.view = None
        try:
            self.view = checked(state)
        except ViewError as error:
            with self._at_once():
                self._show_fields(error.rules)
                self._refuse(error.rules)
            return
        self._ask(self.view)

    def _show_fields(self, rules: Mapping[str, str]) -> None:
        """Show the texts of the state in their fields, and the rules that they break."""
        self.fields.show(self.state, scales_of(self.state), rules)
        self.head.show_choice(self.state.shown, in_si=bool(self.state.scales))

    def _refuse(self, rules: Mapping[str, str]) -> None:
        """Take the curves away, because fields break rules."""
        self._worker.forget()
        self._pending.clear()
        self.figures.blank(f"nothing is drawn: {ViewError(rules)}")
        self.diagram.blank()
        self.head.show_numbers([], None, "")
        self.head.show_texts("", "", self.state.query())

    def _ask(self, view: CheckedView) -> None:
        self._pending = {"currents", "slope", *_AFTER_THE_SLOPE}
        self._moment += 1
        if self._document is not None:
            after = partial(self._grey_what_lacks, self._moment)
            self._document.add_timeout_callback(after, _PATIENCE)
            self._document.add_timeout_callback(partial(self._settle, self._moment), _ADDRESS_AFTER)
        if self._worker.is_at_rest() and _is_quick(view):
            self._show(view, {"currents": view_currents(view, self._device)})
        self._worker.ask(view)

    def _parts(self, view: CheckedView) -> Iterator[_Parts]:
        """Compute what is not shown yet of a view."""
        return parts_of(view, self._device, with_currents="currents" in self._pending)

    def _deliver(self, view: CheckedView, parts: _Parts) -> None:
        """Hand parts of the newest view to the page, from whichever thread."""
        if self._document is None:
            self._show(view, parts)
        else:
            self._document.add_next_tick_callback(partial(self._show, view, parts))

    def _show(self, view: CheckedView, parts: _Parts) -> None:
        if view is not self.view:
            return
        self._pending -= set(parts)
        with self._at_once():
            for name, values in parts.items():
                self._show_part(view, name, values)
            if self._document is None and not self._pending:
                self._settle(self._moment)

    def _show_part(self, view: CheckedView, name: str, values: Any) -> None:
        """Show one part of a view."""
        if name == "currents":
            self._show_fields({})  # with the curves, for every message takes time
            self.figures.show(values, self.state.shown, view.material)
            if not _is_quick(view):
                self.figures.show_readings()
            self.head.show_missed(name, values)
            self.measured.redraw()
        elif name == "slope":
            self.figures.show_readings()
            self.figures.show_slope(values, view.material)
            self.head.show_missed(name, values)
            self.measured.redraw()
        elif name == "diagram":
            self.diagram.show(values, self.figures.volt, view.bias)
            self.figures.pin(view.bias)
        else:
            self.figures.show_marks(values)
            self.head.show_numbers(values, view.material, _note(view))

    def _grey_what_lacks(self, moment: int) -> None:
        """Grey what still shows another view."""
        if moment == self._moment and self._pending:
            with self._at_once():
                self._show_fields({})
                self.figures.grey(self._pending)
                if "diagram" in self._pending:
                    self.diagram.grey()
                self.head.grey_numbers()

    def _settle(self, moment: int) -> None:
        """Bring what is copied, and the address, to a state that has not changed for a while."""
        if moment == self._moment and self.view is not None:
            with self._at_once():
                script = python_script(self.state, self.view)
                self.head.show_texts(spec_text(self.state), script, self.state.query())

    def material(self) -> Material | None:
        """Return the material of the page, if it has one."""
        return None if self.view is None else self.view.material

    def later(self, work: Callable[[], None]) -> None:
        """Do something in the turn of the page, from whichever thread."""
        if self._document is None:
            work()
        else:
            self._document.add_next_tick_callback(work)

    @property
    def is_served(self) -> bool:
        """Whether work may go on beside the page."""
        return self._document is not None

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """Return a context whose changes go to the browser in one message."""
        if self._document is None:
            yield
            return
        with set_curdoc(self._document), hold(self._document):
            yield


def _is_quick(view: CheckedView) -> bool:
    """Return whether the currents of a view take a few milliseconds."""
    is_ideal = not view.junction.is_heated and are_ideal(view.junction.given())
    return is_ideal and view.V.size <= _FEW_VOLTAGES


def _note(view: CheckedView) -> str:
    """Return why a view has no numbers without a bias, if it has none."""
    if view.junction.is_heated:
        return "T_S follows from the heat balance at each bias: nothing is defined without a bias"
    return ""
