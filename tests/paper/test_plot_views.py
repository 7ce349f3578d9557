"""`plot` beyond its defaults: slices, axes, outputs, facets, and a measured I(V) on top."""

from pathlib import Path

import numpy as np
import pytest
from sweep_cases import REST_OF_HEADER

from thermospin import run_sweep
from thermospin.dataset import Contents
from thermospin.figures import FigureError, View, drawing, write_picture
from thermospin.figures.arrangement import Curves, Map, panels, sliced
from thermospin.figures.display import Display
from thermospin.figures.measured import laid_over
from thermospin.figures.overlay_panels import check_overlay
from thermospin.figures.view import settled
from thermospin.measured import MeasuredCurve
from thermospin.spec import Material, parse_spec

BIAS, FIELD, HEAT = np.linspace(-1, 1, 41), np.linspace(0, 0.7, 15), np.linspace(0.1, 0.9, 17)
MATERIAL = Material(Delta_0="200 ueV", G_T="0.1 mS")  # Δ0/e = 200 µV, G_T Δ0/e = 20 nA
FIXED = {"T_S": 0.7, "T_Sm": 0.01, "h_exc": 0.4, "gamma": 1e-4, "h_S": 0, "gap_S": 1, "gap_Sm": 1}


def contents(axes, outputs):
    """Return contents whose outputs are functions of all axes that they name."""
    axes = {name: np.asarray(points, float) for name, points in axes.items()}
    mesh = dict(zip(axes, np.meshgrid(*axes.values(), indexing="ij"), strict=True))
    return Contents(
        title="A test",
        name="test",
        complete=True,
        gap_model="self-consistent",
        spec_sha256="0" * 64,
        axes=axes,
        fixed={k: v for k, v in FIXED.items() if k not in axes},
        outputs={name: function(**mesh) for name, function in outputs.items()},
        status={},
        dims=dict.fromkeys(outputs, tuple(axes)),
        **REST_OF_HEADER,
    )


CUBE = contents(
    {"h_exc": [0, 0.2, 0.4], "T_S": HEAT, "V": BIAS},
    {
        "I_q": lambda h_exc, T_S, V: T_S * V - h_exc,
        "G": lambda h_exc, T_S, V: (1 + h_exc) * T_S * V,
    },
)
MAP = contents({"T_S": HEAT, "h_exc": FIELD}, {"G_0": lambda T_S, h_exc: T_S - h_exc})


def drawn(case, view=None, measured=(), display=None):
    return drawing.draw(case, view or View(), display or Display(), measured)


def curves(axes):
    lines = [line for line in axes.lines if line.get_linestyle() != "None"]
    return [line for line in lines if len(line.get_xdata()) > 2]


def test_axes_are_cut_at_the_nearest_point_and_the_reader_is_told_which():
    view = View(at={"T_S": 0.71, "h_exc": 0.4})
    reduced, cuts = sliced(CUBE, view)
    assert cuts == pytest.approx({"T_S": 0.7, "h_exc": 0.4})
    np.testing.assert_allclose(reduced.outputs["I_q"], 0.7 * BIAS - 0.4)
    assert r"slice at" in drawn(CUBE, view).get_suptitle()


def test_a_map_can_be_cut_down_to_a_curve():
    reduced, _ = sliced(MAP, View(at={"h_exc": 0.2}))
    assert panels(reduced) == [Curves("T_S", ("G_0",))]
    np.testing.assert_allclose(reduced.outputs["G_0"], HEAT - 0.2, atol=1e-15)


def test_the_axis_asked_for_lies_or_stands():
    assert panels(MAP, View(x="T_S")) == [Map("T_S", "h_exc", "G_0")]
    assert panels(MAP, View(y="h_exc")) == [Map("T_S", "h_exc", "G_0")]
    reduced, cuts = sliced(CUBE, View(x="h_exc"))
    assert list(cuts) == ["T_S"]  # of the others the one with fewer values
    assert panels(reduced, View(x="h_exc"))[0] == Map("h_exc", "V", "I_q")


def test_few_values_stand_in_a_map_if_asked_to():
    reduced, _ = sliced(CUBE, View(at={"T_S": 0.7}))
    assert panels(reduced, View(show=("G",))) == [Curves("V", ("G",), "h_exc")]
    assert panels(reduced, View(show=("G",), y="h_exc")) == [Map("V", "h_exc", "G")]


def test_only_the_outputs_asked_for_are_shown():
    reduced, _ = sliced(CUBE, View(at={"T_S": 0.7, "h_exc": 0}))
    shown = panels(reduced, View(show=("I_q",)))
    assert [panel.outputs for panel in shown] == [("I_q",)]


