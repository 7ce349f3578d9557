"""Values that missed their tolerance have a cross in every picture."""

from dataclasses import replace

import numpy as np
import pytest
from sweep_cases import ALUMINIUM, STAND_IN, make_spec, stand_in

from thermospin import dataset, plot, run_sweep
from thermospin.figures import View, drawing
from thermospin.figures import thinning as thinning_of
from thermospin.figures.display import Display
from thermospin.figures.missed_tolerance import MISSED
from thermospin.quantities import STATUS

FIELD, BIAS, HEAT = np.linspace(0.0, 0.6, 13), np.linspace(-1.0, 1.0, 21), [0.5, 0.7, 0.9]
CUBE = make_spec({"T_S": HEAT, "h_exc": FIELD, "V": BIAS}, ["I_q", "I_s"])
MISSING_FIELD, MISSING_BIAS = FIELD[4], BIAS[[3, 10]]


def missing(outputs, V, junction, *, rtol):
    """Return stand-in values that miss their tolerance at two voltages of one field."""
    found = stand_in(outputs, V, junction, rtol=rtol)
    rows = np.isclose(np.broadcast_to(junction.h_exc, found.status.shape[:1]), MISSING_FIELD)
    found.status[np.ix_(rows, np.isin(V, MISSING_BIAS))] = STATUS["tolerance_missed"]
    return found


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("missed") / "a.h5"
    run_sweep(CUBE, path, engine=replace(STAND_IN, evaluate=missing), threads=1)
    return path


def crosses(axes):
    """Return the points of the black crosses of a panel, each a pair, sorted."""
    lines = [line for line in axes.lines if line.get_marker() == "x"]
    points = [line.get_xydata() for line in lines if line.get_color() == "black"]
    return sorted(map(tuple, np.concatenate(points))) if points else []


def legend_of(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


@pytest.mark.parametrize("options", [{}, {"facet": "T_S"}, {"x": "h_exc", "y": "V"}])
def test_a_map_has_crosses_at_the_values_that_missed(file, options):
    figure = plot(file, show=("I_q",), **options)
    expected = [(V, MISSING_FIELD) for V in MISSING_BIAS]
    if options.get("x") == "h_exc":
        expected = [point[::-1] for point in expected]
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    assert len(panels) == (len(HEAT) if "facet" in options else 1)
    for axes in panels:
        np.testing.assert_allclose(crosses(axes), expected, rtol=1e-12)
    assert MISSED in legend_of(figure)


def test_curves_have_crosses_on_them_in_the_units_shown(file):
    contents = dataset.read(file)
    display = Display(ALUMINIUM, in_si=True)
    view = View(at={"h_exc": MISSING_FIELD, "T_S": 0.7}, show=("I_q",))
    figure = drawing.draw(contents, view, display)
    places = [int(np.flatnonzero(V == BIAS)[0]) for V in MISSING_BIAS]
    (curve,) = (line for line in figure.axes[0].lines if len(line.get_xdata()) == len(BIAS))
    np.testing.assert_array_equal(crosses(figure.axes[0]), curve.get_xydata()[places])
    assert figure.axes[0].get_xlim()[1] > 100.0  # in microvolts


def test_every_curve_of_a_family_has_its_crosses(file):
    figure = plot(file, at={"h_exc": MISSING_FIELD}, show=("I_q",))
    curves = [line for line in figure.axes[0].lines if len(line.get_xdata()) == len(BIAS)]
    assert len(curves) == len(HEAT)
    places = [int(np.flatnonzero(V == BIAS)[0]) for V in MISSING_BIAS]
    expected = np.concatenate([curve.get_xydata()[places] for curve in curves])
    np.testing.assert_array_equal(crosses(figure.axes[0]), sorted(map(tuple, expected)))


def test_where_nothing_drawn_missed_there_is_no_cross_and_no_word_of_it(file):
    figure = plot(file, at={"h_exc": 0.0}, show=("I_q",))
    assert [crosses(axes) for axes in figure.axes] == [[]]
    assert MISSED not in legend_of(figure)


def test_a_long_curve_of_which_few_points_are_drawn_keeps_its_crosses(file, monkeypatch):
    monkeypatch.setattr(thinning_of, "MOST_POINTS", 11)
    figure = plot(file, at={"h_exc": MISSING_FIELD, "T_S": 0.7}, show=("I_q",))
    assert len(crosses(figure.axes[0])) == 2
