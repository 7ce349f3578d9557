"""The explorer in a real browser: what one sees is what the library computes."""

import numpy as np
import pytest
from click.testing import CliRunner
from explorer_page import ExplorerPage

import thermospin as ts
from thermospin.cli import main

pytestmark = pytest.mark.browser
SIZES = {"width": 1280, "height": 720}


@pytest.fixture
def page(new_page, explorer):
    return ExplorerPage(new_page(), explorer)


def expect(page, **changed):
    """Wait for the curves of a junction, and compare those drawn with those of the library."""
    junction = ts.Junction(**{"T_S": 0.7, "h_exc": 0.4, "gamma": 1e-4, **changed})
    V = np.linspace(-0.75, 0.75, 1001)
    I = ts.currents(V, junction)  # noqa: E741
    slope = ts.differential_conductance(V, junction)
    page.wait_for(f"Math.abs(source.data.I_q[900] - {float(I.charge[900])!r}) < 1e-9")
    page.wait_for(f"Math.abs(slopes.data.dIdV[900] - {float(slope[900])!r}) < 1e-7")
    drawn = page.curves()
    np.testing.assert_allclose(drawn["V"], V, atol=1e-15)
    expected = {"I_q": I.charge, "I_s": I.spin, "SGE": I.sge, "dIdV": slope}
    for name, values in expected.items():
        np.testing.assert_allclose(drawn[name], values, rtol=1e-7, atol=1e-9)


def test_the_page_opens_with_the_curves_of_the_paper(page):
    expect(page)
    assert page.page.title() == "thermospin explore"
    assert "V" in page.models("figures[0].below[0].axis_label")


def test_a_slider_changes_the_curves_to_those_of_the_library(page):
    before = page.page.locator("canvas").first.screenshot()
    handle = page.slider("T_S")
    handle.focus()
    for _ in range(4):
        handle.press("ArrowLeft")
    expect(page, T_S=0.68)
    assert page.field("T_S").input_value() == "0.68"
    numbers = page.page.locator("[data-part=numbers]")
    V_S = float(ts.seebeck_voltage(ts.Junction(T_S=0.68, h_exc=0.4)))
    numbers.get_by_text(f"{V_S:.6g}").wait_for()
    assert page.page.locator("canvas").first.screenshot() != before


def test_of_many_changes_the_newest_is_drawn(page):
    page.models("""(() => {
      const slider = models.find(m => m.html_attributes?.["data-slider"] == "h_exc")
      for (let i = 0; i <= 60; i++) slider.value = 0.1 + 0.002 * i
    })()""")
    expect(page, h_exc=0.22)


def test_a_number_field_takes_the_keyboard(page):
    page.field("h_exc").focus()
    page.page.keyboard.press("Control+a")
    page.page.keyboard.type("0.25")
    page.page.keyboard.press("Tab")
    expect(page, h_exc=0.25)
    page.page.keyboard.press("ArrowRight")  # Tab leads to the slider beside the field
    expect(page, h_exc=0.252)


def test_a_wrong_number_is_refused_at_its_field_and_no_curve_stays(page):
    page.type("T_S", "-3")
    page.rule("T_S").get_by_text("T_S must be between 0.0001 and 100 T_c, got -3").wait_for()
    page.wait_for("source.data.V.length == 0")
    assert page.button("Copy as spec").is_disabled()
    page.type("T_S", "nan")
    page.rule("T_S").get_by_text("must be a finite decimal number").wait_for()
    page.type("T_S", "0.5")
    expect(page, T_S=0.5)
    assert not page.rule("T_S").is_visible()


def test_what_is_copied_as_spec_passes_check_and_as_python_has_the_values(page, tmp_path):
    page.type("h_exc", "0.3")
    expect(page, h_exc=0.3)
    page.page.wait_for_url("**h_exc=0.3**")
    page.button("Copy as spec").click()
    page.page.get_by_text("the spec is copied").wait_for()
    path = tmp_path / "view.yaml"
    path.write_text(page.clipboard(), encoding="utf-8")
    checked = CliRunner().invoke(main, ["check", str(path)], catch_exceptions=False)
    assert checked.exit_code == 0, checked.output
    assert ts.load_spec(path).fixed["h_exc"] == 0.3
    page.button("Copy as Python").click()
    page.page.get_by_text("the script is copied").wait_for()
    assert "    h_exc=0.3,\n" in page.clipboard()


