"""`plot` beyond its defaults: slices, axes, outputs, facets, and a measured I(V) on top."""

import numpy as np
import pytest
from sweep_cases import REST_OF_HEADER

from thermospin import run_sweep
from thermospin.dataset import Contents
from thermospin.figures import FigureError, OverlayError, View, drawing, overlay, write_picture
from thermospin.figures.arrangement import Curves, Map, panels, sliced
from thermospin.figures.display import Display
from thermospin.figures.overlay import Measured, read_measured
from thermospin.figures.view import settled
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


def drawn(case, view=None, display=None, measured=None):
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


@pytest.fixture
def csv_file(tmp_path):
    def write(text):
        path = tmp_path / "measured.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("text", "material"),
    [
        ("V (uV),I (nA)\n100,5\n-50,2.5\n", MATERIAL),
        ("# junction 3\nI [pA], V [mV]\n\n5000, 0.1\n2500, -0.05\n", MATERIAL),
        ("time,V,I_q,note\n0,1e-4,5e-9,a\n1,-5e-5,2.5e-9,b\n", MATERIAL),
        ("V,I\n0.5,0.25\n-0.25,0.125\n", None),
    ],
)
def test_measured_values_are_read_in_their_units(csv_file, text, material):
    measured = read_measured(csv_file(text), material)
    np.testing.assert_allclose(measured.V, [0.5, -0.25])
    np.testing.assert_allclose(measured.current, [0.25, 0.125])
    assert (measured.volt is None) == (material is None)


