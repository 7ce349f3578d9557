"""A page without a browser: its models follow its fields, as in a notebook."""

import numpy as np
import pytest
from bokeh.document import Document
from pyviz_comms import Comm

import thermospin as ts
from thermospin.explorer.curve_figures import CurveFigures
from thermospin.explorer.junction_page import JunctionPage
from thermospin.explorer.view_state import ViewState
from thermospin.measured import read_curve
from thermospin.observables import spin_up_integrals

SI = "V (mV),I (nA)\n"
REDUCED = "V,I\n"


@pytest.fixture
def page():
    return JunctionPage(ViewState(num="101"))


def drawn(page, name):
    return np.asarray(page.figures.curves.data[name])


def test_the_page_of_a_junction_shows_its_curves():
    junction = ts.Junction(T_S=0.6, h_exc=0.3)
    root = ts.explore(junction)
    source = next(
        model
        for model in root.get_root().references()
        if type(model).__name__ == "ColumnDataSource" and "SGE" in model.data
    )
    I = ts.currents(source.data["V"], junction)  # noqa: E741
    np.testing.assert_allclose(source.data["I_q"], I.charge, rtol=1e-12)


class RecordedComm(Comm):
    """A connection to the page of a notebook that keeps what is sent."""

    def init(self, on_msg=None):  # noqa: ARG002
        self.sent = []
        self._comm = self  # open

    def send(self, data=None, metadata=None, buffers=()):  # noqa: ARG002
        self.sent += [data, *buffers]


def test_in_a_notebook_a_slider_sends_its_curves_as_one_message():
    document, comm = Document(), RecordedComm()
    comm.init()
    page = ts.explore(ts.Junction(T_S=0.6, h_exc=0.3))
    root = page.get_root(document, comm)
    document.add_root(root)
    of = {
        model.html_attributes["data-slider"]: model
        for model in root.references()
        if type(model).__name__ == "Slider"
    }
    of["T_S"].value = 0.5
    headers = [data for data in comm.sent if isinstance(data, str) and "PATCH-DOC" in data]
    assert len(headers) == 1
    V = np.linspace(-0.75, 0.75, 1001)
    I = ts.currents(V, ts.Junction(T_S=0.5, h_exc=0.3))  # noqa: E741
    arrays = [np.frombuffer(data) for data in comm.sent if isinstance(data, bytes)]
    assert any(np.allclose(each, I.charge, atol=1e-12) for each in arrays if each.shape == V.shape)


def test_a_slider_moves_the_curves_and_its_number(page):
    page.fields.rows["T_S"].slider.value = 0.5
    assert page.fields.rows["T_S"].input.value == "0.5"
    I = ts.currents(page.view.V, ts.Junction(T_S=0.5, h_exc=0.4))  # noqa: E741
    np.testing.assert_array_equal(drawn(page, "I_s"), I.spin)
    V_S = ts.seebeck_voltage(page.view.junction)
    np.testing.assert_array_equal(page.figures.marks.data["V"], [-V_S, V_S])


def test_a_number_moves_its_slider(page):
    page.fields.rows["gamma"].input.value = "1e-3"
    assert page.fields.rows["gamma"].slider.value == pytest.approx(-3.0, abs=0.01)


def test_a_wrong_number_leaves_no_curve_and_says_the_rule_at_its_field(page):
    page.fields.rows["h_exc"].input.value = "20"
    assert all(drawn(page, name).size == 0 for name in ("V", "I_q"))
    assert page.figures.slopes.data["dIdV"].size == 0
    assert page.figures.marks.data["V"].size == 0
    assert page.diagram.sources["S"].data["E"].size == 0
    message = page.fields.rows["h_exc"].message
    assert message.visible
    assert message.text == "h_exc must be between -10 and 10 Δ0, got 20"
    assert all(button.disabled for button in page.head.copies)
    assert "V_S" not in page.head.numbers.text
    page.fields.rows["h_exc"].input.value = "0.2"
    assert drawn(page, "V").size == 101
    assert not message.visible


def test_a_bare_number_in_si_shows_its_reduced_unit(page):
    rows = page.fields.rows
    assert rows["start"].input.suffix == "Δ₀/e"
    page.toggle_units()
    assert rows["T_S"].input.suffix is None
    assert rows["gap_S"].input.suffix == "Δ₀"
    rows["T_S"].input.value = "0.3"
    assert rows["T_S"].input.suffix == "T_c"
    rows["T_S"].input.value = "290 mK"
    assert rows["T_S"].input.suffix is None


def test_a_slider_stays_where_it_is_while_another_field_breaks_a_rule(page):
    page.toggle_units()
    places = {name: row.slider.value for name, row in page.fields.rows.items() if row.slider}
    page.fields.rows["num"].input.value = "1"
    assert page.fields.rows["num"].message.text == "voltages must be between 2 and 20001, got 1"
    assert places == {name: page.fields.rows[name].slider.value for name in places}


def test_a_rule_opens_the_group_of_its_field(page):
    card = next(card for card in page.fields.cards if card.title == "Microwaves")
    assert card.collapsed
    page.fields.rows["hf"].input.value = "99"
    assert not card.collapsed


def test_what_a_text_says_stays_text():
    page = JunctionPage(ViewState(parameters={"T_S": "<b>1</b>"}), remarks=["<i>"])
    assert "&lt;b&gt;" in page.fields.rows["T_S"].message.text
    assert page.head.message.text == "&lt;i&gt;"


