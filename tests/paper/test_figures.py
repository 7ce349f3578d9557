"""Pictures: what is drawn where, on which scale, and what the reader is told about it."""

import os
import subprocess
import sys
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import LogNorm, SymLogNorm, to_hex, to_rgba
from matplotlib.mathtext import MathTextParser
from sweep_cases import REST_OF_HEADER, make_spec

from thermospin.dataset import Contents, FileError, read
from thermospin.execution import run_sweep
from thermospin.figures import FigureError, drawing, picture, sources, write_picture
from thermospin.figures.arrangement import Curves, Map, panels, sliced
from thermospin.figures.colours import colours_of
from thermospin.figures.curves import COLOURS, crossings
from thermospin.figures.labels import axis_label, number, value_text
from thermospin.figures.map_lines import threshold
from thermospin.figures.scales import geometric, symmetric
from thermospin.figures.style import COLUMN, NOT_A_NUMBER, style
from thermospin.quantities import GAP_MODELS, OUTPUTS, PARAMETERS

THRESHOLD = 0.171229029552262  # Δ_Sm − Δ_S at T_S = 0.7, in Δ0
SEEBECK = 0.281033740  # V_S at T_S = 0.7, h_exc = 0.4, Γ = 1e-4, in Δ0/e
ROUNDING = 1e-12
ON_GRID = 1e-5  # of a line drawn through 401 points along each axis, in Δ0

FIXED = {
    "T_S": 0.7,
    "T_Sm": 0.01,
    "h_exc": 0.4,
    "h_S": 0.0,
    "gamma": 1e-4,
    "gap_S": 1.0,
    "gap_Sm": 1.0,
}
BIAS = np.linspace(-1.0, 1.0, 41)
FIELD = np.linspace(0.0, 0.7, 36)
HEAT = np.linspace(0.05, 1.0, 20)


def wave(*mesh):
    """Return values of either sign that differ from point to point."""
    return np.sin(sum((1.0 + i) * points for i, points in enumerate(mesh)) + 0.3)


def contents(axes, outputs, **changes):
    """Return a file's numbers; an output is an array or a function of its own axes."""
    axes = {name: np.asarray(points, dtype="f8") for name, points in axes.items()}
    dims = {n: tuple(a for a in axes if a != "V" or OUTPUTS[n].biased) for n in outputs}
    values = {
        name: np.asarray(
            given(*np.meshgrid(*(axes[a] for a in dims[name]), indexing="ij"))
            if callable(given)
            else given,
            dtype="f8",
        )
        for name, given in outputs.items()
    }
    facts = {
        "title": "A sweep — Δ",
        "name": "sweep",
        "complete": True,
        "gap_model": "self-consistent",
        "spec_sha256": "f00d" * 16,
        "fixed": {name: value for name, value in FIXED.items() if name not in axes},
        "status": {},
        **REST_OF_HEADER,
    }
    return Contents(axes=axes, outputs=values, dims=dims, **(facts | changes))


@pytest.fixture(autouse=True)
def _style():
    with style():
        yield


def drawn(case):
    figure = drawing.draw(case)
    figure.draw_without_rendering()
    return figure


def curves_of(axes):
    """Return the lines that hold data: neither the zero lines nor marks."""
    return [
        line for line in axes.lines if line.get_linestyle() != "None" and len(line.get_xdata()) > 2
    ]


def colour_norm(output, values):
    return colours_of(output, values).norm


def legend_texts(axes):
    legend = axes.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def notes_of(figure):
    return figure.get_suptitle()


def test_panels_beyond_z_have_two_letters():
    assert [drawing._letters(index) for index in (0, 25, 26, 27, 52)] == [
        "a",
        "z",
        "aa",
        "ab",
        "ba",
    ]


def test_a_map_that_is_infinite_everywhere_says_so():
    axes = {"P": np.linspace(0.1, 0.2, 11), "h_exc": np.linspace(0.1, 0.3, 12)}
    figure = drawn(contents(axes, {"G_load_max": np.full((11, 12), np.inf)}))
    assert r"$\infty$" in [text.get_text() for text in figure.axes[0].texts]


