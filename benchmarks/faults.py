"""The fault campaign in its long form: ``python benchmarks/faults.py [PART]... [--quick]``.

Runs are disturbed in every way that is listed below and then resumed. Each must end in the bits of
an undisturbed run and leave nothing beside its result; a file under the final name must be whole at
any moment. The first promise that is broken stops the campaign. Prints Markdown: the part, the
fault, the number of injections, that of the runs that were resumed to their end, the outcome.
The long form takes the better part of an hour; the suite holds a bounded sample of it. The parts
``small-disk`` and ``filling-disk`` mount a tmpfs, which takes root on Linux.
"""

import argparse
import json
import os
import platform
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from campaign import injected, processes
from campaign.outcome import Row

from thermospin.execution import code_digest

KILL, TERM, INT = signal.SIGKILL, signal.SIGTERM, signal.SIGINT


def parts(quick: bool) -> dict[str, Callable[[], Row]]:
    """Return what produces each line of the table."""

    def size(few: int, many: int) -> int:
        return few if quick else many

    shapes = size(1, len(injected.SHAPES))
    kinds = injected.KINDS[: size(2, len(injected.KINDS))]
    return {
        **{kind: partial(injected.every_call, kind, shapes) for kind in injected.KINDS},
        "merge": lambda: injected.mergers(kinds),
        "power": lambda: injected.power_cuts(size(2, 4)),
        "chains": lambda: injected.chains(size(20, 100)),
        "damage": lambda: injected.damage(size(40, 200)),
        "flips": lambda: injected.flipped_bytes(size(199, 5)),
        "SIGKILL": lambda: processes.signals((KILL,), size(5, 200)),
        "SIGTERM": lambda: processes.signals((TERM,), size(3, 20)),
        "SIGINT": lambda: processes.signals((INT,), size(3, 10)),
        "SIGUSR1": lambda: processes.signals((signal.SIGUSR1,), size(3, 10)),
        "SIGHUP": lambda: processes.signals((signal.SIGHUP,), size(3, 10)),
        "twice": lambda: processes.signals((INT, INT), size(3, 10)),
        "grace": lambda: processes.signals((TERM, KILL), size(3, 10)),
        "pause": lambda: processes.signals((signal.SIGSTOP, signal.SIGCONT), size(3, 10)),
        "rivals": lambda: processes.rivals(size(1, 5), 4),
        "successors": lambda: processes.successors(size(2, 6)),
        "file-limit": lambda: processes.limited_files(size(2, 6)),
        "small-disk": lambda: processes.small_disks(size(2, 6)),
        "filling-disk": lambda: processes.filling_disks(size(2, 6)),
        "workers": lambda: processes.workers(size(2, 10)),
    }


def main() -> None:
    """Run the campaign and print the table."""
    parser = argparse.ArgumentParser(description="Run the fault campaign.")
    parser.add_argument("part", nargs="*", help="lines of the table, all by default")
    parser.add_argument("--quick", action="store_true", help="a few of each")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    arguments = parser.parse_args()
    known = parts(arguments.quick)
    if unknown := set(arguments.part) - known.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    os.environ.pop("SLURM_CPUS_PER_TASK", None)
    print(f"kernels {code_digest()}, {platform.platform()}\n", file=sys.stderr)
    print("| part | fault | injections | runs to the end | outcome |")
    print("|---|---|---:|---:|---|")
    rows = []
    for name in arguments.part or known:
        row = known[name]()
        rows.append({"part": name, **asdict(row)})
        cells = (f"`{name}`", row.fault, f"{row.injections:,}", f"{row.runs:,}", row.outcome)
        print(f"| {' | '.join(cells)} |", flush=True)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
