"""Units in specs and in Python: what may have which unit, what it means, and what is refused."""

from fractions import Fraction

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

import thermospin as ts
from thermospin.quantities import OUTPUTS, PARAMETERS, SI_UNITS
from thermospin.spec import SpecError, bundled_specs, load_spec, parse_spec, remarks
from thermospin.units import BCS_RATIO

K_B = Fraction("1.380649e-23") / Fraction("1.602176634e-19")
FILM = "material: {T_c: 1.3 K, R_T: 5 kohm}\n"
SPEC = FILM + "fixed: {T_S: 0.5}\naxes: {V: [0, 1]}\noutputs: [I_q]\n"


def made(spec, folder):
    path = folder / "sweep.h5"
    ts.run_sweep(spec, path)
    return path


def fixed(text, material=FILM):
    """Return the value of a parameter that is given as `name: value`."""
    name = text.partition(":")[0]
    start = "" if name in ("T_S", "T") else "T_S: 0.5, "
    spec = f"{material}fixed: {{{start}{text}}}\naxes: {{theta: [0, 1]}}\noutputs: [G_0]\n"
    return parse_spec(spec, "s").fixed[name]


def axis(text, name="T_Sm"):
    return parse_spec(f"{FILM}fixed: {{T_S: 0.5}}\naxes: {{{name}: {text}}}\noutputs: [G_0]\n", "s")


def problems(text):
    with pytest.raises(SpecError) as caught:
        parse_spec(text, "s")
    return [f"{'.'.join(map(str, p.path))} {p.rule}" for p in caught.value.problems]


GAP = Fraction("1.3") * K_B / Fraction(BCS_RATIO)  # eV


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("T_S: 1.3 K", Fraction(1)),
        ("T_S: 130 mK", Fraction("0.1")),
        ("T: 130000 uK", Fraction("0.1")),
        ("T_S: 0.13K", Fraction("0.1")),
        ("T_S: '130 mK'", Fraction("0.1")),
        ("V: 100 uV", Fraction("1e-4") / GAP),
        ("V: -0.1mV", Fraction("-1e-4") / GAP),
        ("V: 1e5 nV", Fraction("1e-4") / GAP),
        ("V: 100 µV", Fraction("1e-4") / GAP),
        ("V: 100 μV", Fraction("1e-4") / GAP),
        ("h_exc: 60 ueV", Fraction("6e-5") / GAP),
        ("h_S: 6e-5 eV", Fraction("6e-5") / GAP),
        ("gamma: 20 neV", Fraction("2e-8") / GAP),
        ("gap_Sm: 0.2 meV", Fraction("2e-4") / GAP),
        ("R_L: 10 kohm", Fraction(2)),
        ("R_L: 0.01 Mohm", Fraction(2)),
        ("R_L: 10 kΩ", Fraction(2)),
        ("R_L: 10000 ohm", Fraction(2)),
    ],
)
def test_a_number_with_a_unit_is_rounded_once_from_its_exact_value(text, exact):
    assert fixed(text) == float(exact)


def test_a_bare_number_is_reduced_with_a_material_and_without():
    assert fixed("T_S: 0.3") == fixed("T_S: 0.3", material="") == 0.3


def test_either_scale_of_a_pair_says_what_the_other_is():
    film = ts.Material(T_c="1.3 K", R_T="5 kohm")
    assert film.Delta_0 == float(GAP)
    assert (film.T_c, film.R_T, film.G_T) == (1.3, 5000.0, 2e-4)
    assert film.T_c == pytest.approx(film.Delta_0 / (1.764 * float(K_B)), rel=1e-4)
    other = ts.Material(Delta_0="200 ueV", G_T="0.2 mS")
    assert other.T_c == float(Fraction("2e-4") * Fraction(BCS_RATIO) / K_B)
    assert other.R_T == 5000.0


UNITS_OF = {
    "T_S": "K, mK, uK", "V": "V, mV, uV, nV", "h_exc": "eV, meV, ueV, neV",
    "gamma": "eV, meV, ueV, neV", "gap_S": "eV, meV, ueV, neV", "R_L": "ohm, kohm, Mohm",
}  # fmt: skip


