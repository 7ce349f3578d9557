"""The results of a benchmark as Markdown tables that read well in a terminal, too."""

from collections.abc import Sequence
from typing import Any


def table(results: dict[str, Any]) -> str:
    """Return the results of a benchmark as text.

    Parameters
    ----------
    results : dict
        What `thermospin.bench.run` returned.

    Returns
    -------
    str
        Two lines on the machine and the versions, the table of methods and that of the figures,
        and that of a graphics card.
    """
    methods = ("method", "µs a point", "ratio", "error of I_σ", "error of I_q", "error/estimate")
    return "\n\n".join(
        (
            heading(results),
            markdown(methods, [_method_cells(row) for row in results["rows"]]),
            figure_table(results["figures"]),
            *([card_table(results["card"])] if "card" in results else []),
        )
    )


def card_table(card: dict[str, Any]) -> str:
    """Return the points a second of a graphics card and of the processor as a Markdown table.

    Parameters
    ----------
    card : dict
        Its name, and its ``rows``: the fields of `thermospin.bench.card_speed.CardRow`.
    """
    heads = (
        "million points a second",
        "1 thread",
        "all threads",
        "card",
        "without transfers",
        "card/1 thread",
        "card/all",
        "difference/estimate",
    )
    lines = [
        [
            row["points"],
            *(_cell(row[name], ".3g") for name in ("one_thread", "all_threads")),
            *(_cell(row[name], ".3g") for name in ("card", "card_alone")),
            *(
                _cell(row["card"] / row[other], ".3g") + "×"
                for other in ("one_thread", "all_threads")
            ),
            f"{row['difference']:.1e}",
        ]
        for row in card["rows"]
    ]
    return f"{card['name']}:\n\n{markdown(heads, lines)}"


def heading(results: dict[str, Any]) -> str:
    """Return the machine, the versions and the date of a benchmark in two lines.

    Parameters
    ----------
    results : dict
        What `thermospin.bench.headline.circumstances` returned, and perhaps more.
    """
    machine, versions = results["machine"], results["versions"]
    named = ", ".join(f"{name} {versions[name]}" for name in ("python", "numpy", "numba", "scipy"))
    return (
        f"thermospin {versions['thermospin']}, commit {results['commit'] or 'unknown'}, "
        f"{results['date']}\n"
        f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_average'][0]}; {named}"
    )


def figure_table(figures: Sequence[dict[str, Any]]) -> str:
    """Return figures, as `Budget.as_dict` gives them, with their bounds as a Markdown table."""
    return markdown(("figure", "measured", "bound", "met"), [_figure_cells(row) for row in figures])


def markdown(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns are aligned: the first left, the others right.

    Parameters
    ----------
    heads : sequence of str
        The heads of the columns.
    lines : sequence of sequence of str
        The cells of each line below them.
    """
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return f"| {' | '.join(padded)} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join((line(heads), line(rule), *map(line, lines)))


def _method_cells(row: dict[str, Any]) -> list[str]:
    return [
        row["method"],
        _cell(row["microseconds"], ".3g"),
        _cell(row["ratio"], ".3g"),
        _cell(row["error_spin"], ".1e"),
        _cell(row["error_charge"], ".1e"),
        _cell(row["error_over_estimate"], ".2g"),
    ]


def _figure_cells(row: dict[str, Any]) -> list[str]:
    sense = "≥" if row["sense"] == "at least" else "≤"
    unit = row["unit"] if row["unit"] in ("", "×") else " " + row["unit"]
    return [
        row["figure"],
        f"{_cell(row['value'], '.3g')}{unit}",
        f"{sense} {row['bound']:g}{unit}",
        "yes" if row["met"] else "no",
    ]


def _cell(value: float | None, form: str) -> str:
    """Return a number, as 1310 rather than 1.31e+03; nothing where there is none."""
    if value is None:
        return ""
    return f"{value:{form}}" if form == ".1e" else f"{float(f'{value:{form}}'):g}"
