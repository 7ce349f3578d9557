"""What the scripts of this folder share: a stopwatch, and a command line that prints figures."""

import argparse
import time
from collections.abc import Callable, Sequence

from thermospin.bench.budget import Budget
from thermospin.bench.tables import figure_table


def seconds_of(work: Callable[[], object]) -> float:
    """Return the wall time of a call, in seconds."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def print_figures(description: str, measure: Callable[[bool], Sequence[Budget]]) -> None:
    """Measure the figures of a script and print them with their bounds, as a Markdown table.

    Parameters
    ----------
    description : str
        What ``--help`` says about the script.
    measure : callable
        Returns the figures. Its argument says whether fewer rounds of smaller sweeps are enough,
        which the option ``--quick`` asks for.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="smaller sweeps and fewer rounds")
    figures = measure(parser.parse_args().quick)
    print(figure_table([figure.as_dict() for figure in figures]))
