"""The benchmark in its long form: ``python benchmarks/run.py [--json FILE]``.

Prints Markdown: the kernels against the alternatives, the figures with their bounds, accuracy by
kind of junction and by broadening, and the memory of a sweep of 1e8 points (about half an hour;
``--points`` makes it smaller).
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import accuracy

from thermospin import bench
from thermospin.bench.processes import peak_memory

MANY = 100_000_000


def main() -> None:
    """Run everything and print the tables."""
    parser = argparse.ArgumentParser(description="Run the whole benchmark.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    parser.add_argument(
        "--points", type=int, default=MANY, help="of the sweep whose memory is measured"
    )
    arguments = parser.parse_args()

    groups = accuracy.measure(accuracy.RTOL)
    results = bench.run()
    results["figures"].append(peak_memory(arguments.points).as_dict())
    results["accuracy"] = [asdict(group) for group in groups]
    print(bench.table(results), accuracy.table(groups), sep="\n\n")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    accuracy.require_honest(groups)


if __name__ == "__main__":
    main()
