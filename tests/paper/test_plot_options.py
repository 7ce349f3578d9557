"""Pictures a person can steer: units, limits, scales, colours, layout, and their sources."""

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import LogNorm, SymLogNorm, to_hex
from matplotlib.figure import Figure
from sweep_cases import REST_OF_HEADER

import thermospin as ts
from thermospin import run_sweep
from thermospin.dataset import Contents
from thermospin.figures import FigureError, View, drawing, write_picture
from thermospin.figures.display import Display
from thermospin.figures.labels import bare_symbol
from thermospin.figures.map_lines import THRESHOLD, ZERO
from thermospin.figures.measured import LaidOver
from thermospin.figures.scales import cell_edges
from thermospin.figures.view import settled
from thermospin.quantities import OUTPUTS
from thermospin.spec import Material, parse_spec

BIAS, FIELD, HEAT = np.linspace(-1, 1, 41), np.linspace(0, 0.7, 15), np.linspace(0.1, 0.9, 17)
GAMMAS = np.array([1e-4, 1e-3, 1e-2, 1e-1])
FIXED = {"T_S": 0.7, "T_Sm": 0.01, "h_exc": 0.4, "gamma": 1e-4, "h_S": 0, "gap_S": 1, "gap_Sm": 1}
MATERIAL = Material(Delta_0="200 ueV", G_T="0.1 mS")
SI, REDUCED = Display(MATERIAL, in_si=True), Display(MATERIAL)
ROUNDING = 1e-12


def contents(axes, outputs, **changes):
    """Return contents whose outputs are functions of the axes that they have."""
    axes = {name: np.asarray(points, float) for name, points in axes.items()}
    dims = {n: tuple(a for a in axes if a != "V" or OUTPUTS[n].biased) for n in outputs}
    values = {
        name: function(**dict(zip(dims[name], np.meshgrid(*(axes[a] for a in dims[name]),
                                                          indexing="ij"), strict=True)))
        for name, function in outputs.items()
    }  # fmt: skip
    facts = {
        "title": "A test",
        "name": "test",
        "complete": True,
        "gap_model": "self-consistent",
        "spec_sha256": "0" * 64,
        "fixed": {k: v for k, v in FIXED.items() if k not in axes},
        "status": {},
        **REST_OF_HEADER,
    }
    return Contents(axes=axes, outputs=values, dims=dims, **(facts | changes))


def odd(V, h_exc=0.3, **_):
    """Return a current that is dissipative below h_exc = 0.2 and thermoactive at |V| < h_exc."""
    return V * (V**2 - (h_exc - 0.2))


LINE = contents({"V": BIAS}, {"I_q": odd, "I_s": lambda V: np.cosh(V), "dIdV": lambda V: V**2 + 1})
MAP = contents({"h_exc": FIELD, "V": BIAS}, {"I_q": odd, "SGE": lambda h_exc, V: h_exc - V**2})
HEATED = contents({"T_S": HEAT, "h_exc": FIELD}, {"G_0": lambda T_S, h_exc: T_S - h_exc})
CUBE = contents(
    {"T_S": [0.5, 0.7, 0.9], "h_exc": FIELD, "V": BIAS},
    {
        "I_q": lambda T_S, h_exc, V: T_S * odd(V, h_exc),
        "V_S": lambda T_S, h_exc: T_S * h_exc,
    },
)


def drawn(case, display=REDUCED, **view):
    return drawing.draw(case, settled("a.h5", case, View(**view), display), display)


def panels_of(figure):
    """Return the axes that are not colour bars."""
    return [axes for axes in figure.axes if axes.get_xlabel() or axes.get_lines()]


def data_of(axes):
    return [line for line in axes.lines if len(line.get_xdata()) > 2]


def refusal(case, display=REDUCED, **view):
    with pytest.raises(FigureError) as caught:
        drawn(case, display, **view)
    return str(caught.value)


# -- units ---------------------------------------------------------------------------------------


