"""`reproduce`: datasets, pictures, numbers and claims of the paper's panels, into one folder."""

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from thermospin import figures
from thermospin.dataset import Contents, read
from thermospin.execution import Progress, Report, Stopped
from thermospin.junction import FloatArray, validated
from thermospin.reproduction import claims_table, csv_table, gamma_sensitivity
from thermospin.reproduction.claims import CLAIMS, Evidence, short
from thermospin.reproduction.claims_table import Judgement, counted
from thermospin.reproduction.datasets import produce, spec_of
from thermospin.spec import SweepSpec

PANELS = ("1b", "2a", "2b", "2c", "2d", "3a", "3b", "3c", "3d")
"""The panels of the paper's figures; the bundled spec of ``1b`` is ``fig1b``, and so on."""

FIGURES = {"fig2": PANELS[1:5], "fig3": PANELS[5:]}
"""The figures of several panels, and these panels."""

GAMMA = "gamma"
"""The name by which the figure and the table on Γ are asked for."""

DEFAULT_GAMMA = 1e-4
"""Dynes Γ of the bundled specs, in Δ0."""


@dataclass(frozen=True)
class Events:
    """Functions that are called while a reproduction is running; by default they do nothing.

    Attributes
    ----------
    sweep : callable
        Called with the spec before each sweep. The context that it returns lasts as long as the
        sweep and yields a function that is called with its progress, or None.
    done : callable
        Called with the report after each sweep.
    written : callable
        Called with the path of each picture and each table after it is written.
    stop : callable
        Called before each chunk of a sweep and after each picture; true stops the reproduction.
    """

    sweep: Callable[[SweepSpec], AbstractContextManager[Progress | None]] = lambda _: nullcontext()
    done: Callable[[Report], None] = lambda _: None
    written: Callable[[Path], None] = lambda _: None
    stop: Callable[[], bool] = lambda: False


@dataclass
class Reproduction:
    """The outcome of a reproduction.

    Attributes
    ----------
    folder : Path
        The folder of the files.
    gamma : float
        Dynes Γ, in Δ0.
    sweeps : list of Report
        The report of each sweep; all points are skipped if a current dataset was there.
    files : list of Path
        Datasets, pictures and tables, in the order in which they were written.
    judgements : list of Judgement
        The claims about the panels asked for, and what the model gives.
    """

    folder: Path
    gamma: float
    sweeps: list[Report] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """How many claims have each verdict and for which Γ, in words."""
        return f"{counted(self.judgements)} at Γ = {short(self.gamma)} Δ0"

    @property
    def missed(self) -> int:
        """Number of values that missed their tolerance, in all sweeps."""
        return sum(sweep.missed for sweep in self.sweeps)


def chosen(names: Iterable[str]) -> list[str]:
    """Return the panels, and `GAMMA`, that some names stand for; all of them without names.

    A name is that of a panel or of a figure, or `GAMMA`; any other raises a ValueError.
    """
    asked = list(names)
    if not asked:
        return [*PANELS, GAMMA]
    wanted = {panel for name in asked for panel in FIGURES.get(name, (name,))}
    if unknown := wanted - {*PANELS, GAMMA}:
        known = ", ".join([*PANELS, *FIGURES, GAMMA])
        raise ValueError(f"{', '.join(sorted(unknown))}: no such panel, must be one of {known}")
    return [name for name in (*PANELS, GAMMA) if name in wanted]


