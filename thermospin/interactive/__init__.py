"""Pictures for a browser that need no server. This room and the explorer import bokeh."""

from thermospin.interactive.page import write_page

__all__ = ["write_page"]
