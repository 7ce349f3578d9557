"""The figure of docs/evidence/scaling.md, drawn from the numbers that `scaling.py` measures."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from thermospin.figures.style import COLUMN, style


def draw(results: dict[str, Any], path: Path) -> None:
    """Draw the six panels as one figure of two columns' width.

    Parameters
    ----------
    results : dict
        What `scaling.measure` returned.
    path : Path
        The picture file.
    """
    with style():
        figure = Figure(figsize=(2 * COLUMN, 4.2), layout="constrained")
        panels = figure.subplots(2, 3).ravel()
        _draw_points(panels[0], results["points"])
        _draw_threads(panels[1], results["threads"])
        _draw_chunks(panels[2], results["scheduler"])
        _draw_kernel(panels[3], results["gamma"], "gamma", "Γ (Δ$_0$)")
        _draw_kernel(panels[4], results["rtol"], "rtol", "rtol")
        _draw_nodes(panels[5], results["nodes"])
        for letter, axes in zip("abcdef", panels, strict=True):
            axes.set_title(f"({letter})", loc="left")
        figure.savefig(path)


def _draw_points(axes: Axes, rows: Sequence[dict[str, Any]]) -> None:
    points, seconds = (np.array([row[name] for row in rows]) for name in ("points", "seconds"))
    axes.loglog(points, seconds, "o-")
    axes.loglog(points, seconds[-1] * points / points[-1], "--", color="0.6", zorder=0)
    axes.annotate(
        f"{1e6 * seconds[-1] / points[-1]:.2g} µs a point",
        (0.95, 0.05),
        xycoords="axes fraction",
        ha="right",
    )
    axes.set(xlabel="points", ylabel=f"wall time (s), {rows[0]['threads']} threads")


def _draw_threads(axes: Axes, rows: Sequence[dict[str, Any]]) -> None:
    count = [row["threads"] for row in rows]
    axes.plot(count, [rows[0]["seconds"] / row["seconds"] for row in rows], "o-")
    axes.plot(count, count, "--", color="0.6", zorder=0)
    axes.minorticks_off()
    axes.set(xlabel="threads", ylabel="gain", xticks=count, ylim=(0, 1.1 * count[-1]))


def _draw_chunks(axes: Axes, rows: Sequence[dict[str, Any]]) -> None:
    mine = [row for row in rows if row["what"].startswith("run")]
    count = [row["chunks"] for row in mine]
    for name, label, form in (
        ("microseconds", "wall", "o-"),
        ("processor", "processor", "s:"),
    ):
        axes.semilogx(count, [row[name] for row in mine], form, label=label)
    axes.legend(title="no physics", loc="lower left")
    top = 1.1 * max(row["microseconds"] for row in mine)
    axes.set(xlabel="chunks", ylabel="overhead a chunk (µs)", ylim=(0, top))


def _draw_kernel(axes: Axes, rows: Sequence[dict[str, Any]], name: str, label: str) -> None:
    microseconds = [row["microseconds"] for row in rows]
    axes.semilogx([row[name] for row in rows], microseconds, "o-")
    top = 1.1 * max(microseconds)
    axes.set(xlabel=label, ylabel="µs a point, one thread", ylim=(0, top))


def _draw_nodes(axes: Axes, rows: Sequence[dict[str, Any]]) -> None:
    for gamma in dict.fromkeys(row["gamma"] for row in rows):
        mine = [row for row in rows if row["gamma"] == gamma]
        label = f"$10^{{{math.log10(gamma):.0f}}}$"
        axes.semilogx([r["error"] for r in mine], [r["nodes"] for r in mine], "o-", label=label)
    axes.legend(title="Γ (Δ$_0$)", ncols=2)
    top = 1.1 * max(row["nodes"] for row in rows)
    axes.set(xlabel="worst error of $I_σ$, relative", ylabel="nodes a point", ylim=(0, top))