def test_facets_of_curves_share_their_scale_and_name_their_value():
    figure = drawn(CUBE, View(facet="h_exc", at={"T_S": 0.9}, show=("I_q",)))
    assert len(figure.axes) == 3
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    for axes, h in zip(figure.axes, [0, 0.2, 0.4], strict=True):
        np.testing.assert_allclose(curves(axes)[0].get_ydata(), 0.9 * BIAS - h)
        assert axes.get_title() == rf"$h_\mathrm{{exc}}={h:g}\,\Delta_0$"


def test_facets_of_maps_share_their_colours():
    figure = drawn(CUBE, View(facet="h_exc", show=("G",)))
    maps = [axes.collections[0] for axes in figure.axes if axes.get_title()]
    assert len(maps) == 3
    assert len({(one.norm.vmin, one.norm.vmax) for one in maps}) == 1


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (View(at={"W": 1}), "W: no such axis, must be one of h_exc, T_S, V"),
        (View(x="G"), "G: no such axis"),
        (View(show=("V_S",)), "V_S: no such output, must be one of I_q, G"),
        (View(x="V", y="V"), "V: is asked for twice"),
        (View(x="V", at={"V": 0}), "V: is asked for twice"),
        (View(at={"T_S": 2}), "T_S = 2: must be between 0.1 and 0.9"),
        (View(at={"T_S": float("nan")}), "T_S must be a finite number, got nan"),
        (View(facet="V"), "V has 41 values, a facet at most 8"),
        (View(at={"T_S": 0.5, "V": 0, "h_exc": 0}), "is cut down to a single point"),
    ],
)
def test_what_a_file_has_not_is_refused_by_name(view, message):
    with pytest.raises(FigureError, match=rf"cube\.h5: {message}"):
        settled("cube.h5", CUBE, view, Display())


# -- measured ------------------------------------------------------------------------------------

LINE = contents({"V": BIAS}, {"I_q": lambda V: V / 2, "dIdV": lambda V: 0.5 + V**2})
WIDE_MAP = contents(
    {"T_S": HEAT, "h_exc": FIELD, "V": BIAS}, {"I_q": lambda T_S, h_exc, V: T_S * V - h_exc}
)


def curve(V, values, kind="I", name="up.dat", units=("V", None)):
    unit = units[1] or {"I": "A", "dIdV": "S"}[kind]
    return MeasuredCurve(Path(name), V, values, kind, units[0], unit, ("V (V)", kind))


def marks(axes):
    return [one for one in axes.lines if one.get_linestyle() == "None" and len(one.get_xdata()) > 2]


def words_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


@pytest.mark.parametrize(
    "given",
    [
        curve(BIAS[::4] * 200e-6, BIAS[::4] / 2 * 20e-9),
        curve(BIAS[::4], BIAS[::4] / 2, units=("Δ0/e", "G_T Δ0/e")),
        curve(BIAS[::4] * 200e-6, BIAS[::4] / 2, units=("V", "G_T Δ0/e")),
    ],
)
@pytest.mark.parametrize("in_si", [False, True])
def test_measured_points_lie_on_the_curve_in_the_units_of_the_picture(given, in_si):
    display = Display(MATERIAL, in_si)
    axes = drawn(LINE, measured=laid_over([given], MATERIAL), display=display).axes[0]
    (points,) = marks(axes)
    (line,) = [one for one in curves(axes) if len(one.get_xdata()) == len(BIAS)]
    expected = np.interp(points.get_xdata(), *line.get_data())
    np.testing.assert_allclose(points.get_ydata(), expected)
    assert points.get_xdata()[-1] == pytest.approx(200 if in_si else 1)  # µV, or Δ0/e
    assert points.get_ydata()[-1] == pytest.approx(10 if in_si else 0.5)  # nA, or G_T Δ0/e
    assert words_of(axes) == [r"$I_\mathrm{q}$", "up"]


def test_measured_slopes_lie_on_the_panel_of_dIdV():
    slope = curve(BIAS * 200e-6, (0.5 + BIAS**2) * 1e-4, "dIdV", "lockin.txt")
    first, second = drawn(LINE, measured=laid_over([slope], MATERIAL)).axes
    assert marks(first) == []
    (points,) = marks(second)
    np.testing.assert_allclose(points.get_ydata(), 0.5 + BIAS**2)


def test_several_measured_curves_are_told_apart():
    names = ["warm/up.dat", "down.csv", "_b.txt", "cold/up.dat", "a$x.csv", "n" * 90, "c.csv"]
    given = [
        curve(BIAS, BIAS * k, name=name, units=("Δ0/e", "G_T Δ0/e")) for k, name in enumerate(names)
    ]
    axes = drawn(LINE, measured=laid_over(given, None)).axes[0]
    looks = {(one.get_marker(), one.get_color()) for one in marks(axes)[:5]}
    assert len(looks) == 5
    shortened = "n" * 27 + "…"
    assert words_of(axes)[1:] == ["warm/up", "down", " _b", "cold/up", r"a\$x", shortened, "c"]


