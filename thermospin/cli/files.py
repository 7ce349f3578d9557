"""Commands about result files: info and plot; and about the installation."""

import os
from typing import TYPE_CHECKING, Any

import click

from thermospin.cli import memory, options
from thermospin.cli.behaviour import StrictCommand, draw_into_files
from thermospin.cli.text import aligned, duration, one_line, points_of, size, to_json

if TYPE_CHECKING:
    from thermospin.dataset import FileSummary, Unfinished, VariableSummary

_PACKAGES = ("numpy", "numba", "h5py", "pydantic", "PyYAML", "click", "scipy", "matplotlib")


@click.command(cls=StrictCommand, room=memory.FILES)
@click.argument("file", required=False, type=click.Path())
@click.option(
    "--partial", is_flag=True, help="Look at unfinished work even if there is a finished FILE."
)
@options.as_json
def info(file: str | None, partial: bool, as_json: bool) -> None:
    """Say what a result file holds and how it came about; of unfinished work, how far it got.

    Without FILE: the versions in use, the number of threads and where compiled kernels are kept.

    \b
    Example:
      thermospin info fig2b.h5
      thermospin info fig2b.h5 --partial
      thermospin info --json
    """
    if file is None:
        found = _installation()
        click.echo(to_json(found) if as_json else _installation_text(found))
        return
    from thermospin.dataset import describe, target_of

    target = target_of(file)
    finished = target.path.exists() and os.path.realpath(file) == str(target.path)
    if partial or (target.journal.exists() and not finished):
        _unfinished_info(file, as_json)
        return
    summary = describe(file)
    click.echo(to_json(summary) if as_json else _summary_text(summary))


def _unfinished_info(file: str, as_json: bool) -> None:
    from thermospin.dataset import describe, target_of, unfinished_at

    progress = unfinished_at(file)
    summary = describe(target_of(file).partial)
    unrecorded = _unrecorded(progress, summary)
    if as_json:
        click.echo(
            to_json({"unfinished": progress, "points_unrecorded": unrecorded, "file": summary})
        )
        return
    click.echo(f"{progress.path}: unfinished")
    click.echo(aligned(_progress(progress, unrecorded)))
    click.echo(_summary_text(summary))


def _unrecorded(progress: "Unfinished", summary: "FileSummary") -> int:
    """Return how many points have values in the file that its journal does not vouch for."""
    counts = summary.status.get("status") or summary.status.get("junction_status") or {}
    there = sum(n for status, n in counts.items() if status != "not_computed")
    return max(0, there - progress.points_done)


def _progress(progress: "Unfinished", unrecorded: int) -> list[tuple[str, str]]:
    done, total = progress.points_done, progress.points
    rows = [("done", f"{100 * done // total} %, {done:,} of {points_of(total)}")]
    if unrecorded:
        fate = "will be soon" if progress.running else "--resume computes them again"
        rows.append(("not recorded", f"{points_of(unrecorded)}, counted as computed below; {fate}"))
    rows += [
        ("shard", progress.shard or "no"),
        ("missed", f"{progress.missed:,}"),
        ("started", progress.started),
        ("computed for", duration(progress.seconds)),
    ]
    if progress.points_per_second is not None:
        rows.append(("rate", f"{progress.points_per_second:,.0f} points/s"))
    rows.append(("running", progress.running or "no"))
    if progress.ends is not None:
        rows.append(("ends", progress.ends))
    return [*rows, ("continue with", progress.continuation)]


def _installation() -> dict[str, Any]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    import thermospin
    from thermospin.machine.compilation import CACHE_DIRECTORY, WHY_NOT_KEPT
    from thermospin.sweep import thread_count

    versions: dict[str, str | None] = {
        "thermospin": thermospin.__version__,
        "python": platform.python_version(),
    }
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = None
    return {
        "versions": versions,
        "threads": thread_count(),
        "cache": CACHE_DIRECTORY,
        "why_not_kept": WHY_NOT_KEPT or None,
    }


def _installation_text(found: dict[str, Any]) -> str:
    rows = [(name, number or "not installed") for name, number in found["versions"].items()]
    cache = found["cache"] or f"none, kernels compile at every start: {found['why_not_kept']}"
    return aligned([*rows, ("threads", str(found["threads"])), ("cache", str(cache))])


