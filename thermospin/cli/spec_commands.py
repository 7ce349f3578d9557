"""The commands about specs: `thermospin check`, `thermospin schema` and `thermospin example`."""

import click

from thermospin.cli import options
from thermospin.cli.error_reports import BAD_INPUT
from thermospin.cli.formatting import aligned, mesh_size
from thermospin.cli.spec_argument import bundled_completions, load, several_specs, show_remarks
from thermospin.cli.strict_command import SPEC_MEMORY, StrictCommand


@click.command(cls=StrictCommand, memory=SPEC_MEMORY)
@several_specs
@options.changes
@click.pass_context
def check(ctx: click.Context, specs: tuple[str, ...], changes: tuple[str, ...]) -> None:
    """Find every mistake in specs at once; compute nothing.

    SPEC is a YAML file, the name of a bundled spec, or a result file. Each mistake is reported with
    its line and column, the rule that it breaks and, for a misspelt word, the right one.

    \b
    Example:
      thermospin check mine.yaml
      thermospin check mine.yaml --set axes.V.num=101
    """
    failed = False
    for source in specs:
        try:
            spec = load(source, changes)
        except ValueError as error:  # go on: the mistakes of all specs are reported
            click.echo(str(error), err=True)
            failed = True
        else:
            click.echo(f"ok: {spec.name}, {mesh_size(spec)}, outputs {', '.join(spec.outputs)}")
            show_remarks(spec)
    if failed:
        ctx.exit(BAD_INPUT)


@click.command(cls=StrictCommand, memory=SPEC_MEMORY)
def schema() -> None:
    """Print the JSON Schema of specs, for editors that use it.

    Editors with a YAML language server check and complete a spec whose first line is
    "# yaml-language-server: $schema=thermospin.schema.json".

    \b
    Example:
      thermospin schema > thermospin.schema.json
    """
    import json

    from thermospin.spec import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@click.command(cls=StrictCommand, memory=SPEC_MEMORY)
@click.argument("name", required=False, shell_complete=bundled_completions)
def example(name: str | None) -> None:
    """Print a bundled spec, or list all of them.

    With NAME, print that spec, as a start for one of your own. Without NAME, list the bundled specs
    with their titles.

    \b
    Example:
      thermospin example
      thermospin example film > mine.yaml
    """
    from thermospin.spec import bundled_specs, bundled_text, load_spec

    if name is not None:
        click.echo(bundled_text(name), nl=False)
        return
    click.echo(aligned((each, load_spec(each).title) for each in bundled_specs()))
