"""The pictures of docs/howto/explore.md, taken of the page in headless Chromium.

``python benchmarks/explore_pictures.py [FOLDER]`` serves the page, brings it into four states, and
moves the slider of h_exc for a film strip. FOLDER is docs/howto/explore unless given.
"""

import argparse
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import chromium
import numpy as np
from explorer_page import ExplorerPage
from matplotlib.image import imread, imsave
from playwright.sync_api import Browser, ViewportSize, sync_playwright

import thermospin as ts

FOLDER = Path(__file__).parents[1] / "docs" / "howto" / "explore"
_PAGE_ON_PICTURES = FOLDER.with_name("plotting.md")
_SPEC = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SIZE = ViewportSize(width=1280, height=720)
_FIELDS = (0.05, 0.15, 0.25, 0.4)
_AT_REST = 1500  # milliseconds after which nothing moves any more


def take(folder: Path) -> None:
    """Take all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium.served() as (_, address), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.arguments()
        )
        page = ExplorerPage(browser.new_page(viewport=_SIZE), address)
        _usual(page, folder)
        _film_strip(page, folder)
        _refused(page, folder)
        page = ExplorerPage(browser.new_page(viewport=_SIZE), address)
        _fitted(page, folder)
        _clicked(browser, folder)
        browser.close()


def _picture(page: ExplorerPage, path: Path) -> None:
    page.page.wait_for_timeout(_AT_REST)
    page.page.screenshot(path=path)


def _usual(page: ExplorerPage, folder: Path) -> None:
    """The page as it opens, with the pointer at a bias."""
    x, y, width, height = _frame(page)
    page.page.mouse.move(x + 0.82 * width, y + 0.3 * height)
    _picture(page, folder / "page.png")
    page.page.mouse.move(5, 5)


def _film_strip(page: ExplorerPage, folder: Path) -> None:
    """The main figure at four places of a slider, side by side."""
    x, y, width, height = _frame(page)
    clip = {"x": x - 70, "y": y - 20, "width": width + 70, "height": height + 72}
    frames = []
    with TemporaryDirectory() as scratch:
        path = Path(scratch, "frame.png")
        for h_exc in _FIELDS:
            page.type("h_exc", f"{h_exc:g}")
            page.page.wait_for_timeout(_AT_REST)
            page.page.screenshot(path=path, clip=clip)  # type: ignore[arg-type]
            frames.append(imread(path))
    rows = [np.hstack(frames[:2]), np.hstack(frames[2:])]
    imsave(folder / "film_strip.png", np.vstack(rows))


def _refused(page: ExplorerPage, folder: Path) -> None:
    """A number that is refused at its field."""
    page.type("T_S", "-0.7")
    _picture(page, folder / "refused.png")


def _fitted(page: ExplorerPage, folder: Path) -> None:
    """A measured curve in SI, and the fit to it."""
    material = ts.Material(T_c="1.31 K", R_T="4.8 kohm")
    junction = ts.Junction(T_S=0.7, T_Sm=0.1, h_exc=0.25, gamma=5e-3)
    V = np.linspace(-2.6, 2.6, 261)
    current = ts.currents(V, junction).charge + 3e-3 * np.random.default_rng(1).normal(size=261)
    volts, amperes = material.si("V", V)[0], material.si("I_q", current)[0]
    rows = [f"{1e3 * v:.6g},{1e9 * i:.6g}" for v, i in zip(volts, amperes, strict=True)]
    page.type("T_Sm", "0.1")
    for heading in ("Bias", "Measured curve, fit"):
        page.button(heading).click()
    with TemporaryDirectory() as scratch:
        path = Path(scratch, "iv.csv")
        path.write_text("\n".join(["V (mV),I (nA)", *rows]), encoding="utf-8")
        page.field("measured").set_input_files(path)
        page.page.get_by_text("are guessed from the curve").wait_for()
    page.button("Fit").click()
    page.page.get_by_text("h_exc = ").wait_for()
    _picture(page, folder / "fit.png")


def _clicked(browser: Browser, folder: Path) -> None:
    """A map of the sweep of docs/howto/plotting.md, and the junction that was clicked on it."""
    (spec,) = _SPEC.findall(_PAGE_ON_PICTURES.read_text(encoding="utf-8"))
    with TemporaryDirectory() as scratch:
        file = Path(scratch, "film.h5")
        ts.run_sweep(ts.parse_spec(spec, "film.yaml"), file)
        with chromium.served(str(file)) as (_, address):
            page = ExplorerPage(browser.new_page(viewport=_SIZE), address)
            page.page.mouse.move(827, 130)
            page.page.mouse.click(830, 130)
            _picture(page, folder / "sweep.png")


def _frame(page: ExplorerPage) -> list[float]:
    """Return where the frame of the main figure stands on the screen: x, y, width and height."""
    found = page.models(
        "(() => { const view = Bokeh.index.find_one(figures[0]);"
        " const b = view.frame.bbox, r = view.el.getBoundingClientRect();"
        " return [r.x + b.left, r.y + b.top, b.width, b.height] })()"
    )
    return [float(each) for each in found]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take the pictures of docs/howto/explore.md.")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    take(parser.parse_args().folder)