# -- words ---------------------------------------------------------------------------------------


def test_every_quantity_has_a_symbol_that_mathtext_can_draw():
    parser = MathTextParser("path")
    for name in (*PARAMETERS, *OUTPUTS):
        for text in (axis_label((name,)), value_text(name, -1.5e-6)):
            assert parser.parse(text).width > 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.7, "0.7"),
        (-0.25, "-0.25"),
        (0.01, "0.01"),
        (1e-4, "10^{-4}"),
        (-1e-4, "-10^{-4}"),
        (2.5e-3, r"2.5\times 10^{-3}"),
        (0.281033740, "0.281"),
        (1e6, "10^{6}"),
    ],
)
def test_numbers_are_written_as_a_physicist_would(value, text):
    assert number(value) == text


def test_an_axis_that_outputs_share_names_what_they_have_in_common():
    assert axis_label(("I_up", "I_down")) == r"$eI/(G_T\Delta_0)$"
    assert axis_label(("J_S", "J_Sm")) == r"$e^2J/(G_T\Delta_0^2)$"
    assert axis_label(("power", "power_load")) == r"$e^2P/(G_T\Delta_0^2)$"
    assert axis_label(("power", "J_S")) == r"$e^2(J,P)/(G_T\Delta_0^2)$"
    assert axis_label(("efficiency", "carnot_fraction")) == r"$\eta,\ (\eta/\eta_\mathrm{C})$"
    assert axis_label(("G_0",)) == r"$G_0/G_T$"
    assert axis_label(("V",)) == r"$eV/\Delta_0$"


# -- what is shown where -------------------------------------------------------------------------


def test_one_axis_gives_one_panel_for_each_unit():
    case = contents({"V": BIAS}, dict.fromkeys(["I_q", "SGE", "I_s", "G", "dIdV"], wave))
    assert panels(case) == [
        Curves("V", ("I_q", "I_s")),
        Curves("V", ("SGE",)),
        Curves("V", ("G",)),
        Curves("V", ("dIdV",)),
    ]


@pytest.mark.parametrize("order", [("h_exc", "V"), ("V", "h_exc")])
def test_few_values_of_the_other_axis_give_a_family_of_curves(order):
    axes = {"h_exc": np.linspace(0, 0.7, 8), "V": BIAS}
    case = contents({name: axes[name] for name in order}, {"I_q": wave})
    assert panels(case) == [Curves("V", ("I_q",), "h_exc")]
    many = contents({"h_exc": np.linspace(0, 0.7, 9), "V": BIAS}, {"I_q": wave})
    assert panels(many) == [Map("V", "h_exc", "I_q")]


@pytest.mark.parametrize("order", [("h_exc", "T_S"), ("T_S", "h_exc")])
def test_the_field_lies_and_the_temperature_stands_as_in_the_paper(order):
    axes = {"h_exc": FIELD, "T_S": HEAT}
    case = contents({name: axes[name] for name in order}, {"G_0": wave})
    assert panels(case) == [Map("h_exc", "T_S", "G_0")]
    mesh = drawn(case).axes[0].collections[0]
    shown = np.asarray(mesh.get_array()).reshape(len(HEAT), len(FIELD))
    expected = case.outputs["G_0"] if order == ("T_S", "h_exc") else case.outputs["G_0"].T
    np.testing.assert_array_equal(shown, expected)


def test_voltages_of_the_junction_are_marked_on_the_current_and_the_field_on_its_curves():
    case = contents(
        {"h_exc": [0, 0.2, 0.4], "V": BIAS}, dict.fromkeys(["I_up", "I_q", "V_S", "G_0"], wave)
    )
    assert panels(case) == [
        Curves("V", ("I_up", "I_q"), "h_exc", ("V_S",)),
        Curves("h_exc", ("G_0",)),
    ]
    case = contents({"T_S": [0.5, 0.7], "h_exc": FIELD}, dict.fromkeys(["I_s_peak", "h_t"], wave))
    assert panels(case) == [Curves("h_exc", ("I_s_peak",), "T_S", ("h_t",))]


