"""The page on which one turns the knobs of a junction and sees its curves move.

Only this room imports panel. `explore` makes the page for a notebook, `serve` for a browser.
"""

from thermospin.explorer.given_view import state_of_spec
from thermospin.explorer.junction_page import Section
from thermospin.explorer.notebook_page import explore
from thermospin.explorer.page_server import free_port, serve, warm_up_page
from thermospin.explorer.sweep_file import opened_sweep
from thermospin.explorer.sweep_section import SweepSection
from thermospin.explorer.view_state import ViewState

__all__ = [
    "Section",
    "SweepSection",
    "ViewState",
    "explore",
    "free_port",
    "opened_sweep",
    "serve",
    "state_of_spec",
    "warm_up_page",
]
