"""The paper's panels: every element that the captions name, where physics puts it."""

import re

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb, to_rgba
from matplotlib.figure import Figure

from thermospin.figures.curves import COLOURS
from thermospin.figures.labels import numbers
from thermospin.figures.paper import broadening_images, panel_images, threshold_field
from thermospin.figures.paper.palette import FIELDS, graded
from thermospin.figures.paper.sheets import draw_panel, figure_sheet, panel_sheet
from thermospin.figures.style import COLUMN, style
from thermospin.reproduction import FIGURES, PANELS, gamma_sensitivity

DELTA, V_S = 0.171229029552262, 0.281033740
V_P_MINUS, V_P_PLUS = 0.228770970447738, 0.571229029552262
ROUNDING = 1e-9


@pytest.fixture(scope="module")
def data(bundled):
    names = [
        *(f"fig{panel}" for panel in PANELS),
        gamma_sensitivity.PEAKS,
        gamma_sensitivity.WINDOW,
    ]
    return {name.removeprefix("fig"): bundled(name) for name in names}


def drawn(panel, data):
    with style():
        axes = Figure(figsize=(COLUMN, 2.5)).add_subplot()
        draw_panel(panel, axes, data[panel])
    return axes


def marks(axes, marker):
    found = [line for line in axes.lines if line.get_marker() == marker and len(line.get_xdata())]
    return [np.column_stack(line.get_data()) for line in found]