def test_a_mark_without_a_curve_to_carry_it_has_a_panel():
    assert panels(contents({"h_exc": FIELD}, {"V_S": wave})) == [Curves("h_exc", ("V_S",))]
    assert panels(contents({"h_exc": FIELD, "T_S": HEAT}, {"h_t": wave})) == [
        Map("h_exc", "T_S", "h_t")
    ]


def test_a_map_shows_the_threshold_as_a_line_rather_than_by_a_map_of_its_own():
    case = contents({"T_S": HEAT, "h_exc": FIELD}, dict.fromkeys(["h_t", "G_max"], wave))
    assert panels(case) == [Map("h_exc", "T_S", "G_max")]


@pytest.mark.parametrize("rates", [{"depairing": 0.03}, {"spin_orbit_Sm": 0.1}])
def test_with_rates_there_is_no_line_at_the_threshold_of_ideal_leads(rates):
    case = contents({"T_S": HEAT, "h_exc": FIELD}, {"G_0": wave})
    film = replace(case, fixed=case.fixed | rates)
    assert len(drawn(case).axes[0].collections) == len(drawn(film).axes[0].collections) + 1
    case = contents({"T_S": HEAT, "h_exc": FIELD}, dict.fromkeys(["h_t", "G_max"], wave))
    film = replace(case, fixed=case.fixed | rates)
    assert {panel.output for panel in panels(film)} == {"h_t", "G_max"}
    case = contents({"h_exc": FIELD}, dict.fromkeys(["h_t", "G_max"], wave))
    film = replace(case, fixed=case.fixed | rates)
    assert panels(case)[0].marks == ("h_t",)
    assert [panel.marks for panel in panels(film)] == [(), ()]


def test_every_parameter_can_lie_along_a_map():
    for name in PARAMETERS.keys() - {"T_S", "T"}:
        case = contents({"T_S": HEAT, name: FIELD}, {"G_0" if name != "V" else "I_q": wave})
        assert panels(case)[0].x == name


def test_of_three_axes_the_shortest_is_cut_in_the_middle_and_the_reader_is_told():
    case = contents({"T_Sm": [0.01, 0.1, 0.25], "h_exc": FIELD, "T_S": HEAT}, {"G_0": wave})
    reduced, cuts = sliced(case)
    assert cuts == {"T_Sm": 0.1}
    assert reduced.fixed["T_Sm"] == 0.1
    np.testing.assert_array_equal(reduced.outputs["G_0"], case.outputs["G_0"][1])
    figure = drawn(case)
    assert r"slice at $T_\mathrm{Sm}=0.1\,T_c$" in notes_of(figure)
    assert panels(reduced) == [Map("h_exc", "T_S", "G_0")]


def test_a_slice_reaches_outputs_that_do_not_depend_on_the_bias():
    axes = {"T_S": [0.6, 0.7, 0.8], "h_exc": np.linspace(0, 0.4, 5), "V": BIAS}
    reduced, cuts = sliced(contents(axes, {"I_q": wave, "V_S": wave}))
    assert cuts == {"T_S": 0.7}
    assert reduced.dims == {"I_q": ("h_exc", "V"), "V_S": ("h_exc",)}
    assert reduced.outputs["V_S"].shape == (5,)


def test_an_axis_of_one_value_is_a_fixed_parameter_and_no_slice():
    reduced, cuts = sliced(contents({"gamma": [1e-3], "V": BIAS}, {"I_q": wave}))
    assert cuts == {}
    assert reduced.fixed["gamma"] == 1e-3
    assert reduced.dims["I_q"] == ("V",)


# -- notes ---------------------------------------------------------------------------------------


def test_the_fixed_parameters_are_named_with_their_units():
    notes = notes_of(drawn(contents({"V": BIAS}, {"I_q": wave, "Delta_S": 0.8287709704})))
    for text in (
        r"$T_\mathrm{S}=0.7\,T_c$",
        r"$h_\mathrm{exc}=0.4\,\Delta_0$",
        r"$\Gamma=10^{-4}\,\Delta_0$",
        r"$\Delta_\mathrm{S}=0.8288\,\Delta_0$",
    ):
        assert text in notes
    assert r"h_\mathrm{S}" not in notes  # at its default
    assert "incomplete" not in notes