def test_a_picture_in_si_has_prefixed_units_on_its_axes_bars_and_notes():
    figure = drawn(MAP, SI, show=("I_q",))
    axes = figure.axes[0]
    assert axes.get_xlabel() == "$V$ (µV)"
    assert axes.get_ylabel() == r"$h_\mathrm{exc}$ (µeV)"
    assert axes.get_xlim() == pytest.approx((-200, 200))
    assert axes.get_ylim() == pytest.approx((0, 140))
    mesh = axes.collections[0]
    assert mesh.colorbar.ax.get_ylabel() == r"$I_\mathrm{q}$ (nA)"
    shown = np.asarray(mesh.get_array()).reshape(len(FIELD), len(BIAS))
    np.testing.assert_allclose(shown, 20 * MAP.outputs["I_q"])  # G_T Δ0/e = 20 nA
    note = figure.get_suptitle()
    assert r"$\Gamma=20$ neV" in note
    assert r"$T_\mathrm{S}=921.1$ mK" in note  # 0.7 · 200 µeV/(1.764 k_B)
    assert "Delta_0" not in note


def test_curves_in_si_are_the_reduced_ones_in_other_units():
    case = contents({"h_exc": [0.1, 0.4], "V": BIAS}, {"I_q": odd, "V_S": lambda h_exc: h_exc})
    (reduced,), (si,) = (panels_of(drawn(case, display)) for display in (REDUCED, SI))
    for one, other in zip(data_of(reduced), data_of(si), strict=True):
        np.testing.assert_allclose(other.get_xdata(), 200 * one.get_xdata())
        np.testing.assert_allclose(other.get_ydata(), 20 * one.get_ydata())
    marks = [[line for line in axes.lines if line.get_marker() == "o"] for axes in (reduced, si)]
    for one, other in zip(*marks, strict=True):
        np.testing.assert_allclose(other.get_xdata(), 200 * one.get_xdata())
    legend = si.get_legend()
    assert legend.get_title().get_text() == r"$h_\mathrm{exc}$ (µeV)"
    assert [text.get_text() for text in legend.get_texts()][:2] == ["$20$", "$80$"]


@pytest.mark.parametrize(
    ("unit", "values", "symbol", "factor"),
    [
        ("Δ0/e", [-1.0, 1.0], "µV", 200.0),
        ("Δ0/e", [5.0], "mV", 0.2),
        ("Δ0/e", [0.0, np.nan], "µV", 200.0),
        ("T_c", [0.1], "mK", 1315.8),
        ("T_c", [1.0], "K", 1.3158),
        ("Δ0", [1e-4], "neV", 2e5),
        ("G_T", [1.0], "µS", 100.0),
        ("G_T", [20.0], "mS", 0.1),
        ("1/G_T", [1.0], "kΩ", 10.0),
        ("G_T Δ0/e", [0.01], "pA", 2e4),
        ("G_T Δ0²/e²", [1.0], "pW", 4.0),
        ("G_T Δ0", [1.0], "fA²/Hz", 3204.35),
        ("π", [1.0], "rad", np.pi),
        ("", [1.0], None, 1.0),
    ],
)
def test_the_prefix_leaves_one_to_three_digits_before_the_point(unit, values, symbol, factor):
    shown = SI.unit(unit, values)
    assert shown.symbol == symbol
    assert shown.factor == pytest.approx(factor, rel=1e-4)
    assert REDUCED.unit(unit, values).factor == 1.0
    if symbol:
        assert shown.of_si * MATERIAL.factor(unit) == pytest.approx(shown.factor)


def test_an_axis_of_exactly_a_thousand_small_units_has_the_larger_unit():
    milli = Display(Material(Delta_0="1 meV", G_T="1 mS"), in_si=True)
    assert milli.unit("Δ0/e", [1.0]).symbol == "mV"
    assert milli.unit("Δ0/e", [1.0 - 1e-13]).symbol == "mV"


def test_a_cut_may_be_given_in_a_unit_and_is_told_in_that_of_the_picture():
    figure = drawn(CUBE, SI, at={"T_S": "900 mK"}, show=("I_q",))
    assert r"slice at $T_\mathrm{S}=921.1$ mK" in figure.get_suptitle()
    message = refusal(CUBE, SI, at={"T_S": "3 K"})
    assert message == "a.h5: T_S = 3 K: must be between 657.898 mK and 1.18422 K"


