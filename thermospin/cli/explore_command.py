"""The command `thermospin explore`, which opens a page to turn the knobs of a junction."""

import os
from typing import TYPE_CHECKING, Any

import click

from thermospin.cli import options
from thermospin.cli.formatting import duration
from thermospin.cli.measured_options import curves_of, reading_options
from thermospin.cli.spec_argument import is_result, load, one_spec_or_none
from thermospin.cli.strict_command import KERNEL_MEMORY, StrictCommand

if TYPE_CHECKING:
    from thermospin.explorer import Section, ViewState

_HIGHEST_PORT = 65535


@click.command(cls=StrictCommand, memory=KERNEL_MEMORY)
@one_spec_or_none
@click.option(
    "--overlay",
    metavar="DATA",
    type=click.Path(exists=True, dir_okay=False),
    help="Lay a measured I(V) or dI/dV over the curves: a text file, as for `thermospin plot`.",
)
@click.option(
    "--port",
    metavar="N",
    callback=options.whole_number(1, _HIGHEST_PORT),
    help="The port of the page. Default: one that is free.",
)
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
@options.device
@reading_options
def explore(
    spec: str | None,
    overlay: str | None,
    port: int | None,
    no_browser: bool,
    device: str,
    **reading: Any,
) -> None:
    """Turn the knobs of a junction and see its curves move.

    The page opens in the browser. SPEC is a YAML file or the name of a bundled spec, FILE a result
    file: the page begins with their fixed values and the first values of their axes. With a
    finished FILE its maps are there too; a click on one shows the junction at that point. Only
    this machine reaches the page, whose address is printed; Ctrl-C ends it.

    \b
    Example:
      thermospin explore
      thermospin explore film --overlay iv.csv
      thermospin explore fig2b.h5
    """
    from thermospin.explorer import ViewState, free_port, serve, warm_up_page

    port = free_port(port or 0)
    state = ViewState() if spec is None else _state_of(spec)
    curves = curves_of((overlay,) if overlay else (), "--overlay", **reading)
    for step, seconds in warm_up_page(state, device):
        click.echo(f"ready: {step}, after {duration(seconds)}", err=True)
    click.echo("the page is served until Ctrl-C at", err=True)
    serve(
        state,
        overlay=curves[0] if curves else None,
        section=None if spec is None else _maps_of(spec, state),
        device=device,
        port=port,
        show=not no_browser,
        announce=click.echo,
    )


def _maps_of(source: str, state: "ViewState") -> "Section | None":
    """Return what makes the maps of a page, if it is opened with a finished sweep that has some."""
    if not is_result(source) or not os.path.isfile(source):
        return None
    from thermospin.explorer import SweepSection, opened_sweep

    sweep = opened_sweep(source, state)
    return None if sweep is None else lambda page: SweepSection(sweep, page).root


def _state_of(source: str) -> "ViewState":
    from thermospin.explorer import state_of_spec

    return state_of_spec(load(source, ()))
