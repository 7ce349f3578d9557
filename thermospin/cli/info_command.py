"""The command `thermospin info`, which describes a result file or the installation."""

import os
from typing import TYPE_CHECKING, Any

import click

from thermospin.cli import options
from thermospin.cli.formatting import aligned, duration, one_line, points_of, size, to_json
from thermospin.cli.strict_command import FILE_MEMORY, StrictCommand

if TYPE_CHECKING:
    from thermospin.dataset import FileSummary, ProgressReport, VariableSummary
    from thermospin.spec import Material

_PACKAGES = ("numpy", "numba", "h5py", "pydantic", "PyYAML", "click", "scipy", "matplotlib")


@click.command(cls=StrictCommand, memory=FILE_MEMORY)
@click.argument("file", required=False, type=click.Path())
@click.option(
    "--partial",
    is_flag=True,
    help="Describe the unfinished run that is to replace FILE, not FILE itself.",
)
@options.as_json
def info(file: str | None, partial: bool, as_json: bool) -> None:
    """Describe a result file, or how far an unfinished run has got.

    For a result file: its axes, outputs, parameters, and how it was made. For the output of an
    unfinished run: also how much is done, and the command that continues it. Without FILE: the
    versions of the packages, the number of threads, and the folder of the compiled kernels.

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

    from thermospin.dataset import describe, output_path_of

    target = output_path_of(file)
    finished = target.path.exists() and os.path.realpath(file) == str(target.path)
    if partial or (target.journal.exists() and not finished):
        _describe_unfinished(file, as_json)
        return
    summary = describe(file)
    click.echo(to_json(summary) if as_json else _summary_text(summary))


def _describe_unfinished(file: str, as_json: bool) -> None:
    """Print how far an unfinished run has got, and what its file holds."""
    from thermospin.dataset import describe, output_path_of, unfinished_at

    progress = unfinished_at(file)
    summary = describe(output_path_of(file).partial)
    unrecorded = _unrecorded(progress, summary)
    if as_json:
        click.echo(
            to_json({"unfinished": progress, "points_unrecorded": unrecorded, "file": summary})
        )
        return
    click.echo(f"{progress.path}: unfinished")
    click.echo(aligned(_progress(progress, unrecorded)))
    click.echo(_summary_text(summary))


def _unrecorded(progress: "ProgressReport", summary: "FileSummary") -> int:
    """Return how many points have values in the file but no record in its journal."""
    counts = summary.status.get("status") or summary.status.get("junction_status") or {}
    written = sum(n for status, n in counts.items() if status != "not_computed")
    return max(0, written - progress.points_done)


def _progress(progress: "ProgressReport", unrecorded: int) -> list[tuple[str, str]]:
    """Return the rows of the table that says how far an unfinished run has got."""
    done, total = progress.points_done, progress.points
    rows = [("done", f"{100 * done // total} %, {done:,} of {points_of(total)}")]
    if unrecorded:
        fate = "will be recorded soon" if progress.running else "--resume computes them again"
        rows.append(
            ("not recorded", f"{points_of(unrecorded)}, included in the counts below; {fate}")
        )
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
    """Return the versions of the packages, the number of threads and the folder of the cache."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    import thermospin
    from thermospin.execution import thread_count
    from thermospin.machine.compilation import CACHE_DIRECTORY, WHY_NOT_KEPT

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
    """Return what `_installation` found, as text for people."""
    rows = [(name, number or "not installed") for name, number in found["versions"].items()]
    reason = f"none, kernels are compiled anew at every start: {found['why_not_kept']}"
    cache = found["cache"] or reason
    return aligned([*rows, ("threads", str(found["threads"])), ("cache", str(cache))])


def _summary_text(summary: "FileSummary") -> str:
    """Return all that is known of a file, as text for people."""
    parts = [
        one_line(f"{summary.path}: {summary.title or summary.name}"),
        aligned(_overview(summary)),
        "axes, the slowest first",
        aligned((_variable(axis, summary.material) for axis in summary.axes), indent="  "),
        "outputs",
        aligned((_variable(output, summary.material) for output in summary.outputs), indent="  "),
        "fixed",
        aligned(_fixed(summary), indent="  "),
        "provenance",
        aligned(_provenance(summary.provenance), indent="  "),
    ]
    return "\n".join(parts)


def _overview(summary: "FileSummary") -> list[tuple[str, str]]:
    """Return the rows of the table about a file as a whole."""
    return [
        ("complete", "yes" if summary.complete else "no"),
        *((name, _counts(counts)) for name, counts in summary.status.items()),
        ("size", size(summary.bytes)),
        ("gap_model", summary.gap_model),
        *([("branch", summary.branch)] if _is_heated(summary) else []),
        ("rtol", f"{summary.rtol:g}"),
        ("material", _material(summary.material)),
        ("overrides", ", ".join(summary.spec.overrides) or "none"),
        ("spec sha256", summary.spec_sha256),
        ("layout", str(summary.layout)),
    ]


def _is_heated(summary: "FileSummary") -> bool:
    return "heater" in {*summary.fixed, *(axis.name for axis in summary.axes)}


def _counts(counts: dict[str, int]) -> str:
    """Return how many points have each status; a status without points is left out."""
    present = (f"{n:,} {status.replace('_', ' ')}" for status, n in counts.items() if n)
    return ", ".join(present)


def _material(material: "Material | None") -> str:
    """Return the scales that convert to SI: those that were given, and what follows from them."""
    if material is None:
        return "none"
    scales = (
        f"Δ0 = {1e6 * material.Delta_0:.6g} µeV",
        f"T_c = {material.T_c:.6g} K",
        f"G_T = {1e3 * material.G_T:.6g} mS",
        f"R_T = {material.R_T:.6g} ohm",
    )
    return ", ".join(scales)


def _fixed(summary: "FileSummary") -> list[tuple[str, str]]:
    """Return the rows of the table about fixed parameters, with their units."""
    from thermospin.quantities import PARAMETERS

    rows = []
    for name, value in summary.fixed.items():
        shown = f"{value:g} {PARAMETERS[name].unit}".rstrip()
        if summary.material is not None and PARAMETERS[name].unit:
            in_si, unit = summary.material.si(name, value)
            shown += f" = {in_si:.6g} {unit}"
        rows.append((name, shown))
    return rows


def _variable(variable: "VariableSummary", material: "Material | None") -> tuple[str, ...]:
    """Return the row of the table about an axis or output: name, shape, range and meaning."""
    shape = " × ".join(f"{name} {n}" for name, n in zip(variable.dims, variable.shape, strict=True))
    if variable.dims == (variable.name,):
        shape = points_of(variable.shape[0])
    if variable.minimum is None:
        limits = "no finite value"
    else:
        limits = f"{variable.minimum:.6g} … {variable.maximum:.6g} {variable.unit}".rstrip()
        if material is not None and variable.unit and variable.maximum is not None:
            (low, high), unit = material.si(variable.name, [variable.minimum, variable.maximum])
            limits += f" = {low:.6g} … {high:.6g} {unit}"
    return variable.name, shape, limits, variable.meaning


def _provenance(provenance: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the rows of the table that says where, when and with what a file was made."""
    rows = []
    for name, value in provenance.items():
        if name == "wall_seconds":
            rows.append(("took", duration(value)))
        elif isinstance(value, dict):
            rows.append((name, ", ".join(f"{key} {item}" for key, item in value.items())))
        elif value is not None:
            rows.append((name, str(value)))
    return rows
