"""The benchmark of the command `bench`: the kernels beside their peers, and on which machine."""

import os
from dataclasses import asdict
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from thermospin.dataset.provenance import NumericalIdentity, collect
from thermospin.device import CPU, card_name, check_device
from thermospin.execution import code_digest


def run(quick: bool = False, every: bool = False, device: str = CPU) -> dict[str, Any]:
    """Time the kernels and the other methods on the same points, and films beside ideal leads.

    Parameters
    ----------
    quick : bool, optional
        Fewer rounds, and the slow methods on a fifth of the points.
    every : bool, optional
        All peers: `quad_vec`, the trapezoid rule and FFT correlation on uniform grids as well.
    device : str, optional
        ``"cuda"`` to time a graphics card beside the processor as well.

    Returns
    -------
    dict
        Values that JSON can hold: the machine, versions, commit and date; ``rows``, the methods
        with their times (µs per point, one point being I_up and I_down) and worst relative errors;
        ``figures``, the speed-up and what films cost, each with its bound and whether it was met;
        and ``card`` with a graphics card: millions of points a second.

    Raises
    ------
    ModuleNotFoundError
        If SciPy is missing, or what a graphics card needs.
    NoCardError
        If there is no graphics card.
    BenchmarkError
        If an answer is wrong.
    """
    if find_spec("scipy") is None:
        message = 'the benchmark needs scipy: pip install "thermospin[bench]"'
        raise ModuleNotFoundError(message, name="scipy")
    from thermospin.bench.comparison import compare
    from thermospin.bench.films import compare_films

    check_device(device)
    found = circumstances()
    rows, speedup = compare(quick, every)
    return {
        **found,
        "quick": quick,
        "rows": [asdict(row) for row in rows],
        "figures": [figure.as_dict() for figure in (speedup, *compare_films(quick))],
        **({} if device == CPU else _of_card(quick)),
    }


def _of_card(quick: bool) -> dict[str, Any]:
    from thermospin.bench.card_speed import compare_card

    return {"card": {"name": card_name(), "rows": [asdict(row) for row in compare_card(quick)]}}


def circumstances() -> dict[str, Any]:
    """Return the machine, the versions, the commit and the date of a benchmark, for JSON."""
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