def with_quantity(name, unit):
    """Return a spec in which a parameter is 1 of some unit."""
    parameters = {"T_S": "0.5", "V": "0.1", name: f"1 {unit}"}
    written = ", ".join(f"{key}: {value}" for key, value in parameters.items())
    return f"{FILM}fixed: {{{written}}}\naxes: {{theta: [0, 1]}}\noutputs: [I_q]\n"


@pytest.mark.parametrize("name", UNITS_OF)
@pytest.mark.parametrize("unit", ["parsec", "Kelvin", "A", "mk"])
def test_a_wrong_unit_is_an_error_that_lists_the_right_ones(name, unit):
    (found,) = problems(with_quantity(name, unit))
    assert found.startswith(f"fixed.{name} must be a")
    assert f" in {UNITS_OF[name]}, got '1 {unit}'" in found


@pytest.mark.parametrize("name", UNITS_OF)
def test_a_unit_without_a_material_is_an_error_that_shows_one(name):
    unit = UNITS_OF[name].split(", ")[1]
    (found,) = problems(with_quantity(name, unit).removeprefix(FILM))
    assert found.startswith(f"fixed.{name} a number with a unit needs a material, got '1 {unit}'")
    assert "material: {T_c: 1.3 K, R_T: 5 kohm}" in found
    assert f"a bare number in {PARAMETERS[name].unit}" in found


@pytest.mark.parametrize("text", ["P: 0.1 K", "theta: 1 rad", "theta: 90 deg", "P: 10 eV"])
def test_a_unit_on_a_quantity_without_one_is_an_error(text):
    (found,) = problems(SPEC.replace("T_S: 0.5", f"T_S: 0.5, {text}"))
    assert "takes a bare number" in found


def test_accuracy_has_no_unit():
    assert problems(SPEC + "numerics: {rtol: 1 K}\n") == [
        "numerics.rtol takes a bare number, without a unit, got '1 K'"
    ]


def test_limits_hold_whatever_the_unit():
    (found,) = problems(SPEC.replace("T_S: 0.5", "T_S: 200 K"))
    assert found == "fixed.T_S must be between 0.0001 and 100 T_c, got 200 K = 153.846 T_c"


@pytest.mark.parametrize(
    ("material", "rule"),
    [
        ("{}", "must have exactly one of Delta_0 and T_c, got neither"),
        ("{T_c: 1.3 K, Delta_0: 200 ueV, R_T: 5 kohm}", "Delta_0 and T_c, got both"),
        ("{T_c: 1.3 K}", "must have exactly one of G_T and R_T, got neither"),
        ("{T_c: 1.3 K, R_T: 5 kohm, G_T: 1 S}", "G_T and R_T, got both"),
        ("{T_c: 1.3, R_T: 5 kohm}", "a number and a unit (K, mK, uK), such as 1.3 K; got '1.3'"),
        ("{T_c: 1.3 eV, R_T: 5 kohm}", "(K, mK, uK), such as 1.3 K; got '1.3 eV'"),
        ("{T_c: 1.3 K, R_T: 5 mS}", "(ohm, kohm, Mohm), such as 5 kohm; got '5 mS'"),
        ("{T_c: 0 K, R_T: 5 kohm}", "must be positive, got '0 K'"),
        ("{T_c: 1.3 K, R_T: -5 kohm}", "must be positive, got '-5 kohm'"),
        (
            "{T_c: nan K, R_T: 5 kohm}",
            "a number and a unit (K, mK, uK), such as 1.3 K; got 'nan K'",
        ),
        ("{T_C: 1.3 K, R_T: 5 kohm}", "unknown key"),
    ],
)
def test_a_mistake_in_the_material_is_one_mistake(material, rule):
    text = SPEC.replace(FILM, f"material: {material}\n").replace("T_S: 0.5", "T_S: 500 mK")
    (found,) = problems(text)
    assert rule in found


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        ("[100 mK, 200 mK, 0.7 K]", ["0.1", "0.2", "0.7"]),
        ("{start: 100 mK, stop: 1.3 K, num: 5}", ["0.1", "0.4", "0.7", "1", "1.3"]),
        ("{start: 100 mK, stop: 1.3 K, step: 300 mK}", ["0.1", "0.4", "0.7", "1", "1.3"]),
        ("{start: 1 mK, stop: 1 K, num: 4, scale: log}", ["0.001", "0.01", "0.1", "1"]),
    ],
)
def test_points_of_an_axis_in_a_unit_are_the_floats_nearest_to_its_decimal_numbers(form, numbers):
    spec = axis(form)
    assert spec.si_axes["T_Sm"].tolist() == [float(number) for number in numbers]
    exact = [float(Fraction(number) / Fraction("1.3")) for number in numbers]
    assert spec.axes["T_Sm"].tolist() == exact


