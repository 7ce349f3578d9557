"""Commands about specs: check, schema, example; and how every command finds its spec."""

import os
from typing import TYPE_CHECKING

import click

from thermospin.cli import memory, options
from thermospin.cli.behaviour import BAD_INPUT, StrictCommand
from thermospin.cli.text import points_of

if TYPE_CHECKING:
    from thermospin.spec import SweepSpec

_HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"


def load(source: str, changes: tuple[str, ...]) -> "SweepSpec":
    """Return a spec from a YAML file, a bundled name, or one of our result files."""
    from thermospin.spec import load_spec, parse_spec

    if not is_result(source):
        return load_spec(source, changes)
    from thermospin.dataset import read_spec_text

    text, recorded = read_spec_text(source)
    replaced = {_key(change) for change in changes}
    kept = (change for change in recorded if _key(change) not in replaced)
    return parse_spec(text, source, (*kept, *changes))


def is_result(source: str) -> bool:
    """Return whether a spec is to be taken from one of our result files."""
    if source.endswith((".h5", ".h5.partial")):
        return True
    if not os.path.isfile(source):  # a pipe would wait for ever
        return False
    with open(source, "rb") as file:
        return file.read(len(_HDF5_SIGNATURE)) == _HDF5_SIGNATURE


def _key(change: str) -> str:
    return change.partition("=")[0].strip().removeprefix("fixed.")


def extent(spec: "SweepSpec") -> str:
    """Return the number of points and how they come about: ``42 points (h_exc 2 × V 21)``."""
    axes = " × ".join(f"{name} {len(points)}" for name, points in spec.axes.items())
    return f"{points_of(spec.size)} ({axes})"


@click.command(cls=StrictCommand, room=memory.SPECS)
@options.specs
@options.changes
@click.pass_context
def check(ctx: click.Context, specs: tuple[str, ...], changes: tuple[str, ...]) -> None:
    """Say what is wrong with specs, all of it at once; compute nothing.

    SPEC is a YAML file, the name of a bundled spec, or a result file.

    \b
    Example:
      thermospin check mine.yaml --set axes.V.num=101
    """
    failed = False
    for source in specs:
        try:
            spec = load(source, changes)
        except ValueError as error:  # go on: all mistakes at once
            click.echo(str(error), err=True)
            failed = True
        else:
            click.echo(f"ok: {spec.name}, {extent(spec)}, outputs {', '.join(spec.outputs)}")
    if failed:
        ctx.exit(BAD_INPUT)


@click.command(cls=StrictCommand, room=memory.SPECS)
def schema() -> None:
    """Print the JSON Schema of a spec, with which editors complete.

    An editor with a YAML language server uses it if the first line of a spec is
    "# yaml-language-server: $schema=thermospin.schema.json".

    \b
    Example:
      thermospin schema > thermospin.schema.json
    """
    import json

    from thermospin.spec import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@click.command(cls=StrictCommand, room=memory.SPECS)
@click.argument("name", required=False)
def example(name: str | None) -> None:
    """Print a bundled spec, or list what is bundled.

    \b
    Example:
      thermospin example
      thermospin example fig2b > mine.yaml
    """
    from thermospin.cli.text import aligned
    from thermospin.spec import bundled_specs, bundled_text, load_spec

    if name is not None:
        click.echo(bundled_text(name), nl=False)
        return
    click.echo(aligned((each, load_spec(each).title) for each in bundled_specs()))
