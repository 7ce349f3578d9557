"""The maps of a sweep on the page of a junction: a click shows the junction at that point."""

import re

import chromium as chromium_of_the_system
import numpy as np
import pytest
from browser_places import place_of, read_at

import thermospin as ts
from thermospin.spec import parse_spec

pytestmark = pytest.mark.browser

SPEC = """
title: A film in an exchange field
material: {T_c: 1.3 K, R_T: 5 kohm}
fixed: {T_Sm: 30 mK, gamma: 2 ueV}
axes:
  T_S: [700 mK, 800 mK, 900 mK]
  h_exc: {start: 0 ueV, stop: 120 ueV, num: 13}
  V: {start: -200 uV, stop: 200 uV, num: 41}
outputs: [I_q, I_error, I_s]
"""
CURVE = """() => {
  const models = Array.from(Bokeh.documents[0]._all_models.values());
  const curves = models.find((one) => one.type === "ColumnDataSource" && "I_q" in one.data);
  return Object.fromEntries(["V", "I_q"].map((name) => [name, Array.from(curves.data[name])]));
}"""
READ = """() => {
  const models = Array.from(Bokeh.documents[0]._all_models.values());
  return models.filter((one) => one.data?.value).map((one) => Array.from(one.data.value));
}"""


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("sweep") / "film.h5"
    ts.run_sweep(parse_spec(SPEC, "film"), path, threads=1)
    return path


@pytest.fixture(scope="module")
def address(film):
    with chromium_of_the_system.served(str(film)) as (_, found):
        yield found


def opened(page, address):
    page.goto(address)
    page.wait_for_function("window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle")
    page.wait_for_selector(".bk-Figure")
    return page


def number_in(line):
    return float(re.findall(r"[-+]?\d[\d.]*(?:e[-+]?\d+)?", line.split(" = ")[1])[0])


def clicked(page, x, y):
    """Click on the map and return what the cursor reads there, and the curve that follows."""
    spot = place_of(page, 0, x, y)
    lines = read_at(page, *spot)
    before = page.evaluate(CURVE)
    page.mouse.click(*spot)
    page.wait_for_function(f"(before) => JSON.stringify(({CURVE})()) !== before",
                           arg=page.evaluate("(it) => JSON.stringify(it)", before))  # fmt: skip
    return {line.split(" = ")[0]: number_in(line) for line in lines}, page.evaluate(CURVE)


def test_a_click_on_a_map_shows_the_currents_of_the_junction_there(new_page, address):
    page = opened(new_page(), address)
    read, curve = clicked(page, 0.7, 0.52)
    page.wait_for_function("window.location.search.includes('bias')")
    query = page.evaluate("window.location.search")
    material = ts.Material(T_c="1.3 K", R_T="5 kohm")
    junction = ts.Junction(
        **{name: material.reduced(name, value) for name, value in
           {"T_S": "800 mK", "T_Sm": "30 mK", "gamma": "2 ueV",
            "h_exc": f"{read['h_exc']} ueV"}.items()}
    )  # fmt: skip
    V = np.array(curve["V"])
    expected = ts.currents(V * 1e-6 / material.factor("Δ0/e"), junction).charge
    np.testing.assert_allclose(
        np.array(curve["I_q"]), expected * material.factor("G_T Δ0/e") * 1e9, rtol=1e-6, atol=1e-9
    )
    at_click = np.interp(read["V"], V, curve["I_q"])
    assert at_click == pytest.approx(read["I_q"], rel=1e-3)
    assert f"bias={read['V']:g}+uV" in query
    assert "T_S=800+mK" in query


def test_a_slider_of_a_map_shows_another_layer_of_the_file(new_page, address, film):
    contents = ts.read(film)
    page = opened(new_page(), address)
    spot = place_of(page, 0, 0.8, 0.5)
    first = read_at(page, *spot)
    before = page.evaluate(f"JSON.stringify(({READ})())")
    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(before) => JSON.stringify(({READ})()) !== before", arg=before)
    moved = read_at(page, *spot)
    assert first[:2] == moved[:2] == ["V = 120 µV", "h_exc = 60 µeV"]
    factor = contents.material.factor("G_T Δ0/e") * 1e9
    for T, lines in ((1, first), (2, moved)):
        assert number_in(lines[2]) == pytest.approx(
            contents.outputs["I_q"][T, 6, 32] * factor, rel=1e-5
        )
