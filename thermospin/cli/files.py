"""Commands about result files: info and plot; and about the installation."""

from typing import TYPE_CHECKING, Any

import click

from thermospin.cli import options
from thermospin.cli.behaviour import StrictCommand
from thermospin.cli.text import aligned, duration, size, to_json

if TYPE_CHECKING:
    from thermospin.dataset import FileSummary, VariableSummary

_PACKAGES = ("numpy", "numba", "h5py", "pydantic", "PyYAML", "click", "scipy", "matplotlib")


@click.command(cls=StrictCommand)
@click.argument("file", required=False, type=click.Path())
@options.as_json
def info(file: str | None, as_json: bool) -> None:
    """Say what a result file holds and how it came about.

    Without FILE: the versions in use, the number of threads and where compiled kernels are kept.

    \b
    Example:
      thermospin info fig2b.h5
      thermospin info --json
    """
    if file is None:
        found = _installation()
        click.echo(to_json(found) if as_json else _installation_text(found))
        return
    from thermospin.dataset import describe

    summary = describe(file)
    click.echo(to_json(summary) if as_json else _summary_text(summary))


def _installation() -> dict[str, Any]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    import thermospin
    from thermospin.kernels.compiled import CACHE_DIRECTORY
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
    return {"versions": versions, "threads": thread_count(), "cache": CACHE_DIRECTORY}


def _installation_text(found: dict[str, Any]) -> str:
    rows = [(name, number or "not installed") for name, number in found["versions"].items()]
    cache = found["cache"] or "none: no private folder is writable, kernels compile at every start"
    return aligned([*rows, ("threads", str(found["threads"])), ("cache", str(cache))])


def _summary_text(summary: "FileSummary") -> str:
    parts = [
        f"{summary.path}: {summary.title or summary.name}",
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
        shape = f"{variable.shape[0]:,} points"
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


@click.command(cls=StrictCommand)
@click.argument("file", type=click.Path())
@click.option(
    "-o",
    "--output",
    metavar="FIG",
    type=click.Path(readable=False),
    help="The picture to write, .png, .pdf or .svg; by default beside FILE, with the ending .png.",
)
def plot(file: str, output: str | None) -> None:
    """Draw what a result file holds: curves, or a map.

    \b
    Example:
      thermospin plot fig2b.h5 -o fig2b.pdf
    """
    from thermospin import figures

    click.echo(figures.plot(file, output))