def reproduce(
    names: Iterable[str] = (),
    folder: str | Path = "figures",
    *,
    gamma: float = DEFAULT_GAMMA,
    quick: bool = False,
    threads: int | None = None,
    events: Events | None = None,
) -> Reproduction:
    """Compute, draw and check panels of arXiv:2105.01527.

    Parameters
    ----------
    names : iterable of str, optional
        Panels ``1b`` to ``3d``, figures ``fig2`` and ``fig3``, or ``gamma``; by default all.
    folder : path, optional
        The folder of the files; it is created if need be. Current datasets are kept, all other
        files are replaced.
    gamma : float, optional
        Dynes Γ of both leads, in Δ0.
    quick : bool, optional
        Whether maps have every other row and column only.
    threads : int, optional
        As of `run_sweep`.
    events : Events, optional
        Functions that are called while it is running.

    Returns
    -------
    Reproduction
        What was made: for each panel its dataset, its picture as PDF and PNG and its numbers as
        CSV; a picture of each figure all of whose panels were asked for; the claims about the
        panels asked for, as ``claims.md`` and ``claims.json``.

    Raises
    ------
    ValueError
        If a name is not known, Γ is out of range, or matplotlib is missing.
    Stopped
        If ``events.stop`` returned true; finished files and chunks are kept.
    """
    wanted, events = chosen(names), events or Events()
    validated("gamma", gamma)
    figures.check_matplotlib()
    specs = [spec_of(name, gamma, quick=quick) for name in _sweeps(wanted)]
    made = Reproduction(Path(folder), gamma)
    made.folder.mkdir(parents=True, exist_ok=True)
    data = {}
    for spec in specs:
        with events.sweep(spec) as progress:
            sweep = produce(spec, made.folder, threads=threads, progress=progress, stop=events.stop)
        made.sweeps.append(sweep)
        made.files.append(sweep.path)
        events.done(sweep)
        data[spec.name] = read(sweep.path)
    _draw(made, data, wanted, events)
    panels = {panel: data[f"fig{panel}"] for panel in wanted if panel != GAMMA}
    if panels:
        evidence = Evidence(gamma, panels)
        made.judgements += judged(evidence)
        _write(made, "claims.md", claims_table.markdown(made.judgements, gamma), events)
        plain = json.dumps(claims_table.plain(made.judgements, gamma), indent=2, ensure_ascii=False)
        _write(made, "claims.json", plain + "\n", events)
    return made


def judged(evidence: Evidence) -> list[Judgement]:
    """Return each claim whose panels are all in the evidence, and what the model gives for it."""
    return [
        Judgement(claim, claim.examine(evidence))
        for claim in CLAIMS
        if set(claim.panels) <= set(evidence.data)
    ]


def _sweeps(wanted: Sequence[str]) -> list[str]:
    names = [f"fig{panel}" for panel in wanted if panel != GAMMA]
    return names + ([gamma_sensitivity.PEAKS, gamma_sensitivity.WINDOW] if GAMMA in wanted else [])


def _draw(
    made: Reproduction, data: dict[str, Contents], wanted: Sequence[str], events: Events
) -> None:
    """Write the pictures and the tables of numbers of all panels and figures asked for."""
    from thermospin.figures.paper import broadening_images, figure_images, panel_images

    for name, contents in data.items():
        _write(made, f"{name}.csv", csv_table.table(contents, _derived(contents)), events)
    for panel in wanted:
        if panel != GAMMA:
            _write_images(made, f"fig{panel}", panel_images(panel, data[f"fig{panel}"]), events)
    for name, panels in FIGURES.items():
        if set(panels) <= set(wanted):
            images = figure_images({panel: data[f"fig{panel}"] for panel in panels})
            _write_images(made, name, images, events)
    if GAMMA in wanted:
        peaks, window = data[gamma_sensitivity.PEAKS], data[gamma_sensitivity.WINDOW]
        rows = gamma_sensitivity.decade_rows(peaks)
        slope = gamma_sensitivity.slope_per_decade(peaks.fixed["T_S"], peaks.fixed["T_Sm"])
        _write_images(made, GAMMA, broadening_images(peaks, window, rows, slope), events)
        _write(made, f"{GAMMA}.md", gamma_sensitivity.table(peaks, window), events)


def _derived(contents: Contents) -> dict[str, FloatArray]:
    """Return columns for curves that are drawn but not stored: the threshold lines of the maps."""
    if set(contents.axes) != {"T_S", "h_exc"} or len(contents.axes["T_S"]) < 20:
        return {}
    from thermospin.figures.paper import threshold_field

    T_S = contents.axes["T_S"][:, np.newaxis]
    lines = {"h_t_tanh": threshold_field(contents, T_S, "tanh")}
    if "h_t" not in contents.outputs:
        lines = {"h_t": threshold_field(contents, T_S, "self-consistent")} | lines
    return lines


def _write_images(made: Reproduction, name: str, images: dict[str, bytes], events: Events) -> None:
    for suffix, image in images.items():
        _write(made, name + suffix, image, events)
    if events.stop():
        points = sum(sweep.points for sweep in made.sweeps)
        raise Stopped(points, points)


def _write(made: Reproduction, name: str, content: bytes | str, events: Events) -> None:
    path = made.folder / name
    figures.publish(content.encode() if isinstance(content, str) else content, path)
    made.files.append(path)
    events.written(path)
