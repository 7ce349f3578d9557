"""The datasets of the panels: the bundled sweeps, computed unless they are there and current."""

from collections.abc import Callable
from pathlib import Path

from thermospin.dataset import StoreError, describe
from thermospin.spec import SweepSpec, bundled_text, parse_spec
from thermospin.sweep import Progress, Report, numerics_here, run_sweep

_MAPS = ("fig2b", "fig2d", "fig3c")
_COARSE = ("axes.T_S.num=96", "axes.h_exc.num=71")
"""Every other row and column of the maps: points of the full grid."""


def spec_of(name: str, gamma: float, *, quick: bool = False) -> SweepSpec:
    """Return a bundled spec with another Γ, in Δ0, unless Γ is an axis; on coarser axes if quick.

    The bundled text is taken even where a file of the same name lies in the current folder.
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
    """Compute a sweep into a folder, under its name, unless it is there and current.

    Unfinished work is continued. A result of another sweep, or with other bits than it would have
    here, is replaced.

    Returns
    -------
    Report
        As of `run_sweep`; all points count as skipped where the file was there.

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
    except StoreError:  # unfinished work of another sweep
        return run(force=True)


def _is_current(path: Path, spec: SweepSpec) -> bool:
    """Return whether a file is complete, of this very sweep, and has the bits of this machine."""
    found = describe(path)
    return found.complete and found.spec_sha256 == spec.sha256 and found.numerics == numerics_here()