def words(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def straight(axes, style):
    """Return the slopes of the lines of a style that pass through the origin."""
    ends = [np.array(line.get_data()) for line in axes.lines if line.get_linestyle() == style]
    return [y[1] / x[1] for x, y in ends if len(x) == 2 and x[0] == -x[1] and y[0] == -y[1] != 0]


def test_1b_has_an_inset_of_the_dashed_rectangle_with_both_currents(data):
    axes = drawn("1b", data)
    (inset,) = axes.child_axes
    rectangle = axes.patches[0]
    assert rectangle.get_linestyle() != "-"
    low = rectangle.get_xy()
    np.testing.assert_allclose(inset.get_xlim(), [low[0], low[0] + rectangle.get_width()])
    np.testing.assert_allclose(inset.get_ylim(), [low[1], low[1] + rectangle.get_height()])
    assert [line.get_linestyle() for line in inset.lines].count("--") == 2 + 0  # I_s, both fields
    assert axes.get_xlim()[1] > 2.229  # past the last step


def test_2a_has_the_two_chords_and_the_marks_of_the_strongest_field(data):
    axes = drawn("2a", data)
    assert straight(axes, "--") == pytest.approx([-1.4039187260])
    assert straight(axes, ":") == pytest.approx([-0.65449], abs=1e-5)
    (circles,), (inner,), (outer,) = (marks(axes, marker) for marker in "o^v")
    np.testing.assert_allclose(circles, [[-V_S, 0], [V_S, 0]], atol=ROUNDING)
    np.testing.assert_allclose(inner[:, 0], [-V_P_MINUS, V_P_MINUS])
    np.testing.assert_allclose(inner[:, 1], [0.14973, -0.14973], atol=1e-5)
    np.testing.assert_allclose(outer[:, 0], [-V_P_PLUS, V_P_PLUS])
    np.testing.assert_allclose(outer[:, 1], [-0.25408, 0.25408], atol=1e-5)


@pytest.mark.parametrize("panel", ["2b", "2d"])
def test_maps_are_blue_where_thermoactive_and_symmetric_about_zero(data, panel):
    axes = drawn(panel, data)
    mesh = axes.collections[0]
    assert mesh.norm.vmin == -mesh.norm.vmax
    assert mesh.norm(0.0) == pytest.approx(0.5)
    red, _, blue, _ = mesh.to_rgba(-0.1)  # weak thermoelectricity is seen
    assert blue - red > 0.2
    red, _, blue, _ = mesh.to_rgba(0.1)
    assert red - blue > 0.2
    assert to_rgba("white") in [tuple(c) for c in axes.collections[-1].get_edgecolor()]
    assert "G" in mesh.colorbar.ax.get_ylabel()


def test_2c_curves_begin_at_their_threshold(data):
    axes = drawn("2c", data)
    curves = [line for line in axes.lines if line.get_linestyle() == "-"]
    assert len(curves) == len(data["2c"].axes["T_S"])
    for line, h_t in zip(curves, [0.0431, 0.0930, DELTA, 0.28896, 0.47366], strict=True):
        known = np.isfinite(line.get_ydata())
        assert line.get_xdata()[known][0] == pytest.approx(h_t, abs=0.003)
    assert words(axes) == ["$0.5$", "$0.6$", "$0.7$", "$0.8$", "$0.9$"]


def test_3a_has_the_colours_of_the_paper(data):
    axes = drawn("3a", data)
    assert [line.get_color() for line in axes.lines[:4]] == [
        COLOURS[name] for name in ("I_up", "I_down", "I_q", "I_s")
    ]
    assert axes.lines[3].get_linestyle() == "--"


def test_3b_is_yellow_between_the_seebeck_voltages_and_violet_outside(data):
    axes = drawn("3b", data)
    spans = {}
    for patch in axes.patches:
        box = patch.get_path().get_extents(patch.get_patch_transform())
        spans[round(box.x0, 6), round(box.x1, 6)] = patch.get_facecolor()[:3]
    edge = round(V_S, 6)
    assert set(spans) == {(-edge, edge), (-1.0, -edge), (edge, 1.0)}
    red, green, blue = spans[-edge, edge]
    assert min(red, green) > blue  # yellow
    assert spans[-1.0, -edge] == spans[edge, 1.0]
    red, green, blue = spans[edge, 1.0]
    assert blue > red > green  # violet
    (circles,) = [points for points in marks(axes, "o") if len(points) == 2]
    np.testing.assert_allclose(circles[:, 0], [-V_S, V_S], atol=ROUNDING)
    (right,) = [one for one in axes.figure.axes if one is not axes]
    np.testing.assert_array_equal(right.lines[0].get_ydata(), data["3b"].outputs["SGE"])
    ratio = np.divide(*axes.get_ylim()), np.divide(*right.get_ylim())
    assert ratio[0] == pytest.approx(ratio[1])  # zero is at the same height on both scales


def halves(axes):
    """Return the dashed and the solid part of each coloured cut."""
    lines = [line for line in axes.lines if len(line.get_xdata()) and line.get_marker() == "None"]
    colours = [tuple(colour) for colour in graded(5)]
    cuts = {colour: [] for colour in colours}
    for line in lines:
        if to_rgba(line.get_color()) in cuts:
            cuts[to_rgba(line.get_color())].append(line)
    return list(cuts.values())


@pytest.mark.parametrize("panel", ["3c", "3d"])
def test_cuts_are_dashed_up_to_the_threshold_and_solid_beyond(data, panel):
    h_t = threshold_field(data["3d"], data["3d"].axes["T_S"], "self-consistent")
    step = 0.0101 if panel == "3c" else ROUNDING
    for (dashed, solid), threshold in zip(halves(drawn(panel, data)), h_t, strict=True):
        assert dashed.get_linestyle() == "--"
        assert solid.get_linestyle() == "-"
        assert dashed.get_xdata()[-1] == solid.get_xdata()[0]
        assert -ROUNDING <= solid.get_xdata()[0] - threshold <= step


def test_3b_names_both_sides_and_has_no_empty_band(data):
    axes = drawn("3b", data)
    places = {}
    for text in axes.texts:
        places.setdefault(text.get_text(), []).append(text.get_position()[0])
    assert places["thermoactive"] == [0.0]
    left, right = places["spin filter"]
    assert left == -right
    legend = axes.get_legend().get_window_extent()
    for line in (*axes.lines, *axes.figure.axes[1].lines):
        shown = line.get_transform().transform_path(line.get_path())
        if len(line.get_xdata()) and line.get_linestyle() != "None":
            assert not shown.intersects_bbox(legend, filled=False)
    low, high = axes.get_ylim()
    lowest = min(-0.591 * high / 1.25, data["3b"].outputs["I_q"].min())
    assert (lowest - low) / (high - low) < 0.25  # what is left holds the legend


def test_the_inset_of_1b_says_what_it_shows(data):
    (inset,) = drawn("1b", data).child_axes
    assert inset.get_ylabel() == r"$eI/(G_T\Delta_0)$"


def test_the_cuts_of_3c_are_named_and_the_greys_are_those_of_the_bar(data):
    axes = drawn("3c", data)
    assert [text.get_text() for text in axes.texts] == [
        rf"${T_S}\,T_c$" for T_S in (0.5, 0.6, 0.7, 0.8, 0.9)
    ]
    over = [c for c in axes.collections[1:] if c.get_alpha() not in (None, 0.0, 1.0)]
    assert over == []  # nothing transparent changes the colours of the map
    patch, line = axes.get_legend().legend_handles[0], axes.get_legend().get_texts()[0]
    assert line.get_text() == r"$h_\mathrm{t}$"
    assert to_hex(patch.get_facecolor()) != "#ffffff"  # a white line needs a ground


def test_the_values_of_gamma_are_all_written_as_powers():
    assert numbers([1e-5, 1e-3, 0.01]) == ["10^{-5}", "10^{-3}", "10^{-2}"]
    assert numbers([0.0, 1e-3, 0.5]) == ["0", "10^{-3}", r"5\times 10^{-1}"]
    assert numbers([0.0, 0.1, 0.4]) == ["0", "0.1", "0.4"]


def test_3c_has_both_thresholds_and_hatches_the_dissipative_side(data):
    axes = drawn("3c", data)
    (black,) = [
        line for line in axes.lines
        if to_hex(line.get_color()) == "#000000" and line.get_linewidth() == 0.9
    ]  # fmt: skip
    h, T_S = black.get_data()
    expected = np.tanh(1.74 * np.sqrt(1 / 0.01 - 1)) - np.tanh(1.74 * np.sqrt(1 / 0.7 - 1))
    assert np.interp(0.7, T_S, h) == pytest.approx(expected, abs=1e-4)
    hatched = next(c for c in axes.collections if c.get_hatch())
    (outline,) = hatched.get_paths()
    assert outline.contains_point((DELTA - 0.003, 0.7))
    assert not outline.contains_point((DELTA + 0.003, 0.7))


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_names_gamma_and_the_quantities_of_its_axes(data, panel):
    with style():
        figure = panel_sheet(panel, data[panel])
    assert r"\Gamma=10^{-4}\,\Delta_0" in figure.get_suptitle()
    for axis in (figure.axes[0].xaxis, figure.axes[0].yaxis):
        assert re.search(r"/\(?(G_T)?\\?(Delta_0|T_c)", axis.get_label_text())


@pytest.mark.parametrize("panels", FIGURES.values(), ids=FIGURES)
def test_figures_name_what_their_panels_share_once(data, panels):
    with style():
        figure = figure_sheet({panel: data[panel] for panel in panels})
    shared = figure.get_suptitle()
    assert r"\Gamma=10^{-4}\,\Delta_0" in shared
    assert "T_\\mathrm{Sm}=0.01" in shared
    lettered = [axes for axes in figure.axes if axes.get_title("left")]
    assert [axes.get_title("left") for axes in lettered] == ["(a)", "(b)", "(c)", "(d)"]
    own = lettered[0].get_title()
    assert "T_\\mathrm{S}=0.7" in own
    assert "Gamma" not in own


def test_nothing_in_a_picture_varies_and_the_spec_hash_is_inside(data):
    pictures = panel_images("2c", data["2c"])
    assert panel_images("2c", data["2c"]) == pictures
    for image in pictures.values():
        assert data["2c"].spec_sha256.encode() in image


def test_the_figure_on_gamma_shows_curves_peaks_and_windows(data):
    peaks, region = data[gamma_sensitivity.PEAKS], data[gamma_sensitivity.WINDOW]
    images = broadening_images(peaks, region, gamma_sensitivity.decade_rows(peaks), 0.0578)
    assert images[".pdf"].startswith(b"%PDF")
    assert images[".png"].startswith(b"\x89PNG")
    assert len(images[".png"]) < 300_000


# Viénot, Brettel and Mollon, Color Res. Appl. 24, 243 (1999): what protanopes and deuteranopes see.
BLIND = {
    "protanopia": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deuteranopia": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}


def lab(colour):
    """Return CIE L*a*b* of linear sRGB, D65."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.maximum(to_xyz @ colour / [0.9505, 1.0, 1.089], 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("blindness", BLIND)
@pytest.mark.parametrize("family", ["fields", "temperatures"])
def test_curves_are_told_apart_by_the_colour_blind(blindness, family):
    colours = list(FIELDS.values()) if family == "fields" else list(graded(5))
    linear = np.array([to_rgb(colour) for colour in colours]) ** 2.2
    seen = np.array([lab(np.clip(BLIND[blindness] @ one, 0, 1)) for one in linear])
    apart = np.linalg.norm(seen[:, None] - seen[None], axis=-1)[np.triu_indices(len(seen), 1)]
    assert apart.min() > 20  # 2.3 is just noticeable side by side
