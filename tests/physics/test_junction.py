"""A junction is validated once: every mistake names the key, the rule and the value."""

import dataclasses

import numpy as np
import pytest

from thermospin import Junction
from thermospin.quantities import GAP_MODELS, PARAMETERS, RATES, STANDS_FOR

FIELDS = [name for name in PARAMETERS if name not in ("V", *STANDS_FOR)]


HEATED = {"heater": 1.0, "T_bath": 0.1, "electron_phonon": 1.0}


def changed(name, value, **more):
    base = {} if name == "T" else HEATED if name in HEATED else {"T_S": 0.7}
    return Junction(**(base | {name: value} | more))


def test_defaults():
    junction = Junction(T_S=0.7)
    for name in FIELDS[1:]:
        assert getattr(junction, name) == PARAMETERS[name].default
    assert junction.gap_model == "self-consistent"
    assert junction.shape == ()


@pytest.mark.parametrize("name", FIELDS)
def test_both_limits_are_allowed(name):
    low, high = PARAMETERS[name].low, PARAMETERS[name].high
    more = {"hf": 10.0} if name == "V_ac" else {}
    assert np.array_equal(getattr(changed(name, [low, high], **more), name), [low, high])


@pytest.mark.parametrize("name", [*FIELDS, *STANDS_FOR])
def test_a_value_beyond_its_limits_is_named(name):
    low, high = PARAMETERS[name].low, PARAMETERS[name].high
    for value in (np.nextafter(low, -np.inf), np.nextafter(high, np.inf), np.nan, np.inf, -np.inf):
        with pytest.raises(ValueError, match=f"^{name} must be between .* not ") as error:
            changed(name, [low, value, high])
        assert f"between {low:g} and {high:g}" in str(error.value)
        assert str(error.value).endswith(f"not {value:.17g}")


@pytest.mark.parametrize(
    ("value", "named"), [("warm", "'warm'"), (None, "None"), ([[1], [1, 2]], "[[1], [1, 2]]")]
)
def test_what_is_no_number_is_named(value, named):
    with pytest.raises(ValueError, match="h_S must be a number or an array of numbers") as error:
        Junction(T_S=0.7, h_S=value)
    assert named in str(error.value)


def test_complex_temperatures_are_refused():
    with pytest.raises(ValueError, match="T_S must be a number"):
        Junction(T_S=0.7 + 0.1j)


def test_units_stand_in_the_message():
    with pytest.raises(ValueError, match=r"T_S must be between 0\.0001 and 100 T_c, not -0\.5"):
        Junction(T_S=-0.5)
    with pytest.raises(ValueError, match="gamma must be between 1e-08 and 1 Δ0, not 0"):
        Junction(T_S=0.5, gamma=0.0)


def test_gamma_stands_for_both_leads():
    junction = Junction(T_S=0.7, gamma=[1e-3, 1e-2])
    assert np.array_equal(junction.gamma_S, [1e-3, 1e-2])
    assert np.array_equal(junction.gamma_Sm, [1e-3, 1e-2])


def test_one_lead_may_have_a_broadening_of_its_own():
    junction = Junction(T_S=0.7, gamma_Sm=1e-2)
    assert (junction.gamma_S, junction.gamma_Sm) == (1e-4, 1e-2)


@pytest.mark.parametrize("lead", ["gamma_S", "gamma_Sm"])
def test_gamma_beside_that_of_a_lead_is_ambiguous(lead):
    with pytest.raises(ValueError, match="gamma is given beside gamma_S or gamma_Sm"):
        Junction(T_S=0.7, gamma=1e-4, **{lead: 1e-4})


def test_a_temperature_of_S_must_be_given():
    for given in ({}, {"T_Sm": 0.1}, {"T_S": None}):
        with pytest.raises(ValueError, match="T_S, the temperature of S in T_c, must be given"):
            Junction(**given)


def test_gap_models_are_named():
    for model in GAP_MODELS:
        assert Junction(T_S=0.7, gap_model=model).gap_model == model
    with pytest.raises(ValueError, match=r"gap_model must be one of .*dynes, not 'bcs'"):
        Junction(T_S=0.7, gap_model="bcs")


def test_junctions_are_frozen():
    given = np.array([0.5, 0.7])
    junction = Junction(T_S=given)
    given[0] = 99.0
    assert junction.T_S[0] == 0.5
    with pytest.raises(dataclasses.FrozenInstanceError):
        junction.T_S = 0.6
    with pytest.raises(ValueError, match="read-only"):
        junction.T_S[0] = 0.6


def test_fields_broadcast():
    junction = Junction(T_S=np.full((4, 1), 0.7), h_exc=np.zeros(3), gamma=np.full((2, 1, 1), 1e-3))
    assert junction.shape == (2, 4, 3)


def test_fields_that_do_not_broadcast_are_named():
    with pytest.raises(ValueError, match=r"must broadcast: T_S \(2,\), h_exc \(3,\)"):
        Junction(T_S=[0.5, 0.7], h_exc=[0.1, 0.2, 0.3])


@pytest.mark.parametrize("rate", RATES)
def test_a_rate_stands_for_both_leads_or_for_one(rate):
    both = Junction(T_S=0.7, **{rate: [0.1, 0.2]})
    for lead in STANDS_FOR[rate]:
        np.testing.assert_array_equal(getattr(both, lead), [0.1, 0.2])
    one = Junction(T_S=0.7, **{f"{rate}_Sm": 0.1})
    assert [getattr(one, lead) for lead in STANDS_FOR[rate]] == [0.0, 0.1]
    with pytest.raises(ValueError, match=f"{rate} is given beside {rate}_S or {rate}_Sm"):
        Junction(T_S=0.7, **{rate: 0.1, f"{rate}_S": 0.1})


def test_rates_are_shown_where_they_are_not_zero():
    shown = repr(Junction(T_S=0.7, spin_orbit=0.1, spin_flip_Sm=[0.0, 0.2], depairing=0.0))
    assert "spin_orbit_S = 0.1 Δ0, spin_orbit_Sm = 0.1 Δ0, spin_flip_Sm = 0 … 0.2 Δ0 (2)" in shown
    assert "depairing" not in shown
    assert "spin_flip_S " not in shown


def test_rates_stand_after_all_that_was_positional_before_them():
    given = (0.7, 0.02, 0.4, 0.1, None, 1e-3, 1e-3, 0.9, 0.8, 0.5, 2.0, 0.25, "tanh")
    assert Junction(*given).theta == 0.25
    assert Junction(*given).gap_model == "tanh"
    assert Junction(None, None, *given[2:], 0.6).T_S == 0.6


@pytest.mark.parametrize("rate", [name for rate in RATES for name in (rate, *STANDS_FOR[rate])])
def test_fields_at_an_angle_are_refused_together_with_rates(rate):
    turned = {"T_S": 0.7, "h_S": 0.1, "h_exc": 0.3, "theta": 0.5, rate: 0.01}
    with pytest.raises(ValueError, match=r"not derived together with rates.*set theta to 0"):
        Junction(**turned)
    with pytest.raises(ValueError, match="are not derived"):
        Junction(**turned | {"theta": [0.0, 1.0]})
    for name in ("h_S", "h_exc", "theta", rate):
        assert Junction(**turned | {name: 0.0}).shape == ()
    nowhere_both = turned | {"theta": [0.0, 0.5], rate: [0.01, 0.0]}
    assert Junction(**nowhere_both).shape == (2,)
