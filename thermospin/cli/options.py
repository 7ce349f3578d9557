"""Options that several commands share, each defined once, and how their numbers are read."""

from collections.abc import Callable

import click

MOST_THREADS = 9999
"""Threads, and shards, that can be asked for."""


def whole_number(
    low: int, high: int
) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """Make the callback of an option that takes a whole number.

    click's own type also accepts ``1_0`` and Arabic digits.

    Parameters
    ----------
    low, high : int
        The limits, both allowed.

    Returns
    -------
    callable
        Returns the number; None if the option was not given.
    """

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
        if value is None:
            return None
        plain = value.isascii() and value.isdigit() and len(value) <= len(str(high))
        if not plain or not low <= int(value) <= high:
            rule = f"must be a whole number from {low} to {high}, got {value!r}"
            raise click.BadParameter(rule, ctx, param)
        return int(value)

    return read


def number(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """Read a number as in a spec; `float` also accepts ``1_0``, Arabic digits and ``nan``.

    Parameters
    ----------
    ctx, param
        The command and its option, for the error.
    value : str
        The text of the number.

    Returns
    -------
    float

    Raises
    ------
    click.BadParameter
        If it is not a decimal number.
    """
    from thermospin.spec.written_numbers import parse_number

    try:
        return float(parse_number(value.strip()))
    except ValueError as error:
        raise click.BadParameter(f"{error}, got {value!r}", ctx, param) from None


def quantity(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Check the number of a quantity, which may have a unit behind it, as `number` does.

    Returns
    -------
    str
        The text; whether its unit is one that the quantity has, the library says.
    """
    from thermospin.spec.written_numbers import split_unit

    amount, _ = split_unit(value)
    number(ctx, param, amount)
    return value.strip()


changes = click.option(
    "--set",
    "changes",
    metavar="KEY=VALUE",
    multiple=True,
    help="Change the spec before it is used: T_S=0.8, axes.V.num=101, outputs='[I_q, G]'. May be"
    " repeated.",
)
threads = click.option(
    "--threads",
    metavar="N",
    callback=whole_number(1, MOST_THREADS),
    help="Number of threads. Default: as many as SLURM gives the task, or else one for each"
    " processor. The results do not depend on it.",
)
DEVICES = ("cpu", "cuda")
"""Those of ``thermospin.device``, which takes too long to import to ask for help."""
device = click.option(
    "--device",
    type=click.Choice(DEVICES),
    default=DEVICES[0],
    show_default=True,
    help="What computes the integrals: the processor, or an NVIDIA graphics card, the first that"
    " CUDA_VISIBLE_DEVICES leaves. The processor computes what a card does not.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
quiet = click.option("-q", "--quiet", is_flag=True, help="Do not report progress.")


def _axis_values(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """Split each AXIS=VALUE."""
    values = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"must be written AXIS=VALUE, got {text!r}", ctx, param)
        values[name.strip()] = quantity(ctx, param, value)
    return values


def axis_names(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[str]:
    """Return the parameters whose names begin so, for completion."""
    from thermospin.quantities import PARAMETERS

    return [name for name in PARAMETERS if name.startswith(incomplete)]


def _output_names(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    incomplete: str,
) -> list[str]:
    from thermospin.quantities import OUTPUTS

    return [name for name in OUTPUTS if name.startswith(incomplete)]


cuts = click.option(
    "--at",
    metavar="AXIS=VALUE",
    multiple=True,
    callback=_axis_values,
    shell_complete=axis_names,
    help="Keep this axis at its point nearest to VALUE. May be repeated.",
)
show = click.option(
    "--show",
    metavar="OUTPUT",
    multiple=True,
    shell_complete=_output_names,
    help="Take only this output. May be repeated.",
)
display = click.option(
    "--display",
    type=click.Choice(["si", "reduced"]),
    help="The units of all numbers. Default: SI if the spec has a material, else reduced units.",
)
