"""A sweep whose results are kept in memory, as an xarray.Dataset, instead of a file."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import computed_variables, xarray_dataset
from thermospin.device import CPU
from thermospin.execution import threads as local
from thermospin.execution.chunk_values import ChunkValues, compute
from thermospin.execution.chunks import Chunk, Mesh
from thermospin.execution.engine import Engine, engine_on
from thermospin.execution.portion import Portion
from thermospin.execution.run import Progress
from thermospin.observables import ToleranceWarning
from thermospin.spec import SpecSource, spec_of

if TYPE_CHECKING:
    import xarray


def sweep(
    spec: SpecSource,
    *,
    threads: int | None = None,
    progress: Progress | bool | None = None,
    device: str = CPU,
    engine: Engine | None = None,
) -> xarray.Dataset:
    """Compute a sweep and return it as a dataset, without a file.

    Parameters
    ----------
    spec : SweepSpec, path, str or mapping
        What to compute: a spec, its file, the name of a bundled spec, the text of a spec in YAML,
        or a mapping with the keys of a spec.
    threads : int, optional
        Number of threads; by default that of the SLURM task or the processors available. The
        values do not depend on it.
    progress : callable or bool, optional
        A function that is called with the number of points done and of all points; or whether to
        show a bar. By default a bar is shown in a notebook and in a terminal.
    device : str, optional
        What computes the integrals between ideal leads: ``"cpu"``, or ``"cuda"`` for an NVIDIA
        graphics card (docs/howto/cuda.md).
    engine : Engine, optional
        The function that computes values, and the sizes of chunks; by default those of the device.

    Returns
    -------
    xarray.Dataset
        What ``xarray.open_dataset`` gives of the file of this sweep, with the same values,
        coordinates and attributes; only its history and provenance tell when it was made.

    Raises
    ------
    SpecError
        With everything that is wrong in the spec.
    ValueError
        If there is no such device.
    ModuleNotFoundError
        If xarray is missing, or what a graphics card needs.
    NoCardError
        If there is no graphics card, or it cannot be used.

    Warns
    -----
    ToleranceWarning
        If values missed their tolerance; the variables ``status`` and ``junction_status`` of the
        dataset say which.
    """
    _check_xarray()
    engine = engine_on(device) if engine is None else engine
    found = spec_of(spec)
    workers = local.thread_count(threads)
    portion = Portion.of(Mesh.of(found, engine.sizes))
    job = portion.job(engine.numerics(), threads=workers, group=engine.group)
    variables = {each.name: each for each in job.variables()}
    values: dict[str, NDArray[Any]] = {
        name: np.empty(variables[name].size, variables[name].dtype)
        for name in computed_variables(found)
    }
    missed = done = 0
    with _shown(progress) as report, closing(_results(portion, engine, workers)) as results:
        report(0, portion.points)
        for chunk, computed in results:
            positions = dict.fromkeys(values, 0)
            for place in job.places(chunk.index):
                start = positions[place.name]
                positions[place.name] = start + place.length
                part = computed.values[place.name][start : start + place.length]
                values[place.name][place.first : place.first + place.length] = part
            missed += computed.missed
            done += chunk.points
            report(done, portion.points)
    if missed:
        values_that = "1 value" if missed == 1 else f"{missed} values"
        message = f"{values_that} missed rtol = {found.rtol:g}; the status says which"
        warnings.warn(message, ToleranceWarning, stacklevel=2)
    return xarray_dataset(job, values)


def _results(
    portion: Portion, engine: Engine, workers: int
) -> Generator[tuple[Chunk, ChunkValues], None, None]:
    compute_chunk = partial(compute, portion.mesh, evaluate=engine.evaluate)
    return local.computed(compute_chunk, portion.chunks.values(), workers)


def _check_xarray() -> None:
    try:
        import xarray  # noqa: F401
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            'a sweep without a file needs xarray: pip install "thermospin[xarray]"'
        ) from None


@contextmanager
def _shown(progress: Progress | bool | None) -> Iterator[Progress]:
    """Yield the function that reports progress: the given one, that of a bar, or none."""
    if callable(progress):
        yield progress
        return
    from tqdm.auto import tqdm  # in a notebook its own bar

    disable = not (_is_watched() if progress is None else progress)
    with tqdm(total=0, unit="point", unit_scale=True, disable=disable) as bar:

        def report(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield report


def _is_watched() -> bool:
    """Return whether somebody sees the bar: in a notebook or at a terminal."""
    return "ipykernel" in sys.modules or sys.stderr.isatty()
