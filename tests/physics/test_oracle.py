"""The oracle is right: it agrees with frozen and fresh references within the errors it states."""

import numpy as np
import oracle
import pytest
import reference as ref
from mpmath import mp, mpf

STORED = 1.2e-16  # the frozen values are doubles
QUOTED = 6e-10  # ten digits are quoted
PROMISED = 1e-16  # of the integral of the modulus
PROMISED_ODD = 1e-13  # of the value itself, where its two tails cancel

NAMES = ("T_S", "T_Sm", "h_exc", "gamma_S", "gamma_Sm", "gap_S", "gap_Sm")
NIS = (0.01, 0.01, 0.0, 0.3, 1e-4, 0.0, 0.1)
CORNER = (
    0.010163533287030107,
    0.0007143156638980202,
    1.0770035085888667,
    0.0009740912155573497,
    5.23439717327347e-08,
    1.8024410914357,
    1.0769906745030597,
)
SHARP = (
    0.02811198217413056,
    0.005367956718347418,
    1.7250930587412658,
    0.0002379681789749461,
    2.611393283211836e-06,
    4.947049583424812,
    1.7339791250682512,
)


def junctions(V, *, h_S=0.0, **leads):
    return oracle.Junctions.of(V=V, h_S=h_S, **leads)


def of_records(records):
    leads = {name: records[name] for name in ("T_S", "T_Sm", "h_exc", "gamma_S", "gamma_Sm")}
    gaps = {"gap_S": records["Delta_S"], "gap_Sm": records["Delta_Sm"]}
    return junctions(records.V, h_S=records["h_S"], **leads, **gaps)


def agrees(found, expected, accuracy):
    """Return whether integrals are right to an accuracy and what they state as their own error."""
    return np.all(np.abs(found.value - expected) <= accuracy * np.abs(expected) + found.error)


def both(up, mirrored):
    return oracle.Integral(up.value + mirrored.value, None, up.error + mirrored.error)


def exact(number):
    """Return a long double as a number of mpmath."""
    high = float(number)
    return mpf(high) + mpf(float(number - oracle.Real(high)))


# --- against frozen values ------------------------------------------------------------------


def test_currents_are_those_of_the_reference(current_records):
    j = of_records(current_records)
    assert agrees(oracle.spin_up(j).current, current_records["I_up"], STORED)
    biased = np.flatnonzero(current_records.V != 0.0)
    expected = current_records["I_q"][biased] / current_records.V[biased].astype(oracle.Real)
    assert agrees(oracle.conductance(j[biased]), expected, STORED)


def test_slopes_are_those_of_the_reference(conductance_records):
    j = of_records(conductance_records)
    slope = both(oracle.spin_up_slope(j), oracle.spin_up_slope(j.at(-j.V)))
    assert agrees(slope, conductance_records["dIdV"], STORED)


def test_heat_and_noise_are_those_of_the_reference(flow_records):
    j = of_records(flow_records)
    up, mirrored = oracle.spin_up(j), oracle.spin_up(j.at(-j.V))
    assert agrees(both(up.heat_S, mirrored.heat_S), flow_records["J_S"], STORED)
    assert agrees(both(up.heat_Sm, mirrored.heat_Sm), flow_records["J_Sm"], STORED)
    assert agrees(both(up.crossings, mirrored.crossings), flow_records["S_I"] / 2.0, STORED)


@pytest.mark.parametrize(
    ("V", "leads", "current"),
    [
        (0.149, NIS, 0.05501340977),
        (1.3261144658975982e-06, CORNER, 1.183906971e-05),
    ],
)
def test_currents_are_those_quoted(V, leads, current):
    assert agrees(
        oracle.spin_up(junctions(V, **dict(zip(NAMES, leads, strict=True)))).current,
        current,
        QUOTED,
    )


def test_slope_beside_a_cold_step_is_that_quoted():
    j = junctions(1.0267000163497753, **dict(zip(NAMES, SHARP, strict=True)))
    slope = both(oracle.spin_up_slope(j), oracle.spin_up_slope(j.at(-j.V)))
    assert agrees(slope, 3.535799712e-05, QUOTED)


# --- against fresh ones, with more digits ---------------------------------------------------


@pytest.mark.parametrize(
    ("V", "leads"),
    [
        (1e-9, (0.7, 0.5, 0.0, 0.2, 0.1, 0.8, 1.0)),
        (0.0, (0.5 + 1e-12, 0.5, 0.4, 0.1, 0.1, 0.9, 1.0)),
        (0.3, (0.3, 0.4, 0.3, 0.1, 0.2, 0.5, 0.8)),
    ],
    ids=["no bias to speak of", "all but one temperature", "coincident edges"],
)
def test_no_digit_is_lost_where_tails_cancel(V, leads):
    found = oracle.spin_up(junctions(V, **dict(zip(NAMES, leads, strict=True)))).current
    right = ref.spin_current(V, 1, *leads[:3], 0.0, *leads[3:], digits=30)
    with mp.workdps(30):
        assert abs(exact(found.value[0]) - right) <= found.error[0]
    assert found.error[0] <= PROMISED_ODD * abs(found.value[0])


# --- what it says of itself -----------------------------------------------------------------


def hostile(number):
    """Return junctions from all over the range of parameters, with edges that nearly coincide."""
    rng = np.random.default_rng(1)

    def spread(low, high):
        return np.exp(rng.uniform(np.log(low), np.log(high), number))

    fields = {
        name: spread(1e-6, 10.0) * rng.choice([-1, 0, 1], number) for name in ("h_S", "h_exc")
    }
    warm = {name: spread(1e-4, 100.0) for name in ("T_S", "T_Sm")}
    broad = {name: spread(1e-8, 1.0) for name in ("gamma_S", "gamma_Sm")}
    gaps = {name: spread(1e-3, 100.0) for name in ("gap_S", "gap_Sm")}
    meeting = gaps["gap_Sm"] - fields["h_exc"] - gaps["gap_S"] + fields["h_S"]
    V = np.where(rng.uniform(size=number) < 0.5, meeting, spread(1e-10, 1e3))
    return junctions(V, **fields, **warm, **broad, **gaps)


def test_errors_are_small_against_the_modulus_everywhere():
    j = hostile(60)
    for found in (*oracle.spin_up(j), oracle.spin_up_slope(j)):
        assert np.all(found.error <= PROMISED * found.modulus)


def test_both_ways_to_the_conductance_agree_where_they_meet():
    j = hostile(30)
    V = 0.5 * oracle.smooth_within(j)
    below, above = (oracle.conductance(j.at(V * (1 + step))) for step in (-1e-15, 1e-15))
    apart = np.abs(below.value - above.value)
    assert np.all(apart <= below.error + above.error + 1e-14 * np.abs(below.value))