def test_what_is_unusual_is_said():
    notes = notes_of(
        drawn(
            contents(
                {"V": BIAS},
                {"I_q": wave},
                complete=False,
                gap_model="tanh",
                fixed=FIXED | {"h_S": 0.1},
            )
        )
    )
    for text in ("incomplete", "tanh gaps", r"$h_\mathrm{S}=0.1\,\Delta_0$"):
        assert text in notes


@pytest.mark.parametrize("model", GAP_MODELS)
def test_how_the_gaps_come_about_reads_naturally(model):
    notes = notes_of(drawn(contents({"V": BIAS}, {"I_q": wave}, gap_model=model, fixed=FIXED)))
    words = {
        "tanh": "tanh gaps",
        "constant": "constant gaps",
        "dynes": "gaps with Dynes broadening",
    }
    assert ("gaps" in notes) == (model != "self-consistent")
    assert words.get(model, "") in notes


# -- colours -------------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["G", "G_0", "G_max", "dIdV"])
def test_conductances_are_red_where_dissipative_and_blue_where_thermoactive(output):
    mesh = drawn(contents({"T_S": HEAT, "h_exc": FIELD, "V": [0.1]}, {output: wave})).axes[0]
    mesh = mesh.collections[0]
    red, _, blue, _ = mesh.to_rgba(0.5)
    assert red > blue
    red, _, blue, _ = mesh.to_rgba(-0.5)
    assert blue > red


@pytest.mark.parametrize("output", [name for name in OUTPUTS if OUTPUTS[name].signed])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 300.0])
def test_zero_is_the_middle_of_the_colours(output, scale):
    values = scale * wave(FIELD[:, None], HEAT[None, :])
    norm = colour_norm(output, values)
    assert norm.vmin == -norm.vmax
    assert norm(0.0) == pytest.approx(0.5, abs=ROUNDING)


def test_weak_thermoelectricity_is_seen_beside_strong_dissipation():
    strong, weak = np.geomspace(1e-3, 10.0, 400), -np.geomspace(1e-3, 0.05, 100)
    norm = colour_norm("G_0", np.concatenate([strong, weak]))
    assert isinstance(norm, SymLogNorm)
    assert norm(-0.05) < 0.35  # a sixth of all colours away from white
    values = np.concatenate([np.full(300, 1.0), np.full(300, -0.2)])
    norm = colour_norm("power", values)
    assert norm(-0.2) < 0.35
    assert norm.vmax >= 1.0


@pytest.mark.parametrize("name", [name for name in OUTPUTS if not OUTPUTS[name].spans_decades])
def test_no_extreme_of_a_quantity_of_either_sign_is_beyond_its_colours(name):
    rng = np.random.default_rng(7)
    for weight in (0.0, 1.0, 5.0):
        values = rng.normal(size=2000) * np.exp(weight * rng.normal(size=2000))
        norm = colour_norm(name, values)
        assert norm.vmin == -norm.vmax
        assert norm.vmin <= values.min()
        assert norm.vmax >= values.max()
        assert norm(0.0) == pytest.approx(0.5, abs=ROUNDING)


def test_the_peaks_of_a_conductance_do_not_take_all_the_colours():
    values = np.full(1000, 0.3)
    values[::2] *= -1
    values[:5] = 1e4
    norm = colour_norm("G_0", values)
    assert norm(0.3) > 0.58  # a sixth of the way from white to the deepest red
    assert norm(1e4) <= 1.0


@pytest.mark.parametrize(
    ("least", "powers"), [(3e-3, [1e-3, 0.01, 0.1, 1, 10]), (1e-6, [1e-5, 1e-3, 0.1, 10])]
)
def test_the_ticks_of_a_logarithmic_range_are_powers_of_ten(least, powers):
    span = symmetric(np.geomspace(least, 7.0, 200))
    assert span.logarithmic
    expected = [*(-power for power in reversed(powers)), 0, *powers]
    np.testing.assert_allclose(span.ticks(), expected, rtol=ROUNDING)