def test_the_address_opens_the_same_view_for_a_colleague(page, new_page):
    page.type("h_exc", "0.3")
    page.button("SI units").click()
    page.page.wait_for_url("**T_c=1.3**")
    page.type("T_S", "800 mK")
    page.page.wait_for_url("**T_S=800+mK**")
    other = ExplorerPage(new_page(), page.page.url)
    assert other.field("T_S").input_value() == "800 mK"
    mine, theirs = page.curves(), other.curves()
    for name in ("V", "I_q", "I_s", "SGE", "dIdV"):
        np.testing.assert_array_equal(mine[name], theirs[name])


def test_two_users_do_not_disturb_each_other(page, new_page, explorer, chromium):
    other = ExplorerPage(new_page(chromium.new_context(viewport=SIZES)), explorer)
    page.type("T_S", "0.5")
    other.type("T_S", "0.8")
    expect(page, T_S=0.5)
    expect(other, T_S=0.8)
    for _ in range(3):
        page.slider("h_exc").press("ArrowRight")
        other.slider("h_exc").press("ArrowLeft")
    expect(page, T_S=0.5, h_exc=0.406)
    expect(other, T_S=0.8, h_exc=0.394)


def test_the_pointer_shifts_the_densities_of_S_by_its_bias(page):
    box = page.models("(() => { const view = Bokeh.index.find_one(figures[0]);"
                      " const b = view.frame.bbox, r = view.el.getBoundingClientRect();"
                      " return [r.x + b.left, r.y + b.top, b.width, b.height] })()")  # fmt: skip
    page.page.mouse.move(box[0] + 0.75 * box[2], box[1] + 0.5 * box[3])
    ranges = "models.filter(m => m.type == 'Range1d' && Math.abs(m.end - m.start - 4) < 1e-9)"
    page.wait_for(f"{ranges}.some(r => Math.abs(r.end - 2) > 0.1)")
    shifts = sorted(2 - end for end in page.models(f"{ranges}.map(r => r.end)"))
    low, high = page.models("[figures[0].x_range.start, figures[0].x_range.end]")
    at = low + 0.75 * (high - low)
    assert shifts == pytest.approx([0.0, at], abs=0.01)
    page.page.mouse.move(5, 5)
    page.wait_for(f"{ranges}.every(r => Math.abs(r.end - 2) < 1e-9)")


def test_all_that_is_usual_is_in_sight_on_a_small_projector(page):
    assert page.page.evaluate("document.documentElement.scrollHeight") <= SIZES["height"]
    assert page.page.evaluate("document.documentElement.scrollWidth") <= SIZES["width"]
    names = ("T_S", "T_Sm", "h_exc", "gamma", "start", "stop", "num", "bias")
    places = [page.page.locator(f"[data-field={name}]").bounding_box() for name in names]
    places += [box.bounding_box() for box in page.page.locator("canvas").all()]
    for box in places:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= SIZES["width"]
        assert box["y"] + box["height"] <= SIZES["height"]


def test_a_measured_file_is_laid_over_and_fitted(page, tmp_path):
    material = ts.Material(Delta_0="200 ueV", G_T="0.2 mS")
    V = np.linspace(-2.6, 2.6, 161)
    junction = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.25, gamma=5e-3)
    noise = 2e-3 * np.random.default_rng(3).normal(size=V.size)
    volts = material.si("V", V)[0]
    amperes = material.si("I_q", ts.currents(V, junction).charge + noise)[0]
    path = tmp_path / "iv.csv"
    rows = "".join(f"{1e3 * v:.7g},{1e9 * i:.7g}\n" for v, i in zip(volts, amperes, strict=True))
    path.write_text("V (mV),I (nA)\n" + rows)
    page.button("Measured curve, fit").click()
    page.field("measured").set_input_files(path)
    page.page.get_by_text("are guessed from the curve").wait_for()
    page.button("Fit").click()
    page.page.get_by_text("h_exc = ").wait_for()
    page.page.wait_for_url("**Delta_0**")
    found = ts.Material(Delta_0=page.field("Delta_0").input_value(), G_T="1 S")
    assert found.Delta_0 == pytest.approx(200e-6, rel=0.01)
    assert float(page.field("h_exc").input_value().split()[0]) == pytest.approx(50.0, rel=0.02)
    assert page.button("Fit").is_enabled()
