"""Pages for a browser: what they hold, what they refuse, and that they need nothing else."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from read_page import decoded, models, stored_values
from sweep_cases import ALUMINIUM, STAND_IN, expected, make_spec, stand_in

import thermospin as ts
from thermospin import run_sweep
from thermospin.cli import main
from thermospin.figures import FigureError, View
from thermospin.figures.colours import colours_of
from thermospin.figures.display import Display
from thermospin.figures.map_lines import contour_lines, zeros_of
from thermospin.figures.shades import SHADES, bar_ticks, palette_of, shades, tick_label
from thermospin.interactive import page, write_page
from thermospin.interactive.map_figure import pixels_of
from thermospin.interactive.readings import reading
from thermospin.interactive.stacks import compact
from thermospin.measured import read_curve
from thermospin.quantities import OUTPUTS, STATUS
from thermospin.spec import parse_spec

FIELD, BIAS, HEAT = np.linspace(0.0, 0.6, 13), np.linspace(-1.0, 1.0, 21), [0.5, 0.7, 0.9]
CUBE = make_spec({"T_S": HEAT, "h_exc": FIELD, "V": BIAS}, ["I_q", "I_s", "G_0"])
ON_GRID = 1e-3  # of a line that is drawn through 401 points along each axis, in Δ0
CHORD = 5e-3  # of a line that is straight between the points of a mesh
MOST_OF_A_PAGE_WITHOUT_VALUES = 4_000_000


def html_of(folder, spec, *, engine=STAND_IN, **options):
    file = folder / "a.h5"
    if not file.exists():
        run_sweep(spec, file, engine=engine, threads=1)
    view = View(**options)
    return write_page(file, folder / "a.html", view=view).read_text(encoding="utf-8")


def titles_of(html):
    return [one["text"] for name, one in models(html) if name == "Title"]


def sliders_of(html):
    return {one["title"]: one for name, one in models(html) if name == "Slider"}


def lines_of(html):
    data = [decoded(one["data"]) for name, one in models(html) if name == "ColumnDataSource"]
    return [one for one in data if "error" in one]


# -- what a page holds ---------------------------------------------------------------------------


def test_a_page_is_one_file_that_asks_for_nothing_else(tmp_path):
    html = html_of(tmp_path, CUBE)
    assert len(html) < MOST_OF_A_PAGE_WITHOUT_VALUES
    markup = re.sub(r"(<script[^>]*>).*?</script>", r"\1", html, flags=re.DOTALL)
    assert "<script" in markup
    assert re.findall(r"<[^>]*(?:src|href)=", markup) == []
    assert re.findall(r"@import|url\(['\"]?https?:", html) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.h5", "a.html"]


@pytest.mark.parametrize("kept", [{}, {"at": {"T_S": 0.7}}, {"x": "T_S", "y": "h_exc"}])
def test_the_numbers_in_a_page_are_those_of_the_file(tmp_path, kept):
    html = html_of(tmp_path, CUBE, **kept)
    stored = stored_values(html)
    if "at" in kept:  # a curve that no slider moves
        (line,) = lines_of(html)
        np.testing.assert_array_equal(line["x"], FIELD)
        stored["G_0"] = line["y"].astype(np.float32)
    assert set(stored) == {"I_q", "I_s", "G_0"}
    for name, values in stored.items():
        whole = expected(CUBE, name)
        if "at" in kept:
            whole = whole[1]
        elif "x" in kept and OUTPUTS[name].biased:
            whole = np.transpose(whole, (2, 1, 0))  # V moves, h_exc is vertical, T_S horizontal
        elif "x" in kept:
            whole = whole.T
        np.testing.assert_array_equal(values, whole.ravel().astype(np.float32))


def test_numbers_that_four_bytes_cannot_hold_have_eight():
    tiny = np.array([1.0, np.nan, 0.0, -1e-300])
    assert compact(tiny).dtype == np.float64
    assert compact(1e39 * np.ones(2)).dtype == np.float64
    usual = np.array([1.23456789, -1e-30, 0.0, np.inf])
    assert compact(usual).dtype == np.float32
    for one in usual:
        assert f"{float(np.float32(one)):.6g}" == f"{one:.6g}"


def test_every_axis_that_is_neither_drawn_nor_cut_has_a_slider_which_says_its_values(tmp_path):
    axes = {"gamma": [1e-3, 1e-2], **{name: list(map(float, v)) for name, v in CUBE.axes.items()}}
    material = {"Delta_0": "200 ueV", "G_T": "0.1 mS"}
    given = {"fixed": {"T_Sm": 0.01}, "axes": axes, "outputs": ["I_q"], "material": material}
    spec = parse_spec(json.dumps(given), "film")
    sliders = sliders_of(html_of(tmp_path, spec))
    assert list(sliders) == ["gamma", "T_S"]
    assert {name: one["end"] for name, one in sliders.items()} == {"gamma": 1, "T_S": 2}
    texts = dict(decoded(sliders["T_S"]["format"]["attributes"]["args"]))["texts"]
    assert texts == [reading("T_S", T, Display(ALUMINIUM, in_si=True)) for T in HEAT]
    assert texts[1] == "921.058 mK"
    assert list(sliders_of(html_of(tmp_path, spec, at={"gamma": 1e-3}))) == ["T_S"]


def test_a_file_of_one_axis_is_drawn_as_curves_and_a_short_second_axis_as_a_family(tmp_path):
    spec = make_spec({"T_S": HEAT, "h_exc": [0.1, 0.2], "V": BIAS}, ["I_q"])
    html = html_of(tmp_path, spec, at={"T_S": 0.7})
    names = [one["name"] for kind, one in models(html) if kind == "GlyphRenderer" and "name" in one]
    assert names == ["h_exc = 0.1 Δ0", "h_exc = 0.2 Δ0"]
    assert sliders_of(html) == {}


def test_facets_are_panels_of_their_own(tmp_path):
    html = html_of(tmp_path, CUBE, facet="T_S", show=("I_q",))
    assert len(titles_of(html)) == 3
    assert sliders_of(html) == {}
    assert [title.split("=")[1][:3] for title in titles_of(html)] == ["0.5", "0.7", "0.9"]


def test_limits_of_a_view_are_the_ranges_that_a_page_opens_with(tmp_path):
    html = html_of(tmp_path, CUBE, show=("I_q",), xlim=(-0.5, 0.5), ylim=(0.1, 0.3))
    ranges = [(one["start"], one["end"]) for name, one in models(html) if name == "Range1d"]
    assert (-0.5, 0.5) in ranges
    assert (0.1, 0.3) in ranges
    assert len(stored_values(html)["I_q"]) == len(HEAT) * len(FIELD) * len(BIAS)


def test_measured_curves_lie_over_the_computed_ones_in_the_units_of_the_page(tmp_path):
    run_sweep(CUBE, tmp_path / "a.h5", engine=STAND_IN, threads=1)
    data = tmp_path / "up.dat"
    data.write_text("V,I\n-0.5,1.0\n0.0,2.0\n0.5,9.0\n", encoding="utf-8")
    curve = read_curve(data, units=("reduced", "reduced"))
    view = View(at={"T_S": 0.7, "h_exc": 0.3}, show=("I_q",))
    page = write_page(tmp_path / "a.h5", tmp_path / "a.html", view=view, overlay=[curve])
    sources = [decoded(one["data"]) for name, one in models(page.read_text(encoding="utf-8"))
               if name == "ColumnDataSource"]  # fmt: skip
    (marks,) = (one for one in sources if set(one) == {"x", "y"} and len(one["x"]) == 3)
    assert (list(marks["x"]), list(marks["y"])) == ([-0.5, 0.0, 0.5], [1.0, 2.0, 9.0])
    ends = [one.get("end", 1.0) for name, one in models(page.read_text(encoding="utf-8"))
            if name == "Range1d"]  # fmt: skip
    assert max(ends) > 9.0


def test_a_colour_map_that_is_asked_for_has_its_colours_in_the_page(tmp_path):
    html = html_of(tmp_path, CUBE, show=("I_q",), cmap="cividis", scale="symlog")
    palettes = [one["palette"] for name, one in models(html) if name == "LinearColorMapper"]
    colours = colours_of("I_q", expected(CUBE, "I_q"), cmap="cividis")
    assert palette_of(colours) in palettes


@pytest.mark.parametrize(("layout", "columns"), [((2, 1), 1), ((1, 3), 3), (None, 2)])
def test_panels_stand_in_as_many_columns_as_asked_for(tmp_path, layout, columns):
    html = html_of(tmp_path, CUBE, show=("I_q", "I_s"), layout=layout)
    grids = [dict(decoded(one["styles"])) for name, one in models(html)
             if name == "Row" and "grid-template-columns" in str(one.get("styles"))]  # fmt: skip
    assert f"/ {columns})" in grids[0]["grid-template-columns"]


# -- colours -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "scale"), [("I_q", "linear"), ("I_q", "symlog"), ("I_error", "log"), ("V_S", None)]
)
def test_shades_are_the_colours_of_a_picture(output, scale):
    values = np.linspace(-1.0, 2.0, 301) if output == "I_q" else np.geomspace(1e-3, 2.0, 301)
    colours = colours_of(output, values, scale=scale)
    drawn = np.array(palette_of(colours))[shades(values, colours)]
    rgb = np.array([[int(one[k : k + 2], 16) for k in (1, 3, 5)] for one in drawn])
    picture = np.asarray(colours.map(colours.norm(values)))[:, :3] * 255
    assert np.abs(rgb - picture).max() <= 4  # two neighbours of 255 colours


def test_what_is_no_number_has_the_last_shade():
    values = np.array([np.nan, np.inf, -np.inf, 0.0, 1.0])
    colours = colours_of("I_q", values)
    assert shades(values, colours).tolist() == [SHADES, SHADES, SHADES, 127, SHADES - 1]


def test_what_is_beyond_the_limits_has_the_colour_of_the_end():
    values = np.array([-3.0, -1.0, 0.0, 2.0, 9.0])
    for limits, ends in [((-1.0, 2.0), (0, SHADES - 1)), ((-2.0, 2.0), (0, SHADES - 1))]:
        found = shades(values, colours_of("I_q", values, limits=limits))
        assert (found[0], found[-1]) == ends


def test_the_ticks_of_a_bar_stand_where_their_values_have_their_colours():
    values = np.linspace(-1.0, 1.0, 5)
    assert bar_ticks(colours_of("I_q", values)) == {
        0.0: "−1", 0.25: "−0.5", 0.5: "0", 0.75: "0.5", 1.0: "1"
    }  # fmt: skip
    assert list(bar_ticks(colours_of("I_error", np.array([1e-9, 1e-6]))).values()) == [
        "10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶"
    ]  # fmt: skip
    assert tick_label(-2.5e-12) == "−2.5·10⁻¹²"


@pytest.mark.parametrize(
    "points", [[0.0, 1.0, 2.0], [0.1, 1.0, 10.0, 100.0], [0.0, 0.1, 0.5, 0.9, 1.0]]
)
def test_pixels_lie_in_the_cell_of_the_nearest_point(points):
    points = np.array(points)
    pixels = pixels_of(points)
    low, high = pixels.ends
    share = (np.arange(len(pixels.cells)) + 0.5) / len(pixels.cells)
    at = low * (high / low) ** share if pixels.logarithmic else low + (high - low) * share
    distances = np.abs(np.log(at[:, None] / points) if pixels.logarithmic else at[:, None] - points)
    assert pixels.logarithmic == (points[-1] == 100.0)
    np.testing.assert_array_equal(pixels.cells, distances.argmin(axis=1))


# -- what is marked ------------------------------------------------------------------------------


def missing(outputs, V, junction, *, rtol):
    """Return stand-in values of which the second bias at one field missed its tolerance."""
    found = stand_in(outputs, V, junction, rtol=rtol)
    rows = np.flatnonzero(np.isclose(np.broadcast_to(junction.h_exc, found.status.shape[:1]), 0.3))
    found.status[np.ix_(rows, np.isclose(V, BIAS[1]))] = STATUS["tolerance_missed"]
    return found


@pytest.mark.parametrize("shown", [{}, {"at": {"h_exc": 0.3}}])
def test_values_that_missed_their_tolerance_are_marked(tmp_path, shown):
    engine = replace(STAND_IN, evaluate=missing)
    spec = replace(CUBE, outputs=("I_q",))
    html = html_of(tmp_path, spec, engine=engine, **shown)
    marks = [decoded(one["data"]) for name, one in models(html)
             if name == "ColumnDataSource" and "layer" in str(one["data"])]  # fmt: skip
    whole = next(one for one in marks if len(one["x"]) == len(HEAT)) if not shown else marks[0]
    assert set(np.round(whole["x"], 12)) == {round(BIAS[1], 12)}
    if not shown:
        assert sorted(whole["layer"]) == [0, 1, 2]
    assert "missed its tolerance" in html


def test_a_line_follows_the_zeros_of_a_quantity_and_the_axis_where_all_of_it_vanishes():
    x, y = np.linspace(-1.0, 1.0, 41), np.linspace(0.0, 1.0, 21)
    zeros = zeros_of(x, y, x * (x**2 + y[:, None] ** 2 - 0.5))
    assert (zeros.at_x, zeros.at_y) == (True, False)
    points = np.concatenate(contour_lines(x, y, zeros.rest))
    np.testing.assert_allclose(np.hypot(*points.T), np.sqrt(0.5), rtol=CHORD)
    assert zeros_of(x, y, np.ones((21, 41))) is None


def test_a_line_on_logarithmic_axes_is_drawn_through_logarithms():
    x = np.geomspace(1e-3, 1.0, 31)
    line = np.concatenate(contour_lines(x, x, np.log(x * x[:, None]) + 5.0))
    np.testing.assert_allclose(line.prod(axis=1), np.exp(-5.0))


def test_a_map_over_temperature_and_field_has_the_threshold_of_every_layer(tmp_path):
    spec = make_spec({"T_Sm": [0.01, 0.5], "T_S": HEAT, "h_exc": FIELD}, ["G_0"])
    html = html_of(tmp_path, spec, y="T_S")
    lines = [decoded(one["data"]) for name, one in models(html)
             if name == "ColumnDataSource" and "xs" in str(one["data"])]  # fmt: skip
    threshold = next(one for one in lines if set(one["layer"]) == {0, 1})
    for layer, T_Sm in enumerate([0.01, 0.5]):
        shown = [k for k, of in enumerate(threshold["layer"]) if of == layer]
        h, T = (np.concatenate([threshold[axis][k] for k in shown]) for axis in ("xs", "ys"))
        difference = ts.bcs_gap(T_Sm, h) - h - ts.bcs_gap(T)
        assert np.abs(difference).max() < ON_GRID
    assert "threshold" in html


# -- what is refused -----------------------------------------------------------------------------


def refusal(folder, spec=CUBE, name="a.html", **options):
    file = folder / "a.h5"
    if not file.exists():
        run_sweep(spec, file, engine=STAND_IN, threads=1)
    with pytest.raises(FigureError) as caught:
        write_page(file, folder / name, view=View(**options))
    assert [path.name for path in folder.iterdir()] == ["a.h5"]
    return str(caught.value)


def test_a_page_that_is_too_large_is_refused_with_its_size_and_the_way_out(tmp_path, monkeypatch):
    size = len(html_of(tmp_path, CUBE).encode())
    (tmp_path / "a.html").unlink()
    monkeypatch.setattr(page, "MOST_BYTES", size - 1)
    message = refusal(tmp_path)
    assert f"would have {size / 1e6:.0f} MB" in message
    assert "--at T_S=0.7" in message
    assert len(html_of(tmp_path, CUBE, at={"T_S": 0.7}).encode()) < size


def test_a_page_that_would_be_far_too_large_is_refused_before_its_values_are_read(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(page, "MOST_BYTES", 2000)
    monkeypatch.setattr("thermospin.interactive.html_page.rendered", pytest.fail)
    assert "--at T_S=0.7" in refusal(tmp_path)


def test_curves_refuse_a_scale_that_a_page_has_not(tmp_path):
    assert "symlog" in refusal(tmp_path, at={"T_S": 0.7, "h_exc": 0.3}, scale="symlog")


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"cmap": "viridiss"}, "viridis"),
        ({"layout": (1, 2)}, "1x2 has room for 2 panels"),
        ({"at": {"T_S": 2.0}}, "must be between"),
        ({"show": ("J_S",)}, "no such output"),
        ({"display": "si"}, "material"),
        ({"xlim": (1.0, 0.0)}, "the smaller first"),
    ],
)
def test_options_are_refused_as_for_a_picture(tmp_path, options, word):
    assert word in refusal(tmp_path, **options)


def test_without_bokeh_the_command_says_what_to_install(tmp_path, monkeypatch):
    run_sweep(CUBE, tmp_path / "a.h5", engine=STAND_IN, threads=1)
    monkeypatch.setattr(page, "find_spec", lambda _: None)
    done = CliRunner().invoke(main, ["plot", str(tmp_path / "a.h5"), "-o", "a.html"])
    assert done.exit_code == 2
    assert 'pip install "thermospin[explore]"' in done.output


def test_the_command_writes_a_page_and_replaces_an_older_one(tmp_path, monkeypatch):
    run_sweep(CUBE, tmp_path / "a.h5", engine=STAND_IN, threads=1)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.HTML").write_text("older")
    done = CliRunner().invoke(main, ["plot", "a.h5", "-o", "map.HTML", "--at", "T_S=0.7"])
    assert (done.exit_code, done.output) == (0, "map.HTML\n")
    assert (tmp_path / "map.HTML").read_text(encoding="utf-8").lstrip().startswith("<!DOCTYPE")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.h5", "map.HTML"]


def test_a_title_is_text_whatever_stands_in_it(tmp_path):
    title = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    html = html_of(tmp_path, replace(CUBE, title=title))
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    (heading,) = (
        one["text"] for name, one in models(html) if name == "Div" and "<h1" in one["text"]
    )
    assert "&lt;img src=x onerror=alert(2)&gt;</h1>" in heading
