"""Rates of depairing in a spec: fixed or axes, in units, and refused beside fields at an angle."""

import pytest

from thermospin.cli.options import axis_names
from thermospin.execution.chunks import Mesh
from thermospin.quantities import PARAMETERS, RATES, STANDS_FOR
from thermospin.spec import SpecError, load_spec, parse_spec
from thermospin.spec.remarks import remarks

NAMES = [name for rate in RATES for name in (rate, *STANDS_FOR[rate])]
DIGEST_OF_FIG2A = "3e376b8272963017"  # from before there were rates
PLAIN = {"fixed": "T_S: 0.7", "axes": "h_exc: [0.1, 0.2]"}


def spec(more="", **sections):
    found = PLAIN | sections
    text = "".join(f"{name}: {{{content}}}\n" for name, content in found.items())
    return parse_spec(f"{text}outputs: [G_0]\n{more}", "s.yaml")


def test_a_spec_without_rates_has_no_place_for_them():
    assert not {*NAMES} & spec().fixed.keys()
    assert load_spec("fig2a").sha256.startswith(DIGEST_OF_FIG2A)


@pytest.mark.parametrize("name", NAMES)
def test_a_rate_is_fixed_or_an_axis(name):
    assert spec(fixed=f"T_S: 0.7, {name}: 0.1").fixed[name] == 0.1
    swept = spec(axes=f"h_exc: [0.1], {name}: [0, 0.03, 0.1]")
    assert swept.axes[name].tolist() == [0, 0.03, 0.1]
    assert not {*NAMES} & swept.fixed.keys()
    mesh = Mesh.of(swept)
    junction = mesh.junction(next(mesh.chunks()))
    for lead in STANDS_FOR.get(name, (name,)):
        assert getattr(junction, lead).tolist() == [0, 0.03, 0.1]


@pytest.mark.parametrize("name", NAMES)
def test_a_rate_may_be_written_in_a_unit_of_energy(name):
    film = spec("material: {Delta_0: 200 ueV, G_T: 1 mS}\n", fixed=f"T_S: 0.7, {name}: 20 ueV")
    assert film.fixed[name] == 0.1
    with pytest.raises(SpecError, match=f"{name}: must be between 0 and 10 Δ0"):
        spec(fixed=f"T_S: 0.7, {name}: 10.5")


@pytest.mark.parametrize("rate", RATES)
def test_a_rate_of_both_leads_is_not_given_beside_that_of_one(rate):
    with pytest.raises(SpecError, match=f"stands for {rate}_S and {rate}_Sm, must not be given"):
        spec(fixed=f"T_S: 0.7, {rate}: 0.1, {rate}_Sm: 0.1")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("fixed", "axes"),
    [
        ("h_S: 0.1, theta: 0.5, {}: 0.1", "h_exc: [0, 0.3]"),
        ("h_S: 0.1, {}: 0.1", "h_exc: [0, 0.3], theta: [0, 0.5]"),
        ("h_S: 0.1, theta: 1", "h_exc: [0, 0.3], {}: [0, 0.1]"),
        ("h_exc: 0.1", "h_S: [0, 0.3], {}: [0, 0.1], theta: [0, 0.25]"),
    ],
)
def test_fields_at_an_angle_are_refused_together_with_rates(name, fixed, axes):
    given = {"fixed": "T_S: 0.7, " + fixed.format(name), "axes": axes.format(name)}
    with pytest.raises(SpecError, match="theta: exchange fields at an angle are not derived"):
        spec(**given)
    collinear = {key: text.replace("theta: 0.5", "theta: 0").replace("theta: 1", "theta: 0")
                 .replace(", theta: [0, 0.5]", "").replace(", theta: [0, 0.25]", "")
                 for key, text in given.items()}  # fmt: skip
    assert spec(**collinear).size >= 2


def test_remarks_tell_of_rates_that_do_nothing():
    found = remarks(spec(fixed="T_S: 0.7, spin_orbit: 0.1"))
    assert found == ["spin-orbit scattering in S does nothing without an exchange field, h_S"]
    given = "T_S: 0.7, depairing_Sm: 0.1, spin_flip: 0.1"
    assert remarks(spec(fixed=given)) == []
    (found,) = remarks(spec("gap_model: tanh\n", fixed=given))
    assert found == "the gaps of gap_model tanh do not depend on depairing, spin_flip"


@pytest.mark.parametrize("name", NAMES)
def test_shells_complete_rates(name):
    assert name in axis_names(None, None, name[:4])
    assert PARAMETERS[name].implicit


def test_the_fields_of_a_mesh_with_rates_need_not_stay_together():
    axes = "h_exc: {start: 0.05, stop: 0.5, num: 400}, V: {start: -1, stop: 1, num: 401}"
    text = f"fixed: {{T_S: 0.7%s}}\naxes: {{{axes}}}\noutputs: [I_q]\n"
    ideal, film = (
        Mesh.of(parse_spec(text % rate, "s.yaml")) for rate in ("", ", depairing_S: 0.01")
    )
    assert (ideal.family(), film.family()) == (400, 1)
