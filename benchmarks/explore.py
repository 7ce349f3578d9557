"""How long the explorer takes from a slider to the picture, measured in the browser.

``python benchmarks/explore.py [--quick]`` serves the page to headless Chromium, moves the slider of
T_S and takes the time until the main figure is painted with the new curves of 1001 voltages. It
prints the median and the 90th percentile, with what the server's process computed for each step,
and fails if a curve that was drawn is wrong.
"""

import argparse
import os
from typing import NamedTuple

import chromium
import numpy as np
from explorer_page import ExplorerPage
from numpy.typing import NDArray
from playwright.sync_api import sync_playwright

import thermospin as ts
from thermospin.bench.budget import Budget, require
from thermospin.bench.tables import figure_table

STEPS, QUICK_STEPS = 100, 20
MOST_MILLISECONDS = 50.0
_TOLERANCE = 1e-9
_MOVE = """
  const view = Bokeh.index.find_one(figures[0])
  const slider = models.find(m => m.html_attributes?.["data-slider"] == "T_S")
  const heard = signal => new Promise(done => {
    const hear = () => { signal.disconnect(hear); done() }
    signal.connect(hear)
  })
  return (async () => {
    const begun = performance.now()
    const arrived = heard(source.change)
    slider.value = value
    await arrived
    await heard(view.repainted)
    const after = new MessageChannel()  // whose turn comes when the frame has gone to the screen
    const gone = new Promise(done => { after.port1.onmessage = done })
    after.port2.postMessage(null)
    await gone
    return performance.now() - begun
  })()
"""


class Times(NamedTuple):
    """What steps of the slider took, in milliseconds, and what the server computed for each."""

    wall: NDArray[np.float64]
    server: float


def measure(steps: int) -> Times:
    """Move the slider of T_S, one step after the other, and check the last curve of each."""
    with chromium.served() as (pid, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.arguments()
        )
        page = ExplorerPage(browser.new_page(viewport={"width": 1280, "height": 720}), address)
        places = [0.3 + 0.005 * i for i in range(steps)]
        for T_S in places[:5]:
            _step(page, T_S)
        before = _processor_time(pid)
        wall = [_step(page, T_S) for T_S in places]
        server = 1e3 * (_processor_time(pid) - before) / steps
        _check(page, places[-1])
        browser.close()
    return Times(np.array(wall), server)


def _step(page: ExplorerPage, T_S: float) -> float:
    """Move the slider to a place, and return the milliseconds until the curve is on the screen."""
    milliseconds = float(page.run(_MOVE, T_S))
    page.page.wait_for_timeout(120)  # numbers and densities follow; then the page is at rest
    return milliseconds


def _check(page: ExplorerPage, T_S: float) -> None:
    """Compare the curve that is drawn with that of the library."""
    drawn = page.curves()
    expected = ts.currents(drawn["V"], ts.Junction(T_S=round(T_S, 4), h_exc=0.4)).charge
    require("voltages that are drawn", abs(drawn["V"].size - 1001), 0)
    require("I_q that is drawn", float(np.max(np.abs(drawn["I_q"] - expected))), _TOLERANCE)


def _processor_time(pid: int) -> float:
    """Return the processor time of a process so far, in seconds, as Linux tells it."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def figures(steps: int) -> list[Budget]:
    """Return the times with their bounds."""
    found = measure(steps)
    return [
        Budget("slider to picture, 1001 voltages, median", float(np.median(found.wall)),
               MOST_MILLISECONDS, "ms"),
        Budget("slider to picture, 1001 voltages, 90th percentile",
               float(np.percentile(found.wall, 90)), MOST_MILLISECONDS, "ms"),
        Budget("processor time of the server, a step with its numbers and densities",
               found.server, MOST_MILLISECONDS, "ms"),
    ]  # fmt: skip


def main() -> None:
    """Measure, and print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description="Time the explorer from a slider to the picture.")
    parser.add_argument("--quick", action="store_true", help="fewer steps")
    steps = QUICK_STEPS if parser.parse_args().quick else STEPS
    print(figure_table([figure.as_dict() for figure in figures(steps)]))


if __name__ == "__main__":
    main()