@pytest.mark.parametrize(
    ("text", "material", "message"),
    [
        ("", None, "must have a line of names"),
        ("V,I\n", None, "must have a line of names"),
        ("V,I,V\n0,0,1\n", None, "must have one column V, got V and V"),
        ("V,I (nA),I_q\n0,0,1\n", MATERIAL, r"must have one column I, got I \(nA\) and I_q"),
        ("U,I\n0,0\n", None, "has no column V; the first line must name V and I, with a comma"),
        ("V;I\n0,1;0,2\n", None, "has no column V; the first line must name V and I, with a comma"),
        ("V (mV),I (nA)\n0,0\n", None, r"V \(mV\): the sweep has no material"),
        ("V (mA),I (nA)\n0,0\n", MATERIAL, r"V \(mA\): must be in V"),
        ("V,I\n0,0\n1,many\n", None, r"measured\.csv:3: must be a decimal number, got 'many'"),
        ("V,I\n0,0\n1\n", None, r":3: must be a decimal number, got nothing"),
        ("V,I\n0,nan\n", None, r":2: must be finite, got 'nan'"),
        ("V,I\n0," + "1" * 200_000, None, ":2: is not a line of a CSV file: field larger"),
        ("V," + "I" * 200_000 + "\n0,0\n", None, ":1: is not a line of a CSV file: field larger"),
        ("V,I\n0,1\0\n", None, ":2: must be a decimal number"),
        ("V,I\n0,-Infinity\n", None, r":2: must be finite, got '-Infinity'"),
        ("V,I\n0,1e999\n", None, r":2: must be finite, got '1e999'"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(csv_file, text, material, message):
    with pytest.raises(OverlayError, match=message):
        read_measured(csv_file(text), material)


@pytest.mark.parametrize(
    "number",
    ["1_0", "٣", "１", "0x1p3", "1e5_0", "1e٣", "1d3", "1 0", "--1", "1e", ".", "−1", "TRUE", "1j"],
)
@pytest.mark.parametrize("row", ["{},0", "0,{}"])
def test_only_a_decimal_number_in_plain_digits_is_read(csv_file, number, row):
    with pytest.raises(OverlayError, match=f":3: must be a decimal number.*got '{number}'"):
        read_measured(csv_file(f"V,I\n0,0\n{row.format(number)}\n"), None)


@pytest.mark.parametrize(
    ("text", "value"),
    [("+1.5E-03", 1.5e-3), ("-.5", -0.5), ("5.", 5.0), (" 007.25 ", 7.25), ('"1.5e+1"', 15.0)],
)
def test_numbers_are_read_as_instruments_write_them(csv_file, text, value):
    measured = read_measured(csv_file(f"V,I\n{text},0\n"), None)
    assert measured.V.tolist() == [value]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("V (mV),I (mA)\n0,016102,0,007249\n0,104057,0,009858\n", 2),
        ("V (mV),I (mA)\n1,5,2\n", 2),
        ("V (mV),I (mA)\n1,2\n1,5,2\n", 3),
        ("V (mV),I (mA),T\n1,5,2,5,0,3\n", 2),
        ("V (mV),I (mA)\n1.5,2.5,\n", 2),
        ("I (mA),V (mV)\nnone,1,5\n", 2),
    ],
)
def test_a_line_with_more_cells_than_names_is_an_error_that_names_commas(csv_file, text, line):
    with pytest.raises(OverlayError, match=rf":{line}: has \d cells for \d names.* not a comma"):
        read_measured(csv_file(text), MATERIAL)


def test_a_decimal_comma_in_quotation_marks_is_named(csv_file):
    rule = "must be a decimal number with a point, not a comma, got '0,016'"
    with pytest.raises(OverlayError, match=f"csv:2: {rule}"):
        read_measured(csv_file('V,I\n"0,016","1,5e-3"\n'), None)


def test_a_binary_file_is_no_table(tmp_path):
    path = tmp_path / "measured.csv"
    path.write_bytes(b"\xff\xfe\x00V")
    with pytest.raises(OverlayError, match="must be a CSV file"):
        read_measured(path, None)


@pytest.mark.parametrize("in_si", [False, True])
def test_measured_points_lie_on_the_curve_in_the_units_of_the_picture(in_si):
    line = contents({"V": BIAS}, {"I_q": lambda V: V / 2})
    measured = Measured(BIAS[::4], BIAS[::4] / 2, 200e-6, 20e-9)
    axes = drawn(line, display=Display(MATERIAL, in_si), measured=measured).axes[0]
    (points,) = [one for one in axes.lines if one.get_marker() == "o"]
    (curve,) = [one for one in curves(axes) if len(one.get_xdata()) == len(BIAS)]
    expected = np.interp(points.get_xdata(), *curve.get_data())
    np.testing.assert_allclose(points.get_ydata(), expected)
    assert points.get_xdata()[-1] == pytest.approx(200 if in_si else 1)  # µV, or Δ0/e
    assert points.get_ydata()[-1] == pytest.approx(10 if in_si else 0.5)  # nA, or G_T Δ0/e
    assert "measured" in [text.get_text() for text in axes.get_legend().get_texts()]


def test_measured_currents_need_a_panel_of_currents():
    with pytest.raises(FigureError, match="needs a panel of currents against V"):
        drawn(MAP, measured=Measured(BIAS, BIAS))


def test_plot_finds_the_material_in_the_file(tmp_path, csv_file, monkeypatch):
    text = (
        "fixed: {T_S: 0.7, h_exc: 0.4, gamma: 1e-2}\naxes: {V: {start: 0, stop: 1, num: 5}}\n"
        "outputs: [I_q]\n"
    )
    found = []

    def remembered(path, material):
        found.append(material)
        return overlay.read_measured(path, material)

    monkeypatch.setattr("thermospin.figures.picture.read_measured", remembered)
    measured = csv_file("V,I\n1e-4,5e-9\n")
    for name, changes in (("si", ["material={Delta_0: 200 ueV, G_T: 0.1 mS}"]), ("reduced", [])):
        path = tmp_path / f"{name}.h5"
        run_sweep(parse_spec(text, name, changes), path, threads=1)
        assert write_picture(path, overlay=measured).read_bytes().startswith(b"\x89PNG")
    assert pytest.approx(1e-4) == found[0].G_T
    assert found[1] is None