@given(start=st.integers(-10_000, 10_000), num=st.integers(2, 300), step=st.integers(1, 1000))
def test_so_are_those_of_any_range(start, num, step):
    stop = start + (num - 1) * step
    if max(abs(start), abs(stop)) > 180_000:
        return
    spec = axis(f"{{start: {start} uV, stop: {stop} uV, step: {step} uV}}", "V")
    exact = [Fraction(start + i * step, 10**6) for i in range(num)]
    assert spec.si_axes["V"].tolist() == [float(volt) for volt in exact]
    assert spec.axes["V"].tolist() == [float(volt / GAP) for volt in exact]


def test_zero_needs_no_unit_and_other_numbers_of_an_axis_do():
    assert axis("{start: 0, stop: 0.4 mV, num: 3}", "V").si_axes["V"].tolist() == [0, 2e-4, 4e-4]
    text = SPEC.replace("[0, 1]", "{start: 0.1, stop: 0.4 mV, num: 3}")
    assert problems(text) == [
        "axes.V must be given with a unit throughout or without one throughout, got 0.4 mV and 0.1"
    ]
    assert "got 0.4 mV and 0.1" in problems(SPEC.replace("[0, 1]", "[0.1, 0.4 mV]"))[0]


def test_an_override_may_have_a_unit():
    spec = parse_spec(SPEC, "s", ["T_Sm=130 mK", "axes.V={start: 0, stop: 1 mV, step: 0.1 mV}"])
    assert spec.fixed["T_Sm"] == 0.1
    assert spec.si_axes["V"][3] == 3e-4


def test_the_unit_decides_on_the_hash_and_its_spelling_does_not():
    specs = [axis(form) for form in ("[130 mK]", "[0.13 K]", "[1.3e2 mK]", "[0.1]")]
    first, *others = (spec.sha256 for spec in specs)
    assert others[0] == others[1] == first
    assert others[2] != first  # its SI coordinate is computed, not given


def test_a_file_is_found_by_the_numbers_that_were_written(tmp_path):
    text = FILM + (
        "fixed: {T_Sm: 30 mK, h_exc: 60 ueV}\n"
        "axes: {T_S: {start: 100 mK, stop: 1.2 K, num: 12},"
        " V: {start: -0.4 mV, stop: 0.4 mV, step: 10 uV}}\noutputs: [I_q, G_0]\n"
    )
    path = made(parse_spec(text, "s"), tmp_path)
    with xr.open_dataset(path) as data:
        found = data.set_xindex("T_S_kelvin").set_xindex("V_volt")
        for T in (0.1, 0.3, 0.7, 1.2):
            for V in (-0.4e-3, -130e-6, 10e-6, 70e-6, 0.3e-3):
                assert found.I_q.sel(T_S_kelvin=T, V_volt=V).shape == ()
        factor = data.I_q.attrs["SI_factor"]
    film = ts.Material(T_c="1.3 K", R_T="5 kohm")
    assert film.si("I_q", 1.0) == (factor, "A")
    assert ts.read(path).fixed["T_Sm"] == film.reduced("T_Sm", "30 mK")


def test_scales_are_rounded_once():
    film = ts.Material(Delta_0="180 ueV", G_T="1 mS")
    assert film.factor("G_T Δ0/e") == 1.8e-7
    assert film.factor("G_T Δ0²/e²") == 3.24e-11