@pytest.mark.parametrize(
    ("limits", "extend"),
    [((-0.5, 0.5), "both"), ((-2, 0.5), "max"), ((-0.5, 2), "min"), ((-2, 2), "neither")],
)
def test_values_beyond_the_colours_are_announced(limits, extend):
    assert colours_of("G_0", wave(BIAS), limits=limits).extend == extend


def test_a_cusp_does_not_take_the_colours_of_all_other_values():
    peaked = np.linspace(0, 1, HEAT.size * FIELD.size).reshape(HEAT.size, -1)
    peaked[3, 3] = 50.0
    figure = drawn(contents({"T_S": HEAT, "h_exc": FIELD}, {"J_S": peaked}))
    bar = figure.axes[0].collections[0].colorbar
    assert bar.extend == "max"
    assert bar.vmax < 1.1


def test_lightness_starts_at_zero_where_the_values_nearly_do():
    norm = colour_norm("V_S", np.linspace(0.02, 0.6, 50))
    assert norm.vmin == 0.0
    norm = colour_norm("Delta_S", np.linspace(0.98, 1.0, 50))
    assert norm.vmin == pytest.approx(0.98)


def test_errors_span_decades():
    assert isinstance(colour_norm("I_error", np.geomspace(1e-14, 1e-9, 40)), LogNorm)


def test_what_was_not_computed_is_light_grey():
    values = wave(HEAT[:, None], FIELD[None, :])
    values[:3] = np.nan
    mesh = drawn(contents({"T_S": HEAT, "h_exc": FIELD}, {"G_0": values})).axes[0].collections[0]
    assert np.ma.getmaskarray(mesh.get_array()).sum() == 3 * FIELD.size
    assert to_hex(mesh.cmap.get_bad()) == to_hex(NOT_A_NUMBER)


@pytest.mark.parametrize("output", ["G_0", "V_S", "I_s_peak"])
@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_a_map_without_any_contrast_is_drawn_all_the_same(output, value):
    flat = np.full((HEAT.size, FIELD.size), value)
    drawn(contents({"T_S": HEAT, "h_exc": FIELD}, {output: flat}))


# -- the threshold -------------------------------------------------------------------------------


def test_the_threshold_is_the_field_at_which_the_inner_matching_voltage_vanishes():
    case = contents({"T_S": HEAT, "h_exc": FIELD}, {"G_0": wave})
    field = np.array([0.1, THRESHOLD, 0.2, -THRESHOLD, 0.71])
    difference = threshold(case, field, np.array([0.7]))[0]
    assert difference[0] > 0.0 > difference[2]  # thermoactive above h_t only
    np.testing.assert_allclose(difference[[1, 3]], 0.0, atol=ROUNDING)
    assert np.isnan(difference[4])  # Sm is normal beyond the Chandrasekhar–Clogston field


def test_the_threshold_follows_the_gap_model_of_the_file():
    case = contents({"T_S": HEAT, "h_exc": FIELD}, {"G_0": wave}, gap_model="tanh")
    approximate = 1.0 - np.tanh(1.74 * np.sqrt(1.0 / 0.7 - 1.0))
    difference = threshold(case, np.array([approximate]), np.array([0.7]))
    np.testing.assert_allclose(difference, 0.0, atol=ROUNDING)


def test_the_threshold_is_drawn_dashed_where_the_axes_are_field_and_temperature():
    axes = drawn(contents({"T_S": HEAT, "h_exc": FIELD}, {"G_0": wave})).axes[0]
    dashed = axes.collections[-1]
    assert to_rgba("white") in map(tuple, dashed.get_edgecolor())
    assert dashed.get_linestyle()[0][1] is not None
    line = np.concatenate([path.vertices for path in dashed.get_paths()])
    rising = line[np.argsort(line[:, 1])]
    assert np.interp(0.7, rising[:, 1], rising[:, 0]) == pytest.approx(THRESHOLD, abs=ON_GRID)
    elsewhere = drawn(contents({"h_exc": FIELD, "V": BIAS}, {"I_s": wave})).axes[0]
    assert len(elsewhere.collections) == 2  # colours and the contour of zero


