"""A page for a browser, opened without network: sliders move, the cursor reads, a box zooms."""

import re

import numpy as np
import pytest
from browser_places import place_of, read_at

import thermospin as ts
from thermospin.figures import View
from thermospin.figures.colours import colours_of
from thermospin.figures.shades import shades
from thermospin.interactive import write_page
from thermospin.spec import parse_spec

pytestmark = pytest.mark.browser

SPEC = """
title: A film <in> an exchange field
material: {T_c: 1.3 K, R_T: 5 kohm}
fixed: {T_Sm: 30 mK, gamma: 2 ueV}
axes:
  T_S: [700 mK, 800 mK, 900 mK]
  h_exc: {start: 0 ueV, stop: 120 ueV, num: 13}
  V: {start: -200 uV, stop: 200 uV, num: 41}
outputs: [I_q, I_error]
"""
RANGES = """() => Array.from(Bokeh.documents[0]._all_models.values())
  .filter((one) => one.type === "Range1d").map((one) => [one.start, one.end])"""
IS_READY = "window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle"


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "film.h5"
    ts.run_sweep(parse_spec(SPEC, "film"), path, threads=1)
    return path


def opened(browser_page, file, **view):
    target = file.with_suffix(".html")
    write_page(file, target, view=View(**view))
    browser_page.goto(target.as_uri())
    browser_page.wait_for_function(IS_READY)
    browser_page.wait_for_selector(".bk-Figure")
    return browser_page


def number_in(line):
    return [float(word) for word in re.findall(r"[-+]?\d[\d.]*(?:e[-+]?\d+)?", line)]


def ranges_of(page):
    return page.evaluate(RANGES)


def assert_reads(file, T_S, lines):
    """Check that what the cursor reads is what the file has at the point that it reads."""
    with_names = {line.split(" = ")[0]: number_in(line.split(" = ")[1]) for line in lines}
    contents = ts.read(file)
    material = contents.material
    place = (
        int(np.argmin(np.abs(contents.axes["T_S"] - material.reduced("T_S", T_S)))),
        int(np.argmin(np.abs(contents.si_axes["h_exc"] * 1e6 - with_names["h_exc"][0]))),
        int(np.argmin(np.abs(contents.si_axes["V"] * 1e6 - with_names["V"][0]))),
    )
    factor = material.factor("G_T Δ0/e") * 1e9
    value, error = with_names["I_q"]
    assert value == pytest.approx(contents.outputs["I_q"][place] * factor, rel=1e-5)
    assert error == pytest.approx(2.0 * contents.outputs["I_error"][place] * factor, rel=0.1)


def test_the_cursor_reads_both_axes_and_the_value_with_its_error(offline, film):
    page = opened(offline, film, show=("I_q",))
    lines = read_at(page, *place_of(page, 0, 0.8, 0.5))
    assert lines[0] == "V = 120 µV"
    assert lines[1] == "h_exc = 60 µeV"
    assert lines[2].endswith(" nA")
    assert_reads(film, "800 mK", lines)


def test_a_slider_moved_by_the_keyboard_shows_the_values_of_its_next_point(offline, film):
    page = opened(offline, film, show=("I_q",))
    spot = place_of(page, 0, 0.7, 0.3)
    before = read_at(page, *spot)
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    after = read_at(page, *spot)
    assert before[:2] == after[:2]
    assert before[2] != after[2]
    assert_reads(film, "800 mK", before)
    assert_reads(film, "900 mK", after)


def test_the_colours_after_a_slider_moved_are_those_of_its_values(offline, film):
    picture = """() => {
      const models = Array.from(Bokeh.documents[0]._all_models.values());
      const image = models.find((one) => one.type === "GlyphRenderer" && one.name === "I_q");
      return Array.from(image.data_source.data.image[0]);
    }"""
    page = opened(offline, film, show=("I_q",))
    first = page.evaluate(picture)
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowLeft")
    moved = page.evaluate(picture)
    values = ts.read(film).outputs["I_q"]
    colours = colours_of("I_q", values)
    for T, shown in ((1, first), (0, moved)):
        assert shown == shades(values[T], colours).ravel().tolist()
    assert first != moved


def test_a_box_zooms_all_panels_along_the_same_axes(offline, film):
    page = opened(offline, film, facet="T_S", show=("I_q",))
    before = ranges_of(page)
    page.mouse.move(*place_of(page, 0, 0.25, 0.25))
    page.mouse.down()
    page.mouse.move(*place_of(page, 0, 0.5, 0.5), steps=5)
    page.mouse.up()
    page.wait_for_function(f"(before) => JSON.stringify(({RANGES})()) !== JSON.stringify(before)",
                           arg=before)  # fmt: skip
    after = ranges_of(page)
    assert len(before) == len(after) == 2
    (low, high) = next(new for old, new in zip(before, after, strict=True) if old == [-200, 200])
    assert (low, high) == (pytest.approx(-100, abs=3), pytest.approx(0, abs=3))


def test_the_cursor_reads_a_curve(offline, film):
    page = opened(offline, film, at={"h_exc": "60 ueV", "T_S": "800 mK"}, show=("I_q",))
    contents = ts.read(film)
    value = contents.outputs["I_q"][1, 6, -1] * contents.material.factor("G_T Δ0/e") * 1e9
    low, high = ranges_of(page)[1]
    lines = read_at(page, *place_of(page, 0, 0.999, (value - low) / (high - low)))
    assert lines[0] == "V = 200 µV"
    assert number_in(lines[1])[0] == pytest.approx(value, rel=1e-5)
    assert lines[1].endswith(" nA")


def test_a_page_is_usable_on_a_narrow_screen(offline, film):
    offline.set_viewport_size({"width": 420, "height": 800})
    page = opened(offline, film, show=("I_q",))
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    assert len(read_at(page, *place_of(page, 0, 0.5, 0.5))) == 3