@pytest.mark.parametrize("name", [*PARAMETERS, *OUTPUTS])
def test_every_quantity_converts_to_si_and_back(name):
    film = ts.Material(T_c="1.3 K", R_T="5 kohm")
    unit = {**PARAMETERS, **OUTPUTS}[name].unit
    value, symbol = film.si(name, [0.25, -3.0])
    assert symbol == (SI_UNITS[unit].symbol if unit else "")
    if unit and SI_UNITS[unit].spellings:
        np.testing.assert_allclose(film.reduced(name, value, symbol), [0.25, -3.0], rtol=4e-16)
    elif unit:
        with pytest.raises(ValueError, match="takes a bare number, in units of"):
            film.reduced(name, 1.0, symbol)
    else:
        np.testing.assert_array_equal(value, [0.25, -3.0])


def test_a_material_converts_by_name():
    film = ts.Material(T_c="1.3 K", R_T="5 kohm")
    assert film.reduced("T_S", "130 mK") == 0.1
    assert film.reduced("V", [0.0, 100.0], "uV").tolist() == [0.0, float(Fraction("1e-4") / GAP)]
    assert film.si("T_S", 0.1) == (0.13, "K")
    assert repr(film) == "Material(T_c='1.3 K', R_T='5 kohm')"


@pytest.mark.parametrize(
    ("convert", "message"),
    [
        (lambda m: m.reduced("T_S", 0.1), "T_S: a number needs a unit, such as material.reduced"),
        (lambda m: m.reduced("T_S", 0.1, "mV"), "T_S: must be in K, mK, uK, got 'mV'"),
        (lambda m: m.reduced("T_S", "0.1"), "T_S must be a temperature in K, mK, uK, got '0.1'"),
        (lambda m: m.reduced("T_S", "1,3 K"), "decimal number with a decimal point, not a comma"),
        (lambda m: m.reduced("T_s", "1 K"), "T_s: no such parameter or output; did you mean 'T_S'"),
        (lambda m: m.reduced("P", "1 K"), "P takes a bare number, without a unit, got '1 K'"),
        (lambda m: m.si("Iq", 1.0), "Iq: no such parameter or output; did you mean 'I_q'"),
        (lambda _: ts.Material(T_c="1.3 K"), "exactly one of G_T and R_T, got neither"),
        (lambda _: ts.Material(T_c=1.3, R_T="1 ohm"), r"T_c must be a number and a unit \(K, mK"),
    ],
)
def test_a_conversion_that_makes_no_sense_says_why(convert, message):
    with pytest.raises(ValueError, match=message):
        convert(ts.Material(T_c="1.3 K", R_T="5 kohm"))


class Quantity:
    """A number with a unit, as libraries of units have it: NumPy would take the number alone."""

    def __init__(self, value, name, unit):
        self.value = value
        setattr(self, name, unit)

    def __float__(self):
        return self.value

    def __array__(self, dtype=None, copy=None):
        return np.array(self.value, dtype)


@pytest.mark.parametrize("attribute", ["units", "unit"])
def test_a_quantity_of_a_library_of_units_is_refused(attribute):
    junction = ts.Junction(T_S=0.5)
    volt = Quantity(0.2e-3, attribute, "volt")
    with pytest.raises(TypeError, match="V must be a number in Δ0/e, got a quantity in volt"):
        ts.currents(volt, junction)
    with pytest.raises(TypeError, match="T_S must be a number in T_c, got a quantity in volt"):
        ts.Junction(T_S=volt)


@pytest.mark.parametrize(
    "call",
    [
        lambda q: ts.bcs_gap(q),
        lambda q: ts.bcs_gap(0.3, h=q),
        lambda q: ts.bcs_gap(0.3, gap=q),
        lambda q: ts.density_of_states(q),
        lambda q: ts.density_of_states(0.3, gamma=q),
        lambda q: ts.differential_conductance(q, ts.Junction(T_S=0.5)),
    ],
)
def test_no_function_takes_a_quantity_or_a_masked_array_for_bare_numbers(call):
    with pytest.raises(TypeError, match="got a quantity in volt"):
        call(Quantity(0.3, "units", "volt"))
    with pytest.raises(TypeError, match="must not be a masked array"):
        call(np.ma.masked_greater([0.1, 0.3], 0.2))


def test_a_masked_array_is_refused():
    masked = np.ma.masked_greater([0.1, 0.5, 9.0], 1.0)
    with pytest.raises(TypeError, match="T_S must not be a masked array"):
        ts.Junction(T_S=masked)
    with pytest.raises(TypeError, match="V must not be a masked array"):
        ts.currents(masked, ts.Junction(T_S=0.5))


