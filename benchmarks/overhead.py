"""What durability costs: ``python benchmarks/overhead.py [POINTS] [--folder DIR] [--json FILE]``.

The same chunks are computed by the same threads with a store and without, in turn, 1e7 points by
default (minutes, and a file of 170 MB in the folder, which should lie on a disk and not in memory);
the digests of all chunks must be equal. Prints Markdown.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from thermospin.bench.durability import compare_stores, share_of_durability
from thermospin.bench.report import circumstances, figure_table, heading, markdown
from thermospin.sweep import thread_count


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what durability costs.")
    parser.add_argument("points", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--rounds", type=int, default=4, help="of both kinds")
    parser.add_argument("--threads", type=int, help="by default as for a run")
    parser.add_argument("--folder", type=Path, help="where the file goes, by default a temporary")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    arguments = parser.parse_args()
    workers = thread_count(arguments.threads)
    found = circumstances()
    with TemporaryDirectory(dir=arguments.folder) as folder:
        rounds = compare_stores(arguments.points, arguments.rounds, workers, Path(folder))
    figure = share_of_durability(arguments.points, rounds)
    lines = [
        (f"{number}", f"{each.bare:.3f}", f"{each.stored:.3f}", f"{100 * each.share:.2f}")
        for number, each in enumerate(rounds, start=1)
    ]
    tables = (
        f"{heading(found)}; {workers} threads",
        markdown(("round", "without a store, s", "with a store, s", "share, %"), lines),
        figure_table([figure.as_dict()]),
    )
    print("\n\n".join(tables))
    if arguments.json is not None:
        found |= {"threads": workers, "rounds": [asdict(each) for each in rounds]}
        found["figures"] = [figure.as_dict()]
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