def test_arbitrary_units_are_scaled_to_the_computed_curve_at_the_largest_bias():
    slope = curve(BIAS, 7 * (0.5 + BIAS**2), "dIdV", units=("Δ0/e", "arb."))
    for material in (None, MATERIAL):
        panel = drawn(LINE, measured=laid_over([slope], material)).axes[1]
        np.testing.assert_allclose(marks(panel)[0].get_ydata(), 0.5 + BIAS**2)
        assert words_of(panel)[1:] == ["up (scaled)"]
    silent = curve(BIAS, 0 * BIAS, "dIdV", units=("Δ0/e", "arb."))
    with pytest.raises(FigureError, match=r"up: values in arbitrary units are .* --factor"):
        drawn(LINE, measured=laid_over([silent], None))


def test_points_that_a_picture_cannot_tell_apart_are_drawn_once():
    V = np.linspace(-1, 1, 400_001)
    spike = np.where(np.arange(len(V)) == 300_000, 9.0, V)
    many = curve(V, spike, units=("Δ0/e", "G_T Δ0/e"))
    (points,) = marks(drawn(LINE, measured=laid_over([many], None)).axes[0])
    assert len(points.get_xdata()) < 3000
    assert {points.get_ydata().min(), points.get_ydata().max()} == {-1.0, 9.0}


@pytest.mark.parametrize("units", [("V", "A"), ("Δ0/e", "A"), ("V", "G_T Δ0/e")])
def test_a_curve_in_SI_needs_a_material(units):
    with pytest.raises(FigureError, match=r"up\.dat: .* no material.* --set 'material="):
        laid_over([curve(BIAS, BIAS, units=units)], None)


@pytest.mark.parametrize(
    ("case", "view", "kind", "advice"),
    [
        (MAP, View(), "I", "no such axis, only T_S, h_exc; add V to the axes"),
        (LINE, View(show=("dIdV",)), "I", r"I\(V\) is laid over I_q; add --show I_q"),
        (LINE, View(show=("I_q",)), "dIdV", "dI/dV is laid over dIdV; add --show dIdV"),
        (CUBE, View(), "dIdV", "over dIdV, and the sweep has only I_q, G; add dIdV to the outputs"),
        (CUBE, View(), "I", "draw them with --at T_S=0.5"),
        (CUBE, View(x="V", y="h_exc"), "I", r"with --at T_S=0.5 \(without --x and --y\)"),
        (CUBE, View(at={"V": 0.5}), "I", "leave out --at V"),
        (WIDE_MAP, View(at={"T_S": 0.7}), "I", "with --at T_S=0.7 --at h_exc=0.35"),
        (WIDE_MAP, View(), "I", "with --at T_S=0.5 --at h_exc=0.35"),
    ],
)
def test_measured_curves_need_a_panel_and_this_file_has_one_if(case, view, kind, advice):
    with pytest.raises(FigureError, match=rf"cube\.h5: .*{advice}"):
        check_overlay("cube.h5", case, view, [curve(BIAS, BIAS, kind)])


@pytest.mark.parametrize(
    ("case", "view"),
    [
        (CUBE, View(at={"T_S": 0.5})),
        (CUBE, View(at={"T_S": 0.5}, facet="h_exc")),
        (WIDE_MAP, View(at={"T_S": 0.5, "h_exc": 0.35})),
    ],
)
def test_what_is_advised_is_drawn(case, view):
    given = [curve(BIAS, BIAS, units=("Δ0/e", "G_T Δ0/e"))]
    check_overlay("cube.h5", case, view, given)
    panels_with_marks = [
        axes for axes in drawn(case, view, laid_over(given, None)).axes if marks(axes)
    ]
    assert len(panels_with_marks) == (3 if view.facet else 1)


def test_plot_finds_the_material_in_the_file(tmp_path):
    text = (
        "fixed: {T_S: 0.7, h_exc: 0.4, gamma: 1e-2}\naxes: {V: {start: 0, stop: 1, num: 5}}\n"
        "outputs: [I_q]\n"
    )
    given = [curve(BIAS * 1e-4, BIAS * 5e-9)]
    for name, changes in (("si", ["material={Delta_0: 200 ueV, G_T: 0.1 mS}"]), ("reduced", [])):
        path = tmp_path / f"{name}.h5"
        run_sweep(parse_spec(text, name, changes), path, threads=1)
    assert write_picture(tmp_path / "si.h5", overlay=given).read_bytes().startswith(b"\x89PNG")
    with pytest.raises(FigureError, match="the sweep has no material"):
        write_picture(tmp_path / "reduced.h5", overlay=given)
