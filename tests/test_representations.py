"""How objects show themselves in a terminal, in a notebook and in ``help``."""

import pydoc

import numpy as np
import pytest
from sweep_cases import make_spec

import thermospin as ts

JUNCTION = ts.Junction(T_S=[[0.5], [0.7]], h_exc=0.3, gamma=1e-3)


def shown():
    return {
        "junction": JUNCTION,
        "currents": ts.currents(np.linspace(-1, 1, 5), JUNCTION),
        "spec": ts.load_spec("fig3b"),
    }


def test_a_junction_shows_units_and_what_is_not_the_default():
    assert repr(JUNCTION) == (
        "Junction(T_S = 0.5 … 0.7 T_c (2 × 1), T_Sm = 0.01 T_c, h_exc = 0.3 Δ0, "
        "gamma_S = 0.001 Δ0, gamma_Sm = 0.001 Δ0)"
    )
    other = ts.Junction(T=0.3, P=0.2, R_L=3, gap_model="tanh", gap_S=0.9)
    for part in ("gap_S = 0.9 Δ0", "P = 0.2", "R_L = 3 1/G_T", "gap_model = tanh"):
        assert part in repr(other)
        assert part not in repr(JUNCTION)


def test_currents_show_their_ranges_with_units():
    text = repr(shown()["currents"])
    assert "V = -1 … 1 Δ0/e (2 × 5), charge = -0.135" in text
    assert "missed" not in text


def test_currents_that_missed_their_tolerance_say_so():
    found = ts.currents(0.5, JUNCTION)
    missed = ts.Currents(found.V, found.up, found.down, found.error, np.array([[True], [False]]))
    assert repr(missed).endswith("missed = 1)")


def test_a_spec_shows_its_axes_outputs_and_material():
    text = repr(shown()["spec"])
    assert text.startswith("SweepSpec fig3b(points = 265, V = -1 … 1 Δ0/e (265), T_S = 0.7 T_c")
    assert "outputs = I_q, I_s, SGE, V_S" in text
    assert text.endswith("material = Delta_0 200 ueV, G_T 0.1 mS)")


def test_a_report_shows_file_points_and_time(tmp_path):
    report = ts.run_sweep(make_spec({"V": [0.0, 1.0]}, ["I_q"]), tmp_path / "x.h5")
    assert repr(report).startswith(f"Report(file = {tmp_path / 'x.h5'}, bytes = ")
    assert "points = 2, missed = 0, skipped = 0, time = " in repr(report)
    assert "wall time on" in report._repr_html_()


@pytest.mark.parametrize("name", ["junction", "currents", "spec"])
def test_a_notebook_shows_a_table(name):
    html = shown()[name]._repr_html_()
    assert html.startswith("<table><caption>")
    assert html.count("<tr>") >= 4


def test_a_title_of_a_spec_is_no_markup():
    spec = ts.parse_spec(
        'title: "<script>"\nfixed: {T_S: 0.5}\naxes: {V: [0, 1]}\noutputs: [I_q]\n', "s"
    )
    assert "<script>" not in spec._repr_html_()


@pytest.mark.parametrize("name", ts.__all__)
def test_help_shows_signatures_that_a_person_can_read(name):
    text = pydoc.render_doc(getattr(ts, name))
    assert "_NestedSequence" not in text
    assert "numpy._typing" not in text