def test_the_contour_of_zero_is_there_only_where_the_sign_changes():
    positive = drawn(
        contents({"gamma": HEAT, "h_exc": FIELD}, {"I_s_peak": lambda *m: 2 + wave(*m)})
    )
    assert len(positive.axes[0].collections) == 1
    case = contents({"gamma": HEAT, "h_exc": FIELD}, {"G_0": lambda _, h: h - 0.3})
    contour = drawn(case).axes[0].collections[1]
    at = np.concatenate([path.vertices for path in contour.get_paths()])[:, 0]
    np.testing.assert_allclose(at, 0.3, atol=ON_GRID)


def test_the_contour_of_zero_is_smooth_where_the_sign_jumps():
    # A pole of strength 1/x at h = 0.3 T: its values beside the jump depend on the mesh alone.
    case = contents({"gamma": HEAT, "h_exc": FIELD}, {"G_0": lambda g, h: 1 / (h - 0.3 * g - 1e-7)})
    contour = drawn(case).axes[0].collections[1]
    line = np.concatenate([path.vertices for path in contour.get_paths()])
    assert np.abs(line[:, 0] - 0.3 * line[:, 1]).max() < 0.6 * np.diff(FIELD)[0]


# -- curves --------------------------------------------------------------------------------------


def test_spins_have_the_colours_of_the_paper():
    axes = drawn(contents({"V": BIAS}, dict.fromkeys(["I_up", "I_down", "I_q", "I_s"], wave))).axes[
        0
    ]
    colours = [to_hex(line.get_color()) for line in curves_of(axes)]
    assert colours == [COLOURS[name] for name in ("I_up", "I_down", "I_q", "I_s")]
    red, green, blue, _ = to_rgba(COLOURS["I_up"])
    assert blue > max(red, green)
    red, green, blue, _ = to_rgba(COLOURS["I_down"])
    assert green > max(red, blue)
    assert curves_of(axes)[3].get_linestyle() == "--"
    assert legend_texts(axes) == [
        r"$I_\uparrow$",
        r"$I_\downarrow$",
        r"$I_\mathrm{q}$",
        r"$I_\mathrm{s}$",
    ]


def test_a_family_has_a_curve_and_a_legend_entry_for_each_value():
    fields = [0, 0.1, 0.2, 0.3, 0.4]
    case = contents({"h_exc": fields, "V": BIAS}, {"I_q": wave})
    axes = drawn(case).axes[0]
    curves = curves_of(axes)
    assert len({to_hex(line.get_color()) for line in curves}) == 5
    for line, values in zip(curves, case.outputs["I_q"], strict=True):
        np.testing.assert_array_equal(line.get_ydata(), values)
    assert legend_texts(axes) == ["$0$", "$0.1$", "$0.2$", "$0.3$", "$0.4$"]
    assert axes.get_legend().get_title().get_text() == r"$h_\mathrm{exc}/\Delta_0$"
    assert axes.get_xlabel() == r"$eV/\Delta_0$"
    assert axes.get_ylabel() == r"$eI_\mathrm{q}/(G_T\Delta_0)$"


def test_a_legend_names_a_family_once_in_a_figure():
    case = contents({"h_exc": [0, 0.4], "V": BIAS}, {"I_q": wave, "SGE": wave})
    first, second = drawn(case).axes
    assert legend_texts(first) == ["$0$", "$0.4$"]
    assert legend_texts(second) == []


@pytest.mark.parametrize("rising", [True, False])
def test_a_legend_never_lies_on_a_curve(rising):
    def fill(h, V):  # the first leaves the upper left free, the second nothing
        return 2 * h + V**3 if rising else (1 + h) * np.sin(40 * V)

    figure = drawn(
        contents({"h_exc": [0.0, 0.1, 0.2], "V": np.linspace(-1, 1, 401)}, {"I_q": fill})
    )
    axes = figure.axes[0]
    box = axes.get_legend().get_window_extent()
    for line in axes.lines:
        path = line.get_transform().transform_path(line.get_path())
        assert not path.intersects_bbox(box, filled=False)
    assert (box.x1 < axes.bbox.x1) == rising
    assert box.x1 <= figure.bbox.x1


