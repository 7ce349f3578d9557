"""The command `thermospin plot`, which draws a result file."""

import re
from typing import Any

import click

from thermospin.cli import options
from thermospin.cli.measured_options import READING, curves_of, reading_options
from thermospin.cli.strict_command import FILE_MEMORY, StrictCommand

_LAYOUT = re.compile("([1-9]|1[0-9]|20)x([1-9]|1[0-9]|20)")


def _pair(ctx: click.Context, param: click.Parameter, given: str | None) -> tuple[str, str] | None:
    """Split A,B."""
    if given is None:
        return None
    parts = given.split(",")
    if len(parts) != 2:
        raise click.BadParameter(f"must be two numbers A,B, got {given!r}", ctx, param)
    low, high = (options.quantity(ctx, param, part) for part in parts)
    return low, high


def _layout(
    ctx: click.Context, param: click.Parameter, given: str | None
) -> tuple[int, int] | None:
    """Read ROWSxCOLUMNS."""
    if given is None:
        return None
    match = _LAYOUT.fullmatch(given)
    if match is None:
        rule = f"must be ROWSxCOLUMNS such as 2x3, each from 1 to 20, got {given!r}"
        raise click.BadParameter(rule, ctx, param)
    return int(match[1]), int(match[2])


@click.command(cls=StrictCommand, memory=FILE_MEMORY)
@click.argument("file", type=click.Path())
@click.option(
    "-o",
    "--output",
    metavar="FIG",
    type=click.Path(readable=False),
    help="The picture to write: .png, .pdf, .svg, or .html, a page for a browser with sliders and"
    " values under the cursor. Default: FILE with the ending .png.",
)
@options.cuts
@click.option(
    "--x", metavar="AXIS", shell_complete=options.axis_names, help="Draw this axis horizontally."
)
@click.option(
    "--y",
    metavar="AXIS",
    shell_complete=options.axis_names,
    help="Draw this axis vertically, which makes a map even if the axis has few values.",
)
@options.show
@click.option(
    "--facet",
    metavar="AXIS",
    shell_complete=options.axis_names,
    help="Draw one panel for each value of this axis.",
)
@options.display
@click.option("--xlim", metavar="A,B", callback=_pair, help="Limits of the horizontal axis.")
@click.option(
    "--ylim",
    metavar="A,B",
    callback=_pair,
    help="Limits of the vertical axis: of the first panel, and of others of the same unit.",
)
@click.option("--clim", metavar="A,B", callback=_pair, help="Limits of the colours of maps.")
@click.option(
    "--scale",
    type=click.Choice(["linear", "log", "symlog"]),
    help="Scale of the outputs: of vertical axes and of colours. Default: what fits the values.",
)
@click.option("--cmap", metavar="NAME", help="Colour map of matplotlib, for maps and families.")
@click.option(
    "--layout", metavar="RxC", callback=_layout, help="Rows and columns in which panels stand."
)
@click.option(
    "--overlay",
    metavar="DATA",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="Draw a measured I(V) or dI/dV over the computed curves: a text file with columns such as"
    " V (mV), I (nA). May be repeated.",
)
@reading_options
def plot(file: str, output: str | None, overlay: tuple[str, ...], **given: Any) -> None:
    """Draw a result file: curves, or a map.

    FILE is a result file. One axis gives curves. Two axes give a map, or a family of curves if one
    of them has few values. Of more axes, those with the fewest values are kept at their middle
    points, unless --at gives another value.

    Values and limits are in reduced units, or have a unit of their own, as in T_S=100mK, if the
    spec has a material.

    \b
    Example:
      thermospin plot fig2b.h5 -o fig2b.pdf
      thermospin plot film.h5 -o film.html
      thermospin plot fig2b.h5 --at T_S=0.7
      thermospin plot fig2a.h5 --show I_q --facet h_exc
      thermospin plot film.h5 --show I_s --xlim "-200 uV,200 uV" --clim -5nA,5nA
      thermospin plot fig3a.h5 --show I_q --overlay up.dat --overlay down.dat
      thermospin plot fig3a.h5 --overlay lockin.txt --columns 1,3 --data-units mV,uS
    """
    from thermospin import figures

    reading = {name: given.pop(name) for name in READING}
    curves = curves_of(overlay, "--overlay", **reading)
    view = figures.View(**given)
    if output is not None and output.lower().endswith(figures.PAGE_SUFFIX):
        from thermospin.interactive import write_page

        click.echo(write_page(file, output, view=view, overlay=curves))
    else:
        click.echo(figures.write_picture(file, output, view=view, overlay=curves))
