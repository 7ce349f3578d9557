"""The server of the page, for this machine alone."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import panel as pn
from bokeh.models import CustomJS

from thermospin.device import CPU
from thermospin.explorer.checked_view import checked
from thermospin.explorer.junction_page import JunctionPage, Section, parts_of
from thermospin.explorer.view_state import ViewState, state_of_query
from thermospin.measured import MeasuredCurve

ADDRESS = "127.0.0.1"
TITLE = "thermospin explore"
# At every repaint Bokeh writes anew where each part of a figure stands, as a style sheet; even the
# same text has the browser find the styles of the whole page again, a dozen times for one picture.
_KEEP_EQUAL_STYLES = """
const {InlineStyleSheet} = Bokeh.require("core/dom")
const {replace} = InlineStyleSheet.prototype
InlineStyleSheet.prototype.replace = function(css, styles) {
  if (styles != null || css !== this.css) { replace.call(this, css, styles) }
}
"""


def serve(
    state: ViewState,
    *,
    overlay: MeasuredCurve | None = None,
    section: Section | None = None,
    device: str = CPU,
    port: int = 0,
    show: bool = True,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve the page until Ctrl-C; every browser window has a page of its own.

    Parameters
    ----------
    state : ViewState
        What a page without a query in its address opens with.
    overlay : MeasuredCurve, optional
        A measured curve that is laid over.
    section : callable, optional
        Makes a further part of each page, such as the maps of a sweep: see `JunctionPage`.
    device : str
        What computes the integrals: one of ``thermospin.device.DEVICES``.
    port : int
        The port; 0 for one that is free.
    show : bool
        Whether to open the browser.
    announce : callable
        Is told the address once it can be opened.

    Raises
    ------
    OSError
        If the port is taken.
    """
    port = free_port(port)

    def page() -> pn.Column:
        found, remarks = state_of_query(_query(), state)
        document = pn.state.curdoc
        document.js_on_event("document_ready", CustomJS(code=_KEEP_EQUAL_STYLES))
        return JunctionPage(
            found,
            document=document,
            overlay=overlay,
            remarks=remarks,
            section=section,
            device=device,
        ).root

    server = pn.serve(
        page,
        address=ADDRESS,
        port=port,
        websocket_origin=[f"{ADDRESS}:{port}", f"localhost:{port}"],
        show=show,
        start=False,
        title=TITLE,
        verbose=False,
    )
    stop = signal.signal(signal.SIGTERM, lambda number, frame: _stop(server))  # noqa: ARG005
    server.start()
    announce(f"http://{ADDRESS}:{port}/")
    try:
        server.io_loop.start()
    finally:
        signal.signal(signal.SIGTERM, stop)
        server.stop()


def _stop(server: Any) -> None:
    """Have a server end, from a signal, as Panel does for Ctrl-C."""
    server.io_loop.add_callback_from_signal(server.io_loop.stop)


def warm_up_page(state: ViewState, device: str = CPU) -> Iterator[tuple[str, float]]:
    """Compute a view once, so that its kernels are compiled before a page waits for them.

    Yields
    ------
    tuple of str and float
        What is ready, and after how many seconds.
    """
    started = time.perf_counter()
    for parts in parts_of(checked(state), device):
        if parts:
            yield ", ".join(parts), time.perf_counter() - started


def free_port(port: int) -> int:
    """Return a port of this machine that is free: the one given, or any if it is 0."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((ADDRESS, port))
        except OSError as error:
            raise OSError(error.errno, f"port {port} is taken: choose another") from None
        return int(trial.getsockname()[1])


def _query() -> dict[str, str]:
    """Return the query of the address with which the page was opened."""
    given = pn.state.session_args
    return {name: values[-1].decode(errors="replace") for name, values in given.items() if values}