def test_a_labelled_array_is_taken_by_its_unit():
    bare = xr.DataArray([0.1, 0.2], attrs={"units": "Δ0/e"})
    volt = xr.DataArray([1e-4, 2e-4], attrs={"units": "V"})
    junction = ts.Junction(T_S=0.5)
    assert np.array_equal(ts.currents(bare, junction).up, ts.currents([0.1, 0.2], junction).up)
    with pytest.raises(TypeError, match="got a quantity in V; thermospin"):
        ts.currents(volt, junction)


def test_t_is_the_temperature_of_both_leads(tmp_path):
    text = "fixed: {h_exc: 0.3}\naxes: {T: [0.2, 0.5], V: [0.1, 0.9]}\noutputs: [I_q, G_0]\n"
    found = ts.read(made(parse_spec(text, "s"), tmp_path))
    both = ts.Junction(T_S=[[0.2], [0.5]], T_Sm=[[0.2], [0.5]], h_exc=0.3)
    assert np.array_equal(found.outputs["I_q"], ts.currents([0.1, 0.9], both).charge)
    again = ts.Junction(T=[[0.2], [0.5]], h_exc=0.3)
    assert np.array_equal(found.outputs["I_q"], ts.currents([0.1, 0.9], again).charge)


@pytest.mark.parametrize("beside", ["T_S", "T_Sm"])
def test_t_stands_for_both_temperatures_and_not_beside_one(beside):
    text = f"fixed: {{T: 0.2, {beside}: 0.3}}\naxes: {{V: [0, 1]}}\noutputs: [I_q]\n"
    rule = f"fixed.T stands for T_S and T_Sm, must not be given beside {beside}"
    assert problems(text) == [rule]
    with pytest.raises(ValueError, match="T is given beside T_S or T_Sm"):
        ts.Junction(T=0.2, **{beside: 0.3})


def test_a_junction_needs_a_temperature():
    with pytest.raises(ValueError, match="T_S, the temperature of S in T_c, must be given"):
        ts.Junction(h_exc=0.3)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("10^-3", "such as 1e-3"), ("2*10^-3", "such as 2e-3"), ("10**3", "such as 1e3")],
)
def test_a_power_of_ten_is_refused_with_the_number_as_it_is_written_here(text, hint):
    (found,) = problems(SPEC.replace("T_S: 0.5", f"T_S: 0.5, gamma: {text}"))
    assert f"must be a finite decimal number {hint}, got" in found


@pytest.mark.parametrize("num", ["1e3", "1000.0", "1E+3", "1000"])
def test_a_whole_number_may_be_written_like_any_other(num):
    spec = parse_spec(SPEC.replace("[0, 1]", f"{{start: 0, stop: 1, num: {num}}}"), "s")
    assert spec.shape == (1000,)


@pytest.mark.parametrize(
    ("spec", "remark"),
    [
        (
            "fixed: {T_S: 0.5}\naxes: {V: [-1, 1, 11]}",
            "was V: {start: -1, stop: 1, num: 11} meant?",
        ),
        ("fixed: {T_S: 0.5}\naxes: {V: [-400, 0, 400]}", "V goes up to 400 Δ0/e: bare numbers are"),
        ("fixed: {T_S: 0.5, T_Sm: 50}\naxes: {V: [0, 1]}", "such as 50 mK, needs a material"),
    ],
)
def test_a_spec_that_may_not_say_what_was_meant_is_remarked_on(spec, remark):
    (found,) = remarks(parse_spec(f"{spec}\noutputs: [I_q]\n", "s"))
    assert remark in found


@pytest.mark.parametrize(
    "axes", ["V: [0, 0.5, 1]", "V: [-1, 0, 1]", "T_Sm: [1, 2, 3]", "V: [0, 1, 2, 3, 4]"]
)
def test_other_specs_are_not_remarked_on(axes):
    spec = f"fixed: {{T_S: 0.5}}\naxes: {{{axes}}}\noutputs: [G_0]\n"
    assert remarks(parse_spec(spec, "s")) == []


@pytest.mark.parametrize("name", bundled_specs())
def test_nor_are_the_bundled_ones(name):
    assert remarks(load_spec(name)) == []
