"""All benchmarks of this folder whose figures have a bound, in one run.

``python benchmarks/run.py [--quick] [--points N] [--json FILE]`` prints Markdown: the kernels
beside their peers, mitmojco among them; the figures with their bounds, of which the last is the
peak memory of a sweep of ``--points`` points (1e8 by default); and the accuracy by kind of junction
and by broadening. It takes some minutes, on an older machine half an hour; with ``--quick`` and
``--points 100000`` less.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import accuracy
import dense_gain
import film_gaps
import heat_balance
import memory
import outputs
import startup
import tca_bcs
import whole_sweeps

from thermospin import bench


def measure(quick: bool, points: int) -> dict[str, Any]:
    """Run the benchmark of the command `bench`, and add mitmojco and the figures of this folder.

    Parameters
    ----------
    quick : bool
        Whether fewer rounds of smaller sweeps are enough.
    points : int
        Number of points of the sweep whose memory is measured.

    Returns
    -------
    dict
        What `thermospin.bench.run` returns, with more ``rows`` and ``figures``.
    """
    results = bench.run(quick=quick, every=True)
    results["rows"].insert(0, asdict(tca_bcs.row()))
    measured = (whole_sweeps, dense_gain, outputs, film_gaps, heat_balance, startup)
    found = [figure for each in measured for figure in each.figures(quick)]
    found.append(memory.peak_memory(points))
    results["figures"] += [figure.as_dict() for figure in found]
    return results


def main() -> None:
    """Measure everything and print the tables."""
    parser = argparse.ArgumentParser(description="Run the whole benchmark.")
    parser.add_argument("--quick", action="store_true", help="smaller sweeps and fewer rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    parser.add_argument(
        "--points", type=int, default=memory.MANY, help="of the sweep whose memory is measured"
    )
    arguments = parser.parse_args()

    groups = accuracy.measure(accuracy.RTOL)
    results = measure(arguments.quick, arguments.points)
    results["accuracy"] = [asdict(group) for group in groups]
    print(bench.table(results), accuracy.table(groups), sep="\n\n")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    accuracy.require_honest(groups)


if __name__ == "__main__":
    main()
