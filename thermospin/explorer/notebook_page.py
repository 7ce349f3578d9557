"""`explore`: the page of a junction inside a notebook."""

from __future__ import annotations

import sys

import panel as pn

from thermospin.device import CPU, check_device
from thermospin.explorer.given_view import state_of_junction
from thermospin.explorer.junction_page import JunctionPage
from thermospin.explorer.view_state import ViewState
from thermospin.junction import Junction
from thermospin.spec import Material


def explore(
    junction: Junction | None = None, *, material: Material | None = None, device: str = CPU
) -> pn.Column:
    """Return a page that shows a junction, with a slider for each of its parameters.

    In a notebook the page appears inline. ``thermospin explore`` opens the same in the browser.

    Parameters
    ----------
    junction : Junction, optional
        What the page begins with: a single junction. By default that of Fig. 1(b) of the paper.
    material : Material, optional
        The scales with which the page is in SI units.
    device : str, optional
        What computes the integrals between ideal leads: ``"cpu"``, or ``"cuda"`` for an NVIDIA
        graphics card (docs/howto/cuda.md).

    Returns
    -------
    panel.Column
        The page, which Panel can also serve or put beside others.

    Raises
    ------
    TypeError
        If the junction is no `Junction`.
    ValueError
        If the junction is an array of several, or if there is no such device.
    ModuleNotFoundError, OSError
        If there is no graphics card, or what it needs is missing; the message says what to do.

    Examples
    --------
    >>> import thermospin as ts
    >>> page = ts.explore(ts.Junction(T_S=0.6, h_exc=0.3))
    """
    if junction is not None and not isinstance(junction, Junction):
        raise TypeError(f"a page shows a Junction, got a {type(junction).__name__}")
    check_device(device)
    if "ipykernel" in sys.modules:
        pn.extension(inline=True)
    state = ViewState() if junction is None else state_of_junction(junction, material)
    return JunctionPage(state, device=device).root
