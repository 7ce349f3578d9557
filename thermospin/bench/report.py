"""The benchmark as a whole: a dictionary for JSON, and a table to read."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from thermospin.bench.budget import Budget
from thermospin.bench.dense import compare_meshes
from thermospin.bench.observables import compare_flows, compare_maps, seebeck_time
from thermospin.bench.processes import first_run_time, help_time, peak_memory, warm_map_time
from thermospin.bench.sweeps import LONG, SHORT, USUAL, compare_junctions, compare_sweeps
from thermospin.dataset.provenance import NumericalIdentity, collect
from thermospin.sweep import code_digest


def run(quick: bool = False, every: bool = False) -> dict[str, Any]:
    """Run the benchmark.

    Parameters
    ----------
    quick : bool, optional
        Fewer rounds and smaller sweeps, and no first run: within about 20 s.
    every : bool, optional
        Methods on uniform grids, `quad_vec` and mitmojco as well, and sweeps of 1e7 points, which
        take some minutes.

    Returns
    -------
    dict
        What JSON can hold: the machine, versions, commit and date; ``rows``, the methods with
        their times (µs per point, one point being I_up and I_down) and worst relative errors;
        ``figures``, each with its bound and whether it was met.

    Raises
    ------
    ModuleNotFoundError
        If SciPy is missing.
    BenchmarkError
        If an answer is wrong.
    """
    if find_spec("scipy") is None:
        message = 'the benchmark needs scipy: pip install "thermospin[bench]"'
        raise ModuleNotFoundError(message, name="scipy")
    from thermospin.bench.comparison import compare

    found = circumstances()
    rows, speedup = compare(quick, every)
    figures = [
        speedup,
        *_sweeps(quick, every),
        *compare_meshes(quick),
        *compare_maps(quick),
        compare_flows(quick),
        seebeck_time(quick),
        peak_memory(100_000 if quick else 5_000_000),
        help_time(quick),
        warm_map_time(quick),
    ]
    if not quick:
        figures.append(first_run_time())
    return {
        **found,
        "quick": quick,
        "rows": [asdict(row) for row in rows],
        "figures": [figure.as_dict() for figure in figures],
    }


def _sweeps(quick: bool, every: bool) -> list[Budget]:
    """Return what sweeps add to the bare kernel; with ``every`` also for one of 1e7 points."""
    if quick:
        return [*compare_sweeps(SHORT, rounds=2), compare_junctions(SHORT, rounds=2)]
    found = [*compare_sweeps(USUAL, rounds=5), compare_junctions(USUAL, rounds=5)]
    return [*found, *(compare_sweeps(LONG, rounds=3) if every else ())]


def circumstances() -> dict[str, Any]:
    """Return the machine, the versions, the commit and the date, as JSON can hold them."""
    provenance = collect(threads=1, numerics=NumericalIdentity(code_digest(), ""))
    load = os.getloadavg()
    return {
        "machine": {
            "cpu": provenance["cpu"],
            "cores": provenance["cpu_count"],
            "load_average": [round(part, 2) for part in load],
            "system": provenance["system"],
        },
        "versions": {**provenance["versions"], "scipy": version("scipy")},
        "commit": provenance["commit"],
        "kernels": provenance["kernels"],
        "date": provenance["started"],
    }


def table(results: dict[str, Any]) -> str:
    """Return the results of `run` as Markdown that reads well in a terminal, too.

    Parameters
    ----------
    results : dict
        What `run` returned.

    Returns
    -------
    str
        A line on the circumstances, the table of methods and that of the figures.
    """
    methods = ("method", "µs a point", "ratio", "error of I_σ", "error of I_q", "error/estimate")
    return "\n\n".join(
        (
            heading(results),
            markdown(methods, [_method_cells(row) for row in results["rows"]]),
            figure_table(results["figures"]),
        )
    )


def markdown(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns are aligned: the first left, the others right."""
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join((line(heads), line(rule), *map(line, lines)))


def figure_table(figures: Sequence[dict[str, Any]]) -> str:
    """Return figures, as `Budget.as_dict` gives them, with their bounds as a Markdown table."""
    return markdown(("figure", "measured", "bound", "met"), [_figure_cells(row) for row in figures])


def heading(results: dict[str, Any]) -> str:
    """Return what `circumstances` found, in two lines."""
    machine, versions = results["machine"], results["versions"]
    named = ", ".join(f"{name} {versions[name]}" for name in ("python", "numpy", "numba", "scipy"))
    return (
        f"thermospin {versions['thermospin']}, commit {results['commit'] or 'unknown'}, "
        f"{results['date']}\n"
        f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_average'][0]}; {named}"
    )


def _method_cells(row: dict[str, Any]) -> list[str]:
    return [
        row["method"],
        _cell(row["microseconds"], ".3g"),
        _cell(row["ratio"], ".3g"),
        _cell(row["error_spin"], ".1e"),
        _cell(row["error_charge"], ".1e"),
        _cell(row["error_over_estimate"], ".2g"),
    ]


def _cell(value: float | None, form: str) -> str:
    """Return a number, as 1310 rather than 1.31e+03; nothing where there is none."""
    if value is None:
        return ""
    return f"{value:{form}}" if form == ".1e" else f"{float(f'{value:{form}}'):g}"


def _figure_cells(row: dict[str, Any]) -> list[str]:
    sense = "≥" if row["sense"] == "at least" else "≤"
    unit = row["unit"] if row["unit"] in ("", "×") else " " + row["unit"]
    return [
        row["figure"],
        f"{_cell(row['value'], '.3g')}{unit}",
        f"{sense} {row['bound']:g}{unit}",
        "yes" if row["met"] else "no",
    ]
