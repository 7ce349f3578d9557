"""A junction is validated once: every mistake names the key, the rule and the value."""

import dataclasses

import numpy as np
import pytest

from thermospin import Junction
from thermospin.quantities import GAP_MODELS, PARAMETERS, STANDS_FOR

FIELDS = [name for name in PARAMETERS if name not in ("V", *STANDS_FOR)]


def changed(name, value):
    return Junction(**{name: value}) if name == "T" else Junction(**({"T_S": 0.7} | {name: value}))


def test_defaults():
    junction = Junction(T_S=0.7)
    for name in FIELDS[1:]:
        assert getattr(junction, name) == PARAMETERS[name].default
    assert junction.gap_model == "self-consistent"
    assert junction.shape == ()


@pytest.mark.parametrize("name", FIELDS)
def test_both_limits_are_allowed(name):
    low, high = PARAMETERS[name].low, PARAMETERS[name].high
    assert np.array_equal(getattr(changed(name, [low, high]), name), [low, high])


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
