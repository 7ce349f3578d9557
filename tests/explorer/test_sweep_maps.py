"""The maps of a sweep on a page, without a browser: what is read of the file, what a click does."""

from dataclasses import replace

import numpy as np
import pytest
from bokeh.events import Tap
from sweep_cases import STAND_IN, expected, make_spec, stand_in

from thermospin import run_sweep
from thermospin.dataset import read
from thermospin.explorer.checked_view import checked
from thermospin.explorer.junction_page import JunctionPage
from thermospin.explorer.sweep_file import opened_sweep
from thermospin.explorer.sweep_section import SweepSection
from thermospin.explorer.view_state import ViewState
from thermospin.quantities import STATUS

HEAT, FIELD, BIAS = [0.5, 0.7, 0.9], np.linspace(0.0, 0.6, 13), np.linspace(-1.0, 1.0, 21)
CUBE = make_spec({"T_S": HEAT, "h_exc": FIELD, "V": BIAS}, ["I_q", "I_error", "V_S"])
LOGARITHMIC = make_spec({"gamma": [1e-4, 1e-3, 1e-2, 1e-1], "h_exc": FIELD}, ["G_0"])


def opened(folder, spec, engine=STAND_IN, state=None):
    path = folder / "a.h5"
    run_sweep(spec, path, engine=engine, threads=1)
    return opened_sweep(path, state or ViewState())


def section_of(sweep):
    made = []

    def section(page):
        made.append(SweepSection(sweep, page))
        return made[0].root

    page = JunctionPage(sweep.opening, section=section)
    return made[0], page


def click(section, x, y):
    figure = section.map.figure
    section.map._tapped(Tap(figure, sx=0, sy=0, x=x, y=y))


def test_every_output_along_two_axes_has_a_map_over_its_longest_ones(tmp_path):
    sweep = opened(tmp_path, CUBE)
    assert {name: (it.x, it.y) for name, it in sweep.maps.items()} == {
        "I_q": ("V", "h_exc"), "I_error": ("V", "h_exc"), "V_S": ("h_exc", "T_S")
    }  # fmt: skip
    assert [sweep.moved(name) for name in sweep.maps] == [["T_S"], ["T_S"], []]


@pytest.mark.parametrize("axes", [{"V": BIAS}, {"h_exc": [0.1], "V": BIAS}])
def test_a_sweep_along_one_axis_has_no_maps(tmp_path, axes):
    assert opened(tmp_path, make_spec(axes, ["I_q"])) is None


def test_a_layer_is_what_the_file_has_there_and_the_rest_stays_in_the_file(tmp_path):
    sweep = opened(tmp_path, CUBE)
    assert not any(values.flags.owndata for values in sweep.contents.outputs.values())
    layer = sweep.layer("I_q", {"T_S": 2})
    assert {name: values.shape for name, values in layer.contents.outputs.items()} == {
        "I_q": (13, 21), "I_error": (13, 21)
    }  # fmt: skip
    np.testing.assert_array_equal(layer.contents.outputs["I_q"], expected(CUBE, "I_q")[2])
    assert layer.contents.outputs["I_q"].flags.owndata


def test_of_a_long_axis_every_so_manieth_point_is_shown(tmp_path, monkeypatch):
    monkeypatch.setattr("thermospin.explorer.sweep_file._MOST_POINTS", 10)
    layer = opened(tmp_path, CUBE).layer("I_q", {"T_S": 0})
    np.testing.assert_array_equal(layer.contents.axes["V"], BIAS[::3])
    np.testing.assert_array_equal(layer.contents.outputs["I_q"], expected(CUBE, "I_q")[0, ::2, ::3])


def missing(outputs, V, junction, *, rtol):
    """Return stand-in values of which one at the highest bias missed its tolerance."""
    found = stand_in(outputs, V, junction, rtol=rtol)
    rows = np.isclose(np.broadcast_to(junction.h_exc, found.status.shape[:1]), FIELD[3])
    found.status[np.ix_(rows, np.isclose(V, BIAS[-1]))] = STATUS["tolerance_missed"]
    return found


def test_values_that_missed_their_tolerance_have_a_cross(tmp_path):
    sweep = opened(tmp_path, CUBE, replace(STAND_IN, evaluate=missing))
    section, _ = section_of(sweep)
    crosses = section.map.crosses.data
    assert (list(crosses["x"]), list(crosses["y"])) == ([BIAS[-1]], [FIELD[3]])


def test_a_click_takes_the_junction_of_the_cell_and_its_bias(tmp_path):
    sweep = opened(tmp_path, CUBE)
    section, page = section_of(sweep)
    section.places["T_S"] = 2
    click(section, BIAS[4] + 0.04, FIELD[5] - 0.02)
    junction = checked(page.state).junction
    assert (junction.T_S, junction.h_exc) == (0.9, pytest.approx(FIELD[5], rel=1e-12))
    assert junction.gamma_S == junction.gamma_Sm == 1e-3
    assert checked(page.state).bias == pytest.approx(BIAS[4], rel=1e-12)
    assert (section.map.here.data["x"], section.map.here.data["y"]) == ([BIAS[4]], [FIELD[5]])


def test_a_click_on_a_map_without_bias_leaves_the_bias_as_it_is(tmp_path):
    sweep = opened(tmp_path, LOGARITHMIC, state=ViewState(bias="0.25"))
    section, page = section_of(sweep)
    (panel,) = sweep.maps.values()
    at = {"gamma": 1.2e-3, "h_exc": FIELD[2]}
    click(section, at[panel.x], at[panel.y])
    view = checked(page.state)
    assert view.junction.gamma_S == 1e-3
    assert view.bias == 0.25


@pytest.mark.parametrize(("x", "y"), [(-1.2, 0.3), (0.0, 0.7), (None, None)])
def test_a_click_beside_the_cells_changes_nothing(tmp_path, x, y):
    section, page = section_of(opened(tmp_path, CUBE))
    before = page.state
    click(section, x, y)
    assert page.state == before


def test_what_is_chosen_on_the_page_stays_when_a_point_is_clicked(tmp_path):
    sweep = opened(tmp_path, CUBE, state=ViewState(gap_model="tanh"))
    section, page = section_of(sweep)
    page.take(replace(page.state, start="-0.4", stop="0.5", num="11", shown=("I_up",)))
    page.take(page.state.with_text("spin_orbit", "0.1"))
    click(section, 0.0, 0.3)
    assert (page.state.start, page.state.stop, page.state.num) == ("-0.4", "0.5", "11")
    assert page.state.shown == ("I_up",)
    assert "spin_orbit" not in page.state.parameters
    assert page.state.gap_model == "tanh"


def test_another_output_is_drawn_over_its_own_axes(tmp_path):
    section, page = section_of(opened(tmp_path, CUBE))
    section.choice.value = "V_S"
    assert [side.name for side in section.map.sides] == ["h_exc", "T_S"]
    assert len(section.side.children) == 2  # no slider
    click(section, 0.3, 0.71)
    assert checked(page.state).junction.T_S == 0.7


def test_a_file_that_is_not_finished_has_the_maps_of_what_is_there(tmp_path):
    sweep = opened(tmp_path, CUBE)
    contents = read(tmp_path / "a.h5")
    unknown = {name: np.full_like(values, np.nan) for name, values in contents.outputs.items()}
    empty = replace(sweep, contents=replace(contents, outputs=unknown))
    section, _ = section_of(empty)
    assert set(np.ravel(section.map.drawn.image.data["image"][0])) == {255}
