"""Arguments and options that several commands share, each defined once."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_MOST_THREADS = 9999


def _completions(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> "list[CompletionItem]":
    """Return the bundled specs that begin so, and leave files to the shell."""
    from click.shell_completion import CompletionItem

    from thermospin.spec import bundled_specs

    names = [CompletionItem(name) for name in bundled_specs() if name.startswith(incomplete)]
    return [*names, CompletionItem(incomplete, type="file")]


def whole_number(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Read a whole number in plain digits; click's own type takes 1_0 and Arabic digits as well."""
    if value is None:
        return None
    plain = value.isascii() and value.isdigit() and len(value) <= len(str(_MOST_THREADS))
    if not plain or int(value) < 1:
        rule = f"must be a whole number from 1 to {_MOST_THREADS}, got {value!r}"
        raise click.BadParameter(rule, ctx, param)
    return int(value)


def number(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """Read a number as in a spec; Python's own reading takes 1_0, Arabic digits and nan as well."""
    from thermospin.spec.scalar_values import parse_number

    try:
        return float(parse_number(value.strip()))
    except ValueError as error:
        raise click.BadParameter(f"{error}, got {value!r}", ctx, param) from None


spec = click.argument("spec", shell_complete=_completions)
specs = click.argument(
    "specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=_completions
)
changes = click.option(
    "--set",
    "changes",
    metavar="KEY=VALUE",
    multiple=True,
    help="Change the spec: T_S=0.8, axes.V.num=101, outputs='[I_q, G]'. May be repeated.",
)
threads = click.option(
    "--threads",
    metavar="N",
    callback=whole_number,
    help="Number of threads; by default that of the SLURM task, or all processors. The results do"
    " not depend on it.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
output = click.option(
    "-o",
    "--output",
    type=click.Path(readable=False),
    help="The file to write; by default the spec's name with .h5, in the current folder.",
)
shard = click.option(
    "--shard",
    metavar="I/N",
    help="Compute only the I-th of N shares of the sweep, to be put together by merge.",
)
dask = click.option(
    "--dask",
    metavar="ADDRESS",
    help="Compute on a dask.distributed cluster: local for one on this machine, or the address of a"
    " scheduler, tls://HOST:PORT, or tcp://HOST:PORT, which is open to all who reach it.",
)