def test_marks_lie_at_plus_and_minus_the_seebeck_voltage_and_nowhere_without_one():
    case = contents(
        {"h_exc": [0.1, 0.4], "V": BIAS},
        {"I_q": lambda h, V: V * (np.abs(V) - h), "V_S": [np.nan, 0.4]},
    )
    axes = drawn(case).axes[0]
    marks = [line for line in axes.lines if line.get_marker() == "o"]
    assert [list(line.get_xdata()) for line in marks] == [[], [-0.4, 0.4]]
    np.testing.assert_allclose(marks[1].get_ydata(), 0.0, atol=ROUNDING)
    assert legend_texts(axes)[-1] == r"$V_\mathrm{S}$"


def test_the_threshold_field_is_where_the_axis_overtakes_it():
    field = np.linspace(0.0, 0.7, 8)
    np.testing.assert_allclose(crossings(field, np.full(8, THRESHOLD)), THRESHOLD, rtol=ROUNDING)
    assert crossings(field, np.full(8, 0.9)).size == 0
    assert crossings(field, np.full(8, np.nan)).size == 0


def test_a_gap_in_the_values_is_a_gap_in_the_curve_and_the_axis_stays_whole():
    values = wave(FIELD)
    values[:12] = np.nan
    axes = drawn(contents({"h_exc": FIELD}, {"V_S": values})).axes[0]
    assert np.isnan(curves_of(axes)[0].get_ydata()[:12]).all()
    assert axes.get_xlim() == pytest.approx((0.0, 0.7))


def test_spikes_of_a_conductance_leave_the_rest_legible():
    def spiky(V):
        return 0.1 + 1e-4 / ((V - 0.5) ** 2 + 1e-6)

    axes = drawn(contents({"V": BIAS}, {"dIdV": spiky, "I_q": spiky})).axes
    assert axes[0].get_yscale() == "symlog"
    assert axes[1].get_yscale() == "linear"  # a current has no such spikes


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_logarithmic_axis_is_drawn_so(scale):
    points = np.geomspace(1e-6, 1e-1, 31) if scale == "log" else np.linspace(0.001, 0.1, 31)
    assert geometric(points) == (scale == "log")
    assert drawn(contents({"gamma": points}, {"G_max": wave})).axes[0].get_xscale() == scale
    figure = drawn(contents({"gamma": points, "h_exc": FIELD}, {"G_0": wave}))
    assert figure.axes[0].get_yscale() == scale


# -- the sheet -----------------------------------------------------------------------------------


def test_figures_are_one_column_wide_with_ticks_inside_and_a_rasterised_map():
    figure = drawn(contents({"T_S": HEAT, "h_exc": FIELD}, {"G_0": wave}))
    assert figure.get_figwidth() == COLUMN
    assert figure.axes[0].collections[0].get_rasterized()
    assert figure.axes[0].xaxis.get_major_ticks()[0].get_tickdir() == "in"
    assert mpl.rcParams["pdf.fonttype"] == 42
    assert mpl.rcParams["mathtext.fontset"] == "stix"


def test_many_panels_take_two_columns_and_have_letters():
    outputs = dict.fromkeys(["G_0", "G_max", "I_s_peak", "V_S"], wave)
    figure = drawn(contents({"T_S": HEAT, "h_exc": FIELD}, outputs))
    assert figure.get_figwidth() == 2 * COLUMN
    letters = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert letters == ["(a)", "(b)", "(c)", "(d)"]


def test_stacked_curves_share_the_labels_of_their_axis():
    upper, lower = drawn(contents({"V": BIAS}, {"I_q": wave, "SGE": wave})).axes
    assert (upper.get_xlabel(), lower.get_xlabel()) == ("", r"$eV/\Delta_0$")


# -- files ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    path = tmp_path_factory.mktemp("figures") / "iv.h5"
    spec = make_spec(
        {"V": BIAS}, ["I_q", "I_s", "V_S"], fixed={"T_S": 0.7, "h_exc": 0.4, "gamma": 1e-4}
    )
    run_sweep(spec, path, threads=1)
    return path


@pytest.fixture
def copied(sweep, tmp_path):
    path = tmp_path / "iv.h5"
    path.write_bytes(sweep.read_bytes())
    return path