def test_the_ends_of_an_axis_in_a_unit_are_on_it():
    for tenths in range(1, 300):
        material = Material(Delta_0=f"{tenths / 10} ueV", G_T="1 mS")
        end = material.reduced("V", "137 uV")
        case = contents({"V": np.linspace(-end, end, 5), "h_exc": FIELD}, {"I_q": odd})
        for text in ("137 uV", "-137 uV", "0.137 mV"):
            view = View(at={"V": text}, show=("I_q",))
            settled("a.h5", case, view, Display(material, in_si=True))


@pytest.mark.parametrize(
    ("given", "display", "words"),
    [
        ("3 K", Display(), "a unit needs a material, which the spec does not have; give a bare"),
        ("3 uV", SI, "T_S must be a temperature in K, mK, uK, got '3 uV'"),
        ("warm", SI, "T_S must be a finite decimal number, got 'warm'"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_by_name(given, display, words):
    assert words in refusal(CUBE, display, at={"T_S": given})


def test_the_display_follows_from_the_material_unless_one_is_asked_for(material_file, iv_file):
    assert ts.plot(material_file).axes[0].get_xlabel() == "$V$ (µV)"
    assert ts.plot(material_file, display="reduced").axes[0].get_xlabel() == r"$eV/\Delta_0$"
    assert ts.plot(iv_file).axes[0].get_xlabel() == r"$eV/\Delta_0$"
    with pytest.raises(FigureError, match="display: si needs a material in the spec, such as"):
        ts.plot(iv_file, display="si")
    with pytest.raises(FigureError, match="display must be one of si, reduced, got 'SI'"):
        ts.plot(iv_file, display="SI")


# -- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [(-0.5, 0.25), ("-100 uV", "0.05 mV"), ("-0.5", "0.25")])
def test_limits_are_reduced_numbers_or_quantities(limits):
    axes = drawn(LINE, SI, xlim=limits, show=("I_q",)).axes[0]
    assert axes.get_xlim() == pytest.approx((-100, 50))
    inside = (BIAS >= -0.5) & (BIAS <= 0.25)
    top = 20 * np.abs(LINE.outputs["I_q"][inside]).max()
    assert axes.get_ylim()[1] < 1.5 * top  # the vertical range is that of what is seen


def test_the_unit_follows_from_the_limits():
    axes = drawn(LINE, SI, xlim=(-10, 10), ylim=("-5 uA", "5 uA"), show=("I_q",)).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("$V$ (mV)", r"$I_\mathrm{q}$ (µA)")


def test_vertical_limits_hold_for_the_panels_of_their_unit():
    currents, slope = panels_of(drawn(LINE, SI, ylim=("-5 nA", "5 nA")))
    assert currents.get_ylim() == pytest.approx((-5, 5))
    assert slope.get_ylabel().endswith("(µS)")
    currents, slope = panels_of(drawn(LINE, SI, ylim=("0 uS", "150 uS")))
    assert slope.get_ylim() == pytest.approx((0, 150))
    assert currents.get_ylim() != pytest.approx((0, 150))


def test_limits_of_a_map_are_those_of_its_axes_and_colours():
    figure = drawn(MAP, SI, show=("I_q",), xlim=(-0.5, 0.5), ylim=(0, "60 ueV"), clim=(-0.1, 0.1))
    axes = figure.axes[0]
    assert axes.get_xlim() == pytest.approx((-100, 100))
    assert axes.get_ylim() == pytest.approx((0, 60))
    norm = axes.collections[0].norm
    assert (norm.vmin, norm.vmax) == pytest.approx((-2, 2))
    assert axes.collections[0].colorbar.ax.get_ylabel() == r"$I_\mathrm{q}$ (nA)"


@pytest.mark.parametrize(
    ("case", "view", "words"),
    [
        (LINE, {"xlim": (1, 0)}, "xlim: must be two numbers, the smaller first, got 1,0"),
        (LINE, {"ylim": (1, 1)}, "ylim: must be two numbers, the smaller first, got 1,1"),
        (LINE, {"xlim": ("1", "5 mV")}, "xlim: must have a unit at both limits or at neither"),
        (LINE, {"xlim": ("1 K", "5 K")}, "xlim: V must be a voltage in V, mV, uV, nV"),
        (LINE, {"xlim": (5, 6)}, "xlim: no point of V lies between the limits; it runs from -1"),
        (LINE, {"xlim": (0, float("nan"))}, "xlim: V must be a finite number, got nan"),
        (LINE, {"clim": (0, 1)}, "clim: the picture has no map; use ylim for curves"),
        (LINE, {"cmap": "viridis"}, "cmap: the picture has neither a map nor a family of curves"),
        (MAP, {"cmap": "viridsi"}, "cmap: viridsi: no such colour map, did you mean 'viridis'?"),
        (MAP, {"scale": "log"}, "scale: log: I_q has negative values where it is shown"),
        (LINE, {"scale": "log"}, "scale: log: I_q has negative values where it is shown"),
        (LINE, {"scale": "cubic"}, "scale must be one of linear, log, symlog, got 'cubic'"),
        (LINE, {"scale": "log", "show": ("I_s",), "ylim": (0, 1)}, "must be more than 0, got 0"),
        (
            contents({"h_exc": FIELD, "V": BIAS}, {"J_S": lambda h_exc, V: 1 + h_exc * V**2}),
            {"scale": "log", "clim": (0, 1)},
            "clim: J_S: limits on a log scale must be more than 0, got 0",
        ),
        (
            MAP,
            {"scale": "symlog", "clim": (-1, 2), "show": ("I_q",)},
            "clim: I_q: limits on a symlog scale must be -b,b about zero, got -1,2",
        ),
        (LINE, {"xlim": "0,1"}, "xlim must be two numbers or quantities, got '0,1'"),
        (LINE, {"clim": (1, 2, 3)}, "clim must be two numbers or quantities, got (1, 2, 3)"),
        (LINE, {"xlim": (0, 1j)}, "V must be a number, or a text with a unit, got complex"),
        (LINE, {"layout": (0, 1)}, "layout must be rows and columns, each from 1 to 20"),
        (MAP, {"cmap": ""}, "cmap: : no such colour map, such as viridis"),
        (MAP, {"layout": (1, 1)}, "layout: 1x1 has room for 1 panels, the picture has 2"),
        (
            contents({"gamma": GAMMAS}, {"V_S": lambda gamma: gamma}),
            {"xlim": (0, 1)},
            "xlim: gamma is on a logarithmic axis: its limits must be more than 0",
        ),
    ],
)
def test_what_cannot_be_drawn_so_is_refused_with_the_rule(case, view, words):
    assert words in refusal(case, **view)


# -- scales and colours --------------------------------------------------------------------------


@pytest.mark.parametrize("scale", ["linear", "symlog"])
def test_the_scale_of_curves_and_of_colours_is_the_one_asked_for(scale):
    assert drawn(LINE, scale=scale, show=("I_q",)).axes[0].get_yscale() == scale
    norm = drawn(MAP, scale=scale, show=("I_q",)).axes[0].collections[0].norm
    assert isinstance(norm, SymLogNorm) == (scale == "symlog")
    assert norm(0.0) == pytest.approx(0.5, abs=ROUNDING)


def test_a_logarithmic_scale_shows_what_lies_within_the_limits():
    half = drawn(LINE, scale="log", show=("I_q",), xlim=(0.6, 1)).axes[0]
    assert half.get_yscale() == "log"
    figure = drawn(MAP, scale="log", show=("SGE",), xlim=(-0.2, 0.2), ylim=(0.2, 0.7))
    assert isinstance(figure.axes[0].collections[0].norm, LogNorm)


@pytest.mark.parametrize(
    "name", [n for n in OUTPUTS if OUTPUTS[n].biased and not OUTPUTS[n].spans_decades]
)
def test_a_quantity_of_both_signs_has_zero_in_the_middle_of_two_colours(name):
    case = contents({"h_exc": FIELD, "V": BIAS}, {name: lambda h_exc, V: V + 0.1 * h_exc})
    mesh = drawn(case).axes[0].collections[0]
    assert mesh.norm(0.0) == pytest.approx(0.5, abs=ROUNDING)
    red, green, blue, _ = mesh.cmap(0.5)
    assert min(red, green, blue) > 0.9  # nearly white
    assert mesh.colorbar.extend == "neither"
    below, above = (np.array(mesh.cmap(end)[:3]) for end in (0.05, 0.95))
    assert np.abs(below - above).max() > 0.3


@pytest.mark.parametrize(("name", "middle"), [("I_q", 0.5), ("J_Sm", 0.0)])
def test_weak_flows_within_the_sum_of_the_gaps_are_seen_beside_the_ohmic_ones(name, middle):
    def steep(h_exc, V):
        size = np.where(np.abs(V) > 0.8, 5.0 * np.abs(V), 0.2 * h_exc + 0.01)
        return size * np.sign(V - 0.01) if name == "I_q" else size

    figure = drawn(contents({"h_exc": FIELD, "V": BIAS}, {name: steep}))
    norm = figure.axes[0].collections[0].norm
    assert isinstance(norm, SymLogNorm | LogNorm)
    assert float(norm(0.1)) - middle > 0.15
    assert float(norm(5.0)) == pytest.approx(1.0, abs=0.01)


def test_the_colour_map_asked_for_colours_maps_and_families():
    assert drawn(MAP, cmap="gray", show=("I_q",)).axes[0].collections[0].cmap.name == "gray"
    family = contents({"h_exc": [0.1, 0.4], "V": BIAS}, {"I_q": odd})
    first = data_of(drawn(family, cmap="gray").axes[0])[0]
    assert to_hex(first.get_color()) == "#000000"


# -- cells and lines of maps ---------------------------------------------------------------------


def test_cells_meet_in_the_middle_of_the_logarithms_on_a_logarithmic_axis():
    np.testing.assert_allclose(cell_edges(GAMMAS), 10.0 ** np.arange(-4.5, 0))
    np.testing.assert_allclose(cell_edges(np.array([0.0, 1.0, 3.0])), [-0.5, 0.5, 2, 4])
    case = contents({"gamma": GAMMAS, "h_exc": FIELD}, {"G_0": lambda gamma, h_exc: h_exc - gamma})
    mesh = drawn(case, x="h_exc", y="gamma").axes[0].collections[0]
    edges = np.asarray(mesh.get_coordinates())[:, 0, 1]
    np.testing.assert_allclose(edges, 10.0 ** np.arange(-4.5, 0))


def test_a_contour_between_points_of_a_logarithmic_axis_lies_in_the_middle_of_the_logarithm():
    rising = contents(
        {"gamma": GAMMAS, "h_exc": FIELD}, {"I_q_peak": lambda gamma, **_: np.log10(gamma) + 2.5}
    )
    contour = drawn(rising, x="h_exc", y="gamma").axes[0].collections[1]
    (line,) = [path.vertices for path in contour.get_paths() if len(path.vertices)]
    np.testing.assert_allclose(line[:, 1], 10**-2.5, rtol=1e-9)


@pytest.mark.parametrize("points", [41, 42])
@pytest.mark.parametrize("output", ["I_q", "power"])
def test_the_contour_of_zero_is_the_same_on_both_sides_of_zero_bias(points, output):
    bias = np.linspace(-1, 1, points)
    sign = {"I_q": np.ones_like, "power": lambda V: -V}[output]
    case = contents({"h_exc": FIELD, "V": bias}, {output: lambda h_exc, V: odd(V, h_exc) * sign(V)})
    axes = drawn(case).axes[0]
    line = np.concatenate([path.vertices for path in axes.collections[1].get_paths()])
    off = line[np.abs(line[:, 0]) > ROUNDING]
    assert len(off) > 20
    mirrored = np.abs(off[:, None, :] - off[None] * [-1, 1]).sum(axis=-1)
    assert mirrored.min(axis=1).max() < 1e-9
    straight = [one for one in axes.lines if set(one.get_xdata()) == {0.0}]
    assert len(straight) == (1 if output == "I_q" and points == 41 else 0)


def test_the_lines_on_maps_are_named():
    (legend,) = drawn(HEATED).legends
    assert [text.get_text() for text in legend.get_texts()] == [THRESHOLD, ZERO]
    (legend,) = drawn(MAP).legends
    assert [text.get_text() for text in legend.get_texts()] == [ZERO]
    assert drawn(LINE).legends == []


# -- placing -------------------------------------------------------------------------------------


def test_facets_of_an_output_share_one_colour_bar():
    figure = drawn(CUBE, facet="T_S", show=("I_q",))
    bars = [axes for axes in figure.axes if axes.get_ylabel() == r"$eI_\mathrm{q}/(G_T\Delta_0)$"]
    assert len(figure.axes) == 4
    assert len(bars) == 1


def test_three_outputs_are_no_tower():
    outputs = dict.fromkeys(["G_0", "G_max", "I_q_peak"], lambda T_S, **_: T_S)
    case = contents({"T_S": HEAT, "h_exc": FIELD}, outputs)
    for one in (case, LINE, contents({"V": BIAS}, dict.fromkeys(("I_q", "G", "SGE", "dIdV"), odd))):
        width, height = drawn(one).get_size_inches()
        assert height <= width * 1.3


@pytest.mark.parametrize(
    ("layout", "columns"), [((1, 3), 3), ((3, 1), 1), ((2, 2), 2), ((4, 1), 1)]
)
def test_panels_stand_as_asked(layout, columns):
    case = contents({"V": BIAS}, {"I_q": odd, "SGE": odd, "dIdV": odd})
    placed = [axes.get_subplotspec() for axes in panels_of(drawn(case, layout=layout))]
    assert [(s.rowspan.start, s.colspan.start) for s in placed] == [
        divmod(index, columns) for index in range(3)
    ]


def test_curves_along_an_axis_keep_one_range_and_the_labels_stand_below():
    case = contents({"V": BIAS}, {"I_q": odd, "SGE": odd, "dIdV": odd})
    wide = LaidOver(np.linspace(-2, 2, 9), np.linspace(-1, 1, 9), "I", "wide")
    figure = drawing.draw(case, View(layout=(3, 1)), REDUCED, [wide])
    figure.draw_without_rendering()
    ranges = {axes.get_xlim() for axes in figure.axes}
    assert len(ranges) == 1
    assert ranges.pop()[1] >= 2.0
    labelled = [bool(axes.get_xlabel()) for axes in figure.axes]
    assert labelled == [False, False, True]
    ticks = [axes.xaxis.get_major_ticks()[0].label1.get_visible() for axes in figure.axes]
    assert ticks == labelled


def test_a_computed_curve_is_named_beside_a_measured_one_and_lies_above_it():
    case = contents({"V": BIAS}, {"I_q": odd})
    figure = drawing.draw(case, View(), SI, [LaidOver(BIAS, BIAS, "I", "measured")])
    axes = figure.axes[0]
    words = [text.get_text() for text in axes.get_legend().get_texts()]
    assert words == [r"$I_\mathrm{q}$", "measured"]
    (computed,) = [one for one in data_of(axes) if one.get_linestyle() == "-"]
    (points,) = [one for one in axes.lines if one.get_linestyle() == "None"]
    assert computed.get_zorder() > points.get_zorder()
    assert drawn(case).axes[0].get_legend() is None


def test_a_legend_covers_neither_measured_points_nor_axes():
    V = np.linspace(-1, 1, 41)
    case = contents({"V": V}, {"I_q": lambda V: V, "I_s": lambda V: -V})
    crowded = LaidOver(np.repeat(V, 41), np.tile(V, 41), "I", "crowded")
    figure = drawing.draw(case, View(), SI, [crowded])
    figure.draw_without_rendering()
    axes = figure.axes[0]
    box = axes.get_legend().get_window_extent()
    assert box.x0 > axes.bbox.x1
    assert box.x1 <= figure.bbox.x1


@pytest.mark.parametrize("other", ["V", "h_exc", "gamma"])
def test_the_temperature_of_both_leads_is_an_axis_as_any(other):
    fixed = {name: value for name, value in FIXED.items() if name not in ("T_S", "T_Sm", other)}
    case = contents({"T": HEAT, other: BIAS + 1.5}, {"I_q": lambda T, **_: T}, fixed=fixed)
    for view, (x, y) in (({}, (other, "T")), ({"y": other}, ("T", other))):
        frame = drawn(case, SI, **view).axes[0]
        assert frame.get_xlabel().startswith(f"${bare_symbol(x)}$")
        assert frame.get_ylabel().startswith(f"${bare_symbol(y)}$")
    assert drawn(case, SI).axes[0].get_ylabel() == "$T$ (K)"


def test_a_title_names_only_what_applies():
    only_junctions = drawn(CUBE, x="T_S", y="h_exc", show=("V_S",)).get_suptitle()
    assert "slice" not in only_junctions
    biased = drawn(CUBE, x="T_S", y="h_exc", show=("I_q",)).get_suptitle()
    assert "slice at $V=" in biased
    fixed = contents({"h_exc": FIELD}, {"V_S": lambda h_exc: h_exc}, fixed=FIXED | {"V": 0.1})
    assert "$V=" not in drawn(fixed).get_suptitle()
    single = contents({"V": BIAS}, {"I_q": odd, "G_0": lambda: np.array(0.3)})
    assert "G_0" in drawn(single).get_suptitle()
    assert "G_0" not in drawn(single, show=("I_q",)).get_suptitle()


# -- what is drawn -------------------------------------------------------------------------------

TEXT = (
    "fixed: {T_S: 0.7, gamma: 1e-2}\naxes: {h_exc: [0.2, 0.4], V: {start: -1, stop: 1, num: 21}}\n"
    "outputs: [I_q, V_S]\n"
)


@pytest.fixture(scope="module")
def iv_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("options") / "iv.h5"
    run_sweep(parse_spec(TEXT, "iv"), path, threads=1)
    return path


@pytest.fixture(scope="module")
def material_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("options") / "si.h5"
    spec = parse_spec(TEXT, "si", ["material={T_c: 1.3 K, R_T: 5 kohm}"])
    run_sweep(spec, path, threads=1)
    return path


def test_a_file_its_contents_and_its_dataset_give_the_same_picture(material_file):
    with xr.open_dataset(material_file) as dataset:
        figures = [
            ts.plot(source, xlim=("-100 uV", "100 uV"))
            for source in (material_file, str(material_file), ts.read(material_file), dataset)
        ]
    assert all(isinstance(figure, Figure) for figure in figures)
    first = data_of(figures[0].axes[0])
    for figure in figures[1:]:
        assert figure.get_suptitle() == figures[0].get_suptitle()
        for one, other in zip(first, data_of(figure.axes[0]), strict=True):
            np.testing.assert_array_equal(one.get_xydata(), other.get_xydata())


def test_a_part_of_a_dataset_is_drawn_as_it_is(material_file):
    with xr.open_dataset(material_file) as dataset:
        one = ts.plot(dataset.sel(h_exc=0.4)[["I_q"]])
        swapped = ts.plot(dataset.swap_dims(V="V_volt").isel(V_volt=slice(None, None, -1)))
        whole = dataset.load()
    assert r"$h_\mathrm{exc}=79.04$ µeV" in one.get_suptitle()
    np.testing.assert_allclose(
        data_of(one.axes[0])[0].get_ydata(), data_of(swapped.axes[0])[1].get_ydata()
    )
    for wrong, words in [
        (whole["I_q"], "xarray.Dataset such as ds[['I_q']], not from DataArray"),
        (whole.drop_attrs(), "has no attribute thermospin_spec_overrides"),
        (whole.reset_coords(drop=True), "the dataset has lost T_S; keep its coordinates"),
        (whole.rename(V="bias"), "has the dimension bias, which is not a parameter"),
        (whole.isel(V=0, h_exc=0), "no output along an axis of two or more values"),
        (7, "not from int"),
    ]:
        with pytest.raises(FigureError) as caught:
            ts.plot(wrong)
        assert words in str(caught.value)


def test_the_command_writes_the_figure_that_python_returns(material_file, tmp_path):
    wanted = {"show": ("I_q",), "scale": "symlog", "at": {"h_exc": "40 ueV"}}
    written = write_picture(material_file, tmp_path / "a.png", view=View(**wanted))
    figure = ts.plot(material_file, **wanted)
    figure.savefig(tmp_path / "b.png", metadata={"Software": None})
    from matplotlib.image import imread

    np.testing.assert_array_equal(imread(written), imread(tmp_path / "b.png"))
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_one_output_may_be_named_without_a_list(iv_file):
    assert ts.plot(iv_file, show="I_q").get_suptitle() == (
        ts.plot(iv_file, show=["I_q"]).get_suptitle()
    )


@pytest.mark.parametrize("name", ["film.yaml", "film.YML"])
def test_a_spec_is_not_drawn_but_the_way_to_its_picture_told(tmp_path, name):
    (tmp_path / name).write_text(TEXT)
    with pytest.raises(FigureError, match="is a spec, not a result; run it first:\n") as caught:
        ts.plot(tmp_path / name)
    assert "thermospin plot film.h5" in str(caught.value)
