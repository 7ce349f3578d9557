"""The command `thermospin plot`, which draws a result file."""

from typing import Any

import click

from thermospin.cli import options
from thermospin.cli.measured_options import curves_of, reading_options
from thermospin.cli.strict_command import FILE_MEMORY, StrictCommand


def _axis_values(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> dict[str, float]:
    """Read each AXIS=VALUE."""
    values = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"must be written AXIS=VALUE, got {text!r}", ctx, param)
        values[name.strip()] = options.number(ctx, param, value)
    return values


@click.command(cls=StrictCommand, memory=FILE_MEMORY)
@click.argument("file", type=click.Path())
@click.option(
    "-o",
    "--output",
    metavar="FIG",
    type=click.Path(readable=False),
    help="The picture to write: .png, .pdf or .svg. Default: FILE with the ending .png.",
)
@click.option(
    "--at",
    metavar="AXIS=VALUE",
    multiple=True,
    callback=_axis_values,
    help="Keep this axis at its point nearest to VALUE. May be repeated.",
)
@click.option("--x", metavar="AXIS", help="Draw this axis horizontally.")
@click.option(
    "--y",
    metavar="AXIS",
    help="Draw this axis vertically, which makes a map even if the axis has few values.",
)
@click.option(
    "--show", metavar="OUTPUT", multiple=True, help="Draw only this output. May be repeated."
)
@click.option("--facet", metavar="AXIS", help="Draw one panel for each value of this axis.")
@click.option(
    "--overlay",
    metavar="DATA",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="Draw a measured I(V) or dI/dV over the computed curves: a text file with columns such as"
    " V (mV), I (nA). May be repeated.",
)
@reading_options
def plot(
    file: str,
    output: str | None,
    at: dict[str, float],
    x: str | None,
    y: str | None,
    show: tuple[str, ...],
    facet: str | None,
    overlay: tuple[str, ...],
    **reading: Any,
) -> None:
    """Draw a result file: curves, or a map.

    FILE is a result file. One axis gives curves. Two axes give a map, or a family of curves if one
    of them has few values. Of more axes, those with the fewest values are kept at their middle
    points, unless --at gives another value.

    \b
    Example:
      thermospin plot fig2b.h5 -o fig2b.pdf
      thermospin plot fig2b.h5 --at T_S=0.7
      thermospin plot fig2a.h5 --show I_q --facet h_exc
      thermospin plot fig3a.h5 --show I_q --overlay up.dat --overlay down.dat
      thermospin plot fig3a.h5 --overlay lockin.txt --columns 1,3 --data-units mV,uS
    """
    from thermospin import figures

    curves = curves_of(overlay, "--overlay", **reading)
    view = figures.View(at, x, y, show, facet)
    click.echo(figures.plot(file, output, view=view, overlay=curves))
