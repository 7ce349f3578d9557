"""Pictures of fits: what is drawn where, and in which units."""

import numpy as np
import pytest

from thermospin.figures.fit_picture import (
    FittedCurve,
    ProfileCurve,
    draw_fit,
    draw_profile,
    picture_bytes,
)
from thermospin.fitting.fit_parameters import FIT_PARAMETERS
from thermospin.spec import Material

FILM = Material(Delta_0="200 ueV", G_T="0.1 mS")
V = np.linspace(2.0, -2.0, 41)  # swept downwards


def curve(kind="I", label="iv", shift=0.01):
    return FittedCurve(label, kind, V, V**3 + shift, V**3, np.full(V.size, 0.02))


def profile(label="gamma"):
    values = 0.02 + 0.002 * np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    rise = np.array([4.4, 1.1, 0.0, 0.9, 3.6])
    return ProfileCurve(FIT_PARAMETERS["gamma"], label, values, rise, 0.02, 0.002)


def dots(axes):
    return next(line for line in axes.lines if line.get_marker() == ".")


def test_the_upper_panel_shows_the_data_and_the_model_in_si():
    above, below = draw_fit([curve()], FILM).axes
    np.testing.assert_allclose(dots(above).get_xdata(), V * 200.0)  # µV
    np.testing.assert_allclose(dots(above).get_ydata(), (V**3 + 0.01) * 20.0)  # nA
    (model,) = (line for line in above.lines if line.get_label() == "model")
    assert np.all(np.diff(model.get_xdata()) > 0.0)
    np.testing.assert_allclose(model.get_ydata(), (V[::-1] ** 3) * 20.0)
    assert above.get_ylabel() == "$I$ (nA)"
    assert below.get_xlabel() == "$V$ (µV)"


def test_the_lower_panel_shows_what_is_left_in_a_unit_of_its_own_beside_the_noise():
    _, below = draw_fit([curve()], FILM).axes
    np.testing.assert_allclose(dots(below).get_ydata(), 200.0)  # pA
    assert below.get_ylabel() == "residual (pA)"
    (band,) = below.collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (pytest.approx(-400.0), pytest.approx(400.0))


def test_a_picture_without_a_material_shows_ratios():
    above, below = draw_fit([curve("dIdV")]).axes
    np.testing.assert_allclose(dots(above).get_xdata(), V)
    assert above.get_ylabel() == r"$\mathrm{d}I/\mathrm{d}V/G_T$"
    assert below.get_ylabel() == "residual"


def test_currents_and_didv_stand_side_by_side():
    figure = draw_fit([curve("I"), curve("dIdV")], FILM)
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert labels == ["$I$ (nA)", r"$\mathrm{d}I/\mathrm{d}V$ (µS)", "residual (pA)",
                      "residual (µS)"]  # fmt: skip


def test_curves_of_one_kind_share_a_panel_and_have_colours_and_names_of_their_own():
    above, _ = draw_fit([curve(label=name) for name in ("B1", "_B2", "$x$")], FILM).axes
    points = [line for line in above.lines if line.get_marker() == "."]
    assert len({tuple(line.get_color()) for line in points}) == 3
    names = [text.get_text() for text in above.get_legend().get_texts()]
    assert names == ["B1", " _B2", r"\$x\$"]


def test_a_profile_stands_beside_the_parabola_of_the_standard_error():
    (axes,) = draw_profile(profile(), FILM).axes
    drawn = {line.get_label(): line for line in axes.lines}
    np.testing.assert_allclose(drawn["profile"].get_xdata(), [3.2, 3.6, 4.0, 4.4, 4.8])  # µeV
    np.testing.assert_allclose(drawn["profile"].get_ydata(), profile().rise)
    parabola = drawn["standard error"].get_xydata()
    np.testing.assert_allclose(parabola[[0, -1]], [[3.2, 4.0], [4.8, 4.0]])
    assert axes.get_xlabel() == r"$\Gamma$ (µeV)"
    assert axes.get_title() == ""


def test_the_profile_of_one_of_several_curves_says_which():
    (axes,) = draw_profile(profile("gamma[2]")).axes
    assert (axes.get_title(), axes.get_xlabel()) == ("gamma[2]", r"$\Gamma/\Delta_0$")


def test_a_profile_that_found_a_better_fit_is_shown_as_a_whole():
    found = profile()
    found.rise[3] = -2.0
    (axes,) = draw_profile(found).axes
    assert axes.get_ylim()[0] <= -2.0


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".pdf", b"%PDF")])
def test_the_same_fit_gives_the_same_file(suffix, magic):
    first, second = (picture_bytes(draw_fit([curve()], FILM), suffix) for _ in range(2))
    assert first.startswith(magic)
    assert first == second