def test_values_that_missed_their_tolerance_are_marked(page, monkeypatch):
    plain = spin_up_integrals.spin_up_values

    def missing(*arguments):
        plain(*arguments)
        arguments[-1][:1] = False

    monkeypatch.setattr(spin_up_integrals, "spin_up_values", missing)
    page.change("T_S", "0.6")
    marked = page.figures.missed.data
    places = np.flatnonzero(np.isin(drawn(page, "V"), marked["V"]))
    assert places.size > 0
    both = [drawn(page, name)[places] for name in ("I_q", "I_s")]
    np.testing.assert_array_equal(np.sort(marked["I"]), np.sort(np.concatenate(both)))
    assert f"currents at {places.size}" in page.head.missed.text
    monkeypatch.undo()
    page.change("T_S", "0.7")
    assert page.figures.missed.data["V"].size == 0
    assert page.head.missed.text == ""


def test_slopes_that_missed_their_tolerance_are_marked(page):
    page.change("spin_orbit", "0.1")
    page.change("rtol", "1e-13")
    assert page.figures.slope_missed.data["V"].size > 0
    assert "missed their tolerance: slope at" in page.head.missed.text


def test_a_material_shows_all_in_si(page):
    page.toggle_units()
    material = page.view.material
    np.testing.assert_allclose(drawn(page, "V"), 1e6 * material.si("V", page.view.V)[0], rtol=1e-12)
    assert page.figures.main.xaxis[0].axis_label == "V (µV)"
    assert page.figures.main.yaxis[0].axis_label.startswith("I (nA")
    assert page.fields.rows["T_S"].input.value == "910 mK"
    page.fields.rows["T_S"].slider.value = 0.6
    assert page.fields.rows["T_S"].input.value == "780 mK"


def test_every_field_of_a_state_is_on_the_page(page):
    from thermospin.explorer.view_state import JUNCTION_FIELDS, SCALE_FIELDS

    there = {*page.fields.rows, *page.fields.choices}
    assert {*JUNCTION_FIELDS, *SCALE_FIELDS} <= there
    for name in JUNCTION_FIELDS:
        assert page.fields.rows[name].slider is not None, name


def measured_file(tmp_path, head, V, values):
    path = tmp_path / "iv.csv"
    rows = "".join(f"{a:.9g},{b:.9g}\n" for a, b in zip(V, values, strict=True))
    path.write_text(head + rows)
    return path


def test_a_measured_curve_in_si_brings_a_guess_of_the_material(page, tmp_path):
    material = ts.Material(Delta_0="200 ueV", G_T="0.2 mS")
    V = np.linspace(-3.0, 3.0, 121)
    I = ts.currents(V, ts.Junction(T_S=0.3, T_Sm=0.3, gamma=1e-2))  # noqa: E741
    path = measured_file(tmp_path, SI, 1e3 * material.si("V", V)[0],
                         1e9 * material.si("I_q", I.charge)[0])  # fmt: skip
    page.measured.lay_over(read_curve(path))
    assert page.view.material.Delta_0 == pytest.approx(200e-6, rel=0.05)
    assert "guessed" in page.measured.message.text
    points = page.figures.measured["I"].data
    shown = {"V": "µV", "mV": "mV"}
    assert points["V"].size == 121
    assert page.figures.volt.symbol in shown.values()
    np.testing.assert_allclose(points["V"], 1e6 * material.si("V", V)[0], rtol=1e-6)


def test_a_fit_puts_what_it_finds_into_the_fields(page, tmp_path):
    V = np.linspace(-2.5, 2.5, 101)
    junction = ts.Junction(T_S=0.6, T_Sm=0.1, h_exc=0.25, gamma=1e-2)
    noise = 1e-3 * np.random.default_rng(5).normal(size=V.size)
    path = measured_file(tmp_path, "", V, ts.currents(V, junction).charge + noise)
    page.change("T_Sm", "0.1")
    page.change("gamma", "5e-3")
    page.change("h_exc", "0.2")
    page.measured.lay_over(read_curve(path, units=("reduced", "reduced")))
    page.measured.free.value = ["T_S", "h_exc", "gamma"]
    page.measured.fit()
    found = page.view.junction
    assert float(found.T_S) == pytest.approx(0.6, abs=0.01)
    assert float(found.h_exc) == pytest.approx(0.25, abs=0.01)
    assert "T_S = " in page.measured.message.text
    assert "degrees of freedom" in page.measured.report.data["report"][0]
    assert page.figures.fitted["I"].data["V"].size == 101


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"heater": "0.05"}, "a fit needs T_S in place of a heater"),
        ({"V_ac": "0.1"}, "not derived with microwaves"),
    ],
)
def test_a_fit_that_is_not_possible_says_why(tmp_path, change, words):
    state = ViewState()
    for name, text in (*change.items(), ("num", "2")):
        state = state.with_text(name, text)
    page = JunctionPage(state)
    V = np.linspace(-2.5, 2.5, 101)
    path = measured_file(tmp_path, "", V, V)
    page.measured.lay_over(read_curve(path, units=("reduced", "reduced")))
    page.measured.fit()
    assert words in page.measured.message.text


def test_a_file_that_is_no_curve_is_refused_by_its_name(page):
    page.measured.take_file("notes.txt", b"no numbers here\n")
    assert "notes.txt" in page.measured.message.text
    assert page.measured.curve is None
    assert page.measured.button.disabled


def test_a_file_whose_columns_are_not_named_is_read_by_options_of_the_command(page):
    page.measured.take_file("plain.txt", b"1 2\n2 3\n3 4\n")
    assert "--data-units" in page.measured.message.text
    assert "thermospin explore --overlay FILE takes these options" in page.measured.message.text


def test_what_is_no_junction_is_refused():
    with pytest.raises(TypeError, match="a page shows a Junction, got a int"):
        ts.explore(5)


def test_the_legend_names_nothing_before_anything_is_drawn():
    legend = CurveFigures().main.legend[0]
    assert [item.name for item in legend.items if item.visible] == []