def _summary_text(summary: "FileSummary") -> str:
    parts = [
        one_line(f"{summary.path}: {summary.title or summary.name}"),
        aligned(_overview(summary)),
        "axes, the slowest first",
        aligned(map(_variable, summary.axes), indent="  "),
        "outputs",
        aligned(map(_variable, summary.outputs), indent="  "),
        "fixed",
        aligned(((name, f"{value:g}") for name, value in summary.fixed.items()), indent="  "),
        "provenance",
        aligned(_provenance(summary.provenance), indent="  "),
    ]
    return "\n".join(parts)


def _overview(summary: "FileSummary") -> list[tuple[str, str]]:
    return [
        ("complete", "yes" if summary.complete else "no"),
        *((name, _counts(counts)) for name, counts in summary.status.items()),
        ("size", size(summary.bytes)),
        ("gap_model", summary.gap_model),
        ("rtol", f"{summary.rtol:g}"),
        ("overrides", ", ".join(summary.spec.overrides) or "none"),
        ("spec sha256", summary.spec_sha256),
        ("layout", str(summary.layout)),
    ]


def _counts(counts: dict[str, int]) -> str:
    """Return how many points have each status, without those that none has."""
    present = (f"{n:,} {status.replace('_', ' ')}" for status, n in counts.items() if n)
    return ", ".join(present)


def _variable(variable: "VariableSummary") -> tuple[str, ...]:
    shape = " × ".join(f"{name} {n}" for name, n in zip(variable.dims, variable.shape, strict=True))
    if variable.dims == (variable.name,):
        shape = points_of(variable.shape[0])
    if variable.minimum is None:
        limits = "no finite value"
    else:
        limits = f"{variable.minimum:.6g} … {variable.maximum:.6g} {variable.unit}".rstrip()
    return variable.name, shape, limits, variable.meaning


def _provenance(provenance: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for name, value in provenance.items():
        if name == "wall_seconds":
            rows.append(("took", duration(value)))
        elif isinstance(value, dict):
            rows.append((name, ", ".join(f"{key} {item}" for key, item in value.items())))
        elif value is not None:
            rows.append((name, str(value)))
    return rows


def _cuts(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, float]:
    """Read each AXIS=VALUE."""
    cuts = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise click.BadParameter(f"must be written AXIS=VALUE, got {text!r}", ctx, param)
        cuts[name.strip()] = options.number(ctx, param, value)
    return cuts


@click.command(cls=StrictCommand, room=memory.FILES)
@click.argument("file", type=click.Path())
@click.option(
    "-o",
    "--output",
    metavar="FIG",
    type=click.Path(readable=False),
    help="The picture to write, .png, .pdf or .svg; by default beside FILE, with the ending .png.",
)
@click.option(
    "--at",
    "cuts",
    metavar="AXIS=VALUE",
    multiple=True,
    callback=_cuts,
    help="Cut an axis at its point nearest to a value. May be repeated.",
)
@click.option("--x", metavar="AXIS", help="The axis that lies horizontally.")
@click.option("--y", metavar="AXIS", help="The axis that stands: a map, however few its values.")
@click.option(
    "--show", metavar="OUTPUT", multiple=True, help="Show this output only. May be repeated."
)
@click.option("--facet", metavar="AXIS", help="One panel for each value of this axis.")
@click.option(
    "--overlay",
    metavar="CSV",
    type=click.Path(exists=True, dir_okay=False),
    help="A measured I(V) to draw over the currents: a line of names, such as V (mV), I (nA), and"
    " lines of numbers. Without units: SI if the spec has a material, else reduced units.",
)
def plot(
    file: str,
    output: str | None,
    cuts: dict[str, float],
    x: str | None,
    y: str | None,
    show: tuple[str, ...],
    facet: str | None,
    overlay: str | None,
) -> None:
    """Draw what a result file holds: curves, or a map.

    One axis gives curves, two give a map, or a family of curves if one of them has few values. Of
    more axes those with fewer values are cut: in the middle, or --at a value.

    \b
    Example:
      thermospin plot fig2b.h5 -o fig2b.pdf
      thermospin plot fig2b.h5 --at T_S=0.7
      thermospin plot fig2a.h5 --show I_q --facet h_exc
      thermospin plot fig3a.h5 --show I_q --overlay measured.csv
    """
    from thermospin import figures

    draw_into_files()
    view = figures.View(cuts, x, y, show, facet)
    click.echo(figures.plot(file, output, view=view, overlay=overlay))
