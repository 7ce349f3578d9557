"""The command `thermospin export`, which writes a slice of a result file as a table."""

import click

from thermospin.cli import options
from thermospin.cli.strict_command import FILE_MEMORY, StrictCommand


@click.command(cls=StrictCommand, memory=FILE_MEMORY)
@click.argument("file", type=click.Path())
@click.option(
    "-o",
    "--output",
    metavar="OUT.csv",
    type=click.Path(readable=False),
    help="The file to write. Default: standard output.",
)
@options.cuts
@options.show
@options.display
def export(
    file: str, output: str | None, at: dict[str, str], show: tuple[str, ...], display: str | None
) -> None:
    """Write a slice of a result file as comma-separated values.

    Each line is a point. The first line names the columns with their units: the axes, the outputs,
    and what became of the point. An output that does not depend on an axis is repeated along it.
    Numbers are written so that reading them gives the same bits.

    \b
    Example:
      thermospin export fig2b.h5 --at T_S=0.7 -o cut.csv
      thermospin export fig3b.h5 --show I_q --display reduced
    """
    from pathlib import Path

    from thermospin.dataset import FileError, csv_lines, read
    from thermospin.figures import publish

    contents = read(file, mapped=True)
    si = contents.material is not None if display is None else display == "si"
    lines = csv_lines(contents, at, show, si=si)
    try:
        if output is None:
            for line in lines:
                click.echo(line)
        else:
            publish("".join(f"{line}\n" for line in lines).encode(), Path(output))
            click.echo(output)
    except FileError as error:
        raise FileError(f"{file}: {error}") from None
