"""Peak memory of a large sweep above that of the imported program.

``python benchmarks/memory.py [POINTS]``, 1e8 points by default: minutes, and a file of a gigabyte
in the temporary folder.
"""

import argparse

from thermospin.bench.processes import peak_memory


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the peak memory of a sweep.")
    parser.add_argument("points", type=int, nargs="?", default=100_000_000)
    budget = peak_memory(parser.parse_args().points)
    met = "met" if budget.met else "missed"
    print(f"{budget.figure}: {budget.value:.0f} MB; at most {budget.bound:.0f} MB: {met}")


if __name__ == "__main__":
    main()