def test_the_picture_lies_beside_the_file_by_default(copied, tmp_path):
    assert write_picture(copied) == tmp_path / "iv.png"
    assert sorted(os.listdir(tmp_path)) == ["iv.h5", "iv.png"]


@pytest.mark.parametrize(
    ("suffix", "start"),
    [(".png", b"\x89PNG"), (".pdf", b"%PDF"), (".svg", b"<?xml"), (".PDF", b"%PDF")],
)
def test_the_suffix_decides_on_the_format_and_the_spec_hash_is_inside(copied, suffix, start):
    picture_file = write_picture(copied, copied.with_name(f"figure{suffix}"))
    image = picture_file.read_bytes()
    assert image.startswith(start)
    assert read(copied).spec_sha256.encode() in image
    write_picture(copied, picture_file)
    assert picture_file.read_bytes() == image  # nothing in it varies from run to run


def test_a_real_current_vanishes_at_the_marks(sweep):
    axes = drawn(read(sweep)).axes[0]
    marks = next(line for line in axes.lines if line.get_marker() == "o")
    np.testing.assert_allclose(marks.get_xdata(), [-SEEBECK, SEEBECK], rtol=1e-8)
    between = np.diff(BIAS)[0] * 0.5  # slope times half a step of the curve drawn
    np.testing.assert_allclose(marks.get_ydata(), 0.0, atol=between)


@pytest.mark.parametrize("output", ["figure.jpg", "figure", "missing/figure.png", "folder.png"])
def test_an_output_that_is_not_possible_is_refused_before_anything_is_drawn(
    copied, tmp_path, output, monkeypatch
):
    (tmp_path / "folder.png").mkdir()
    monkeypatch.setattr(drawing, "rendered", None)
    with pytest.raises(FigureError, match=output.split("/")[0]):
        write_picture(copied, tmp_path / output)


def test_the_file_itself_is_never_drawn_over(copied):
    data = copied.rename(copied.with_suffix(".png"))
    before = data.read_bytes()
    with pytest.raises(FigureError, match="is the file to be drawn"):
        write_picture(data)
    assert data.read_bytes() == before


def test_a_foreign_file_is_refused(tmp_path):
    foreign = tmp_path / "notes.h5"
    foreign.write_text("no data\n")
    with pytest.raises(FileError, match="HDF5"):
        write_picture(foreign)
    assert os.listdir(tmp_path) == ["notes.h5"]


def test_a_single_point_is_no_picture(tmp_path, monkeypatch):
    single = contents({"V": [0.1]}, {"I_q": wave})
    monkeypatch.setattr(sources, "read", lambda _, mapped: single)  # noqa: ARG005
    with pytest.raises(FigureError, match="two or more values"):
        write_picture(tmp_path / "point.h5")


def test_a_missing_matplotlib_is_named_with_its_cure(copied, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(
        FigureError, match=r'plotting needs matplotlib: pip install "thermospin\[plot\]"'
    ):
        write_picture(copied)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_leaves_the_old_picture_and_nothing_else(copied, tmp_path, monkeypatch, call):
    old = tmp_path / "iv.png"
    old.write_bytes(b"old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(picture.os, call, fail)
    with pytest.raises(OSError, match="No space"):
        write_picture(copied)
    monkeypatch.undo()
    assert old.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["iv.h5", "iv.png"]


def test_a_symbolic_link_stays_one(copied, tmp_path):
    (tmp_path / "link.png").symlink_to("real.png")
    write_picture(copied, tmp_path / "link.png")
    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "real.png").read_bytes().startswith(b"\x89PNG")


def test_matplotlib_is_imported_to_draw_only_and_its_settings_are_left_alone(copied):
    script = f"""
import sys
import thermospin.figures
assert "matplotlib" not in sys.modules
from matplotlib import rcParams
rcParams["text.usetex"] = True  # there may be no LaTeX; the figures need none
names = [name for name in rcParams if name != "backend"]  # to ask for that imports pyplot
before = [rcParams[name] for name in names]
thermospin.figures.write_picture({str(copied)!r})
assert [rcParams[name] for name in names] == before
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
