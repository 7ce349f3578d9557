"""The datasets of the panels: results of bundled specs, computed unless current files are there."""

from collections.abc import Callable
from pathlib import Path

from thermospin.dataset import StoreError, describe
from thermospin.execution import Progress, Report, numerics_here, run_sweep
from thermospin.spec import SweepSpec, bundled_text, parse_spec

_MAPS = ("fig2b", "fig2d", "fig3c")
_COARSE = ("axes.T_S.num=96", "axes.h_exc.num=71")
"""Overrides that leave every other row and column of a map; all its points are of the full map."""


def spec_of(name: str, gamma: float, *, quick: bool = False) -> SweepSpec:
    """Return a bundled spec with another Γ.

    The bundled text is read even if a file of that name lies in the current folder.

    Parameters
    ----------
    name : str
        The name of the spec.
    gamma : float
        Γ of both leads, in Δ0; it has no effect on a spec whose axis is Γ.
    quick : bool, optional
        Whether maps have every other row and column only.
    """
    text, source = bundled_text(name), f"{name}.yaml"
    written = parse_spec(text, source)
    changes = [f"gamma={gamma!r}"] if written.fixed.get("gamma", gamma) != gamma else []
    if quick and name in _MAPS:
        changes += _COARSE
    return parse_spec(text, source, changes) if changes else written


def produce(
    spec: SweepSpec,
    folder: Path,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Report:
    """Compute a sweep into a file of its name in a folder, unless a current result is there.

    An unfinished sweep is continued. A result of another spec, or one that was computed by another
    version or processor, so that bits may differ, is replaced.

    Parameters
    ----------
    spec : SweepSpec
        The sweep.
    folder : Path
        The folder.
    threads, progress, stop : optional
        As of `run_sweep`.

    Returns
    -------
    Report
        As of `run_sweep`; all points count as skipped if a current result was there.

    Raises
    ------
    FileError
        If there is a file of that name that is not a result of thermospin.
    OutputError, Stopped, OSError
        As of `run_sweep`.
    """
    path = folder / f"{spec.name}.h5"

    def run(*, force: bool) -> Report:
        return run_sweep(
            spec,
            path,
            resume=not force,
            force=force,
            threads=threads,
            progress=progress,
            stop=stop,
        )

    if path.exists() and not _is_current(path, spec):
        return run(force=True)
    try:
        return run(force=False)
    except StoreError:  # an unfinished sweep of another spec
        return run(force=True)


def _is_current(path: Path, spec: SweepSpec) -> bool:
    """Return whether a file is a complete result of a spec, with the bits it would have here."""
    found = describe(path)
    return found.complete and found.spec_sha256 == spec.sha256 and found.numerics == numerics_here()
