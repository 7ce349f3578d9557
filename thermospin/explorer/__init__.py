"""The page on which one turns the knobs of a junction and sees its curves move.

Only this room imports panel. `explore` makes the page for a notebook, `serve` for a browser.
"""

from thermospin.explorer.given_view import state_of_spec
from thermospin.explorer.notebook_page import explore
from thermospin.explorer.page_server import serve, warm_up_page
from thermospin.explorer.view_state import ViewState

__all__ = ["ViewState", "explore", "serve", "state_of_spec", "warm_up_page"]
