"""The steady temperatures of a heated lead S: J_S(V, T_S) + κ q(T_S, T_bath) = heater.

Derivation: docs/physics/heat-balance.md. Temperatures in T_c, power in G_T Δ0²/e², bias in Δ0/e.
"""

import numpy as np
import pytest
from scipy.optimize import brentq

import thermospin as ts
from thermospin.observables.heat_balance import HeatBalances
from thermospin.observables.steady_states import sharper
from thermospin.quantities import OUTPUTS, STATUS

ISLAND = {"T_bath": 0.01, "T_Sm": 0.01, "h_exc": 0.4, "gamma": 1e-4}
TWELVE_DIGITS = 2e-12
NINE_DIGITS = 6e-10  # of tables of nine digits
FOUR_DECIMALS = 6e-4  # the folds are printed with three


def heated(heater, coupling, **fields):
    return ts.Junction(heater=heater, electron_phonon=coupling, **{**ISLAND, **fields})


def roots(V, junction, **options):
    found = ts.steady_temperatures(V, junction, **options)
    kept = ~np.isnan(found.T_S)
    return found.T_S[kept], found.stable[kept]


def released(V, T, coupling, **fields):
    """Return the power that S gives off at given temperatures, from the single functions."""
    given = {**ISLAND, **fields}
    bath = given.pop("T_bath")
    flows = ts.flows(V, ts.Junction(T_S=T, **given), rtol=1e-12)
    phonons = ts.electron_phonon_power(T, bath, given.get("h_S", 0.0), given.get("gap_S", 1.0))
    return flows.J_S + coupling * phonons


# --- reference numbers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heater", "coupling", "T_S"),
    [
        (1.0, 10.0, 0.659531116981),
        (0.1, 10.0, 0.479304557546),
        (0.1, 1.0, 0.557802994061),
    ],
)
def test_a_single_steady_temperature_is_that_of_the_reference(heater, coupling, T_S):
    T, stable = roots(0.0, heated(heater, coupling))
    np.testing.assert_allclose(T, [T_S], rtol=TWELVE_DIGITS)
    assert stable.all()


SELF_HEATING = {
    1.5: [0.253537311, 0.611669560, 0.620989958],
    1.6: [0.633547177428],  # next to a fold: the slope is small
    1.9: [0.666187627],
    2.2: [0.695595689],
    2.5: [0.762218176],
}


@pytest.mark.parametrize("V", SELF_HEATING)
def test_a_bias_heats_the_island_without_a_heater(V):
    T, stable = roots(V, heated(0.0, 10.0))
    np.testing.assert_allclose(T, SELF_HEATING[V], rtol=0.0, atol=NINE_DIGITS)
    assert stable.tolist() == [k % 2 == 0 for k in range(len(T))]


FOLDS = {  # κ: between which heaters there are three steady temperatures at V = 0
    0.0: (0.455, 0.737),
    1.0: (1.029, 1.231),
    2.958048730294: (2.044, 2.198),
    29.58048730294: (15.307, 15.346),
}


@pytest.mark.parametrize("coupling", FOLDS)
def test_three_temperatures_exist_between_the_folds_and_one_outside(coupling):
    low, high = FOLDS[coupling]
    beside = np.array([low - 2e-3, low + 2e-3, high - 2e-3, high + 2e-3])
    found = ts.steady_temperatures(0.0, heated(beside, coupling))
    assert found.count.tolist() == [1, 3, 3, 1]
    assert found.bistable.tolist() == [False, True, True, False]


def test_a_large_island_or_a_broad_density_has_no_fold():
    heater = np.linspace(1.0, 200.0, 23)
    assert (ts.steady_temperatures(0.0, heated(heater, 295.8048730294)).count == 1).all()
    heater = np.linspace(14.9, 15.6, 29)
    broad = heated(heater, 29.58048730294, gamma=1e-3)
    assert (ts.steady_temperatures(0.0, broad).count == 1).all()


def test_the_upper_fold_is_the_matching_peak():
    """Where Δ_S(T_S) = Δ_Sm − h_exc, at t = 0.866055, J_S has its logarithmic peak."""
    T = brentq(lambda t: ts.bcs_gap(t) - (ts.bcs_gap(0.01, 0.4) - 0.4), 0.5, 0.99)
    assert pytest.approx(0.866055, abs=1e-6) == T
    just_below = roots(0.0, heated(0.7373, 0.0))[0]
    assert just_below[0] < T < just_below[1]
    assert just_below[1] - just_below[0] < 1e-3


# --- laws -------------------------------------------------------------------------------------


def test_heater_and_loss_balance_at_every_root_and_stability_is_the_sign_of_the_slope():
    for V, heater, coupling in ((0.0, 1.1, 1.0), (0.2, 0.5, 0.0), (1.5, 0.0, 10.0)):
        T, stable = roots(V, heated(heater, coupling))
        assert len(T) >= 1
        here, above = released(V, T, coupling), released(V, T * (1.0 + 1e-7), coupling)
        slope = (above - here) / (1e-7 * T)
        assert (np.abs(here - heater) < 1e-9 * T * np.abs(slope) + 1e-12).all()
        assert (stable == (slope > 0.0)).all()


def test_stable_and_unstable_temperatures_alternate_and_both_ends_are_stable():
    heater = np.linspace(0.0, 1.4, 15)
    found = ts.steady_temperatures([[0.0], [0.25], [0.8]], heated(heater, 0.5, h_S=0.1))
    for T, stable in zip(found.T_S.reshape(45, -1), found.stable.reshape(45, -1), strict=True):
        kept = stable[~np.isnan(T)]
        assert kept[::2].all()
        assert not kept[1::2].any()
        assert kept.size % 2 == 1


def test_without_heater_and_bias_all_temperatures_are_that_of_the_bath():
    junction = heated(0.0, [0.0, 1.0, 100.0], T_bath=0.3, T_Sm=0.3)
    np.testing.assert_allclose(ts.steady_temperatures(0.0, junction).T_S[:, 0], 0.3, rtol=1e-12)


def test_a_strong_coupling_ties_the_island_to_its_phonons():
    T = ts.steady_temperatures(0.1, heated(0.5, [1e6, 1e9], T_bath=0.6)).T_S[:, 0]
    assert (T > 0.6).all()
    np.testing.assert_allclose(T, 0.6, rtol=3e-5)


def test_a_normal_island_between_normal_metals_follows_from_two_powers():
    """J = (π²/6)(k_B²/e²) G_T (T_S² − T_Sm²) − G_T V²/2, and the phonons take T_S⁵ − T_bath⁵."""
    junction = heated(2.0, 3.0, gap_S=0.0, gap_Sm=0.0, T_bath=0.2, T_Sm=0.1)
    (T,), _ = roots(0.5, junction)
    k = ts.Material(Delta_0="1 eV", G_T="1 S").T_c * 8.617333262e-5  # k_B T_c / Δ0
    lost = np.pi**2 / 6.0 * k**2 * (T**2 - 0.1**2) - 0.5 * 0.5**2 + 3.0 * (T**5 - 0.2**5)
    assert lost == pytest.approx(2.0, rel=1e-8)


def test_a_jump_of_the_gap_is_not_taken_for_a_temperature_that_was_found():
    """At a first-order transition of S no temperature gives off what lies within the jump."""
    T_c = float(ts.critical_temperature(0.65))
    below, above = released(0.0, T_c * np.array([1 - 1e-9, 1 + 1e-9]), 1.0, h_S=0.65, h_exc=0.0)
    assert above - below > 1e-3
    with pytest.warns(ts.ToleranceWarning):
        found = ts.steady_temperatures(0.0, heated(0.5 * (above + below), 1.0, h_S=0.65, h_exc=0.0))
    at = np.nanargmin(np.abs(found.T_S - T_c))
    assert found.T_S[at] == pytest.approx(T_c, rel=1e-8)
    assert not found.converged[at]


def random_balance(rng):
    """Return a bias, a coupling and what else a random junction has."""
    fields = {
        "h_exc": rng.uniform(-0.7, 0.7),
        "h_S": rng.choice([0.0, rng.uniform(-0.6, 0.6)]),
        "gamma": 10 ** rng.uniform(-6, -1.5),
        "gap_S": rng.choice([1.0, rng.uniform(0.2, 1.5)]),
        "gap_Sm": rng.choice([1.0, rng.uniform(0.2, 1.5), 0.0]),
        "T_Sm": 10 ** rng.uniform(-2, 0),
        "T_bath": 10 ** rng.uniform(-2, 0),
        "P": rng.choice([0.0, rng.uniform(-1, 1)]),
        "theta": rng.choice([0.0, rng.uniform(0, 1)]),
    }
    V = rng.choice([0.0, rng.uniform(-2.5, 2.5)])
    return V, rng.choice([0.0, 10 ** rng.uniform(-2, 2)]), fields


@pytest.mark.parametrize("count", [3, pytest.param(300, marks=pytest.mark.slow)])
def test_random_islands_lose_more_than_the_heater_gives_only_between_their_roots(count):
    rng = np.random.default_rng(count)
    T = np.concatenate((np.geomspace(1e-3, 0.05, 40), np.linspace(0.05, 1.3, 300)))
    for _ in range(count):
        V, coupling, fields = random_balance(rng)
        power = released(V, T, coupling, **fields)
        heater = np.abs(rng.choice(power, 3))
        found = ts.steady_temperatures(V, heated(heater, coupling, **fields))
        for wanted, every in zip(heater, found.T_S, strict=True):
            T_S = every[~np.isnan(every)]
            above = np.searchsorted(T_S, T) % 2 == 1
            clear = np.abs(power - wanted) > 1e-6 * wanted + 1e-9
            np.testing.assert_array_equal((power > wanted)[clear], above[clear])


# --- branches and outputs ---------------------------------------------------------------------

MESH = ["T_S_rising", "T_S_falling", "I_q", "J_S", "dIdV", "G"]


def evaluated(branch, heater, V=(-0.2, 0.0, 0.2), **fields):
    junction = heated(heater, 1.0, branch=branch, gamma=1e-3, **fields)
    return ts.evaluate(MESH, V, junction)


@pytest.fixture(scope="module")
def hysteresis():
    return np.linspace(0.9, 1.3, 9), evaluated("rising", np.linspace(0.9, 1.3, 9))


def test_the_branches_are_the_lowest_and_the_highest_temperature(hysteresis):
    heater, found = hysteresis
    for k, V in enumerate((-0.2, 0.0, 0.2)):
        every = ts.steady_temperatures(V, heated(heater, 1.0, gamma=1e-3)).T_S
        np.testing.assert_array_equal(found.values["T_S_rising"][:, k], np.nanmin(every, axis=1))
        np.testing.assert_array_equal(found.values["T_S_falling"][:, k], np.nanmax(every, axis=1))


def test_a_slow_heater_takes_the_island_along_the_branches():
    """C dT_S/dt = heater − J_S − κ q, while the heater rises and falls slowly."""
    T = np.linspace(0.75, 0.999, 2_501)
    loss = released(0.0, T, 1.0)
    heater = np.array([1.0, 1.05, 1.1, 1.2, 1.25])
    rising = [T[np.argmax(loss >= power)] for power in heater]
    falling = [T[len(T) - 1 - np.argmax(loss[::-1] <= power)] for power in heater]
    found = ts.evaluate(["T_S_rising", "T_S_falling"], [0.0], heated(heater, 1.0)).values
    np.testing.assert_allclose(found["T_S_rising"][:, 0], rising, atol=2e-4)
    np.testing.assert_allclose(found["T_S_falling"][:, 0], falling, atol=2e-4)
    assert (found["T_S_rising"] < found["T_S_falling"] - 1e-2)[2:4].all()


@pytest.mark.parametrize("branch", ["rising", "falling"])
def test_every_output_is_taken_at_the_temperature_of_the_branch(branch, hysteresis):
    heater, _ = hysteresis
    found = evaluated(branch, heater)
    assert (found.status == STATUS["ok"]).all()
    T = found.values[f"T_S_{branch}"]
    kept = {name: value for name, value in ISLAND.items() if name != "T_bath"} | {"gamma": 1e-3}
    given = ts.Junction(T_S=T, **kept)
    V = np.broadcast_to([-0.2, 0.0, 0.2], T.shape)
    flows = ts.flows(V, given)
    np.testing.assert_array_equal(found.values["J_S"], flows.J_S)
    np.testing.assert_array_equal(found.values["I_q"], flows.currents.charge)
    np.testing.assert_array_equal(found.values["dIdV"], ts.differential_conductance(V, given))
    junction = heated(heater[:, np.newaxis], 1.0, branch=branch, gamma=1e-3)
    np.testing.assert_array_equal(ts.flows(V, junction).J_S, flows.J_S)
    np.testing.assert_array_equal(ts.currents(V, junction).up, ts.currents(V, given).up)
    slope = ts.differential_conductance(V, junction)
    np.testing.assert_array_equal(slope, found.values["dIdV"])


def test_power_is_conserved_by_heater_and_bias(hysteresis):
    heater, found = hysteresis
    phonons = ts.electron_phonon_power(found.values["T_S_rising"], 0.01)
    given_off = found.values["J_S"] + phonons
    np.testing.assert_allclose(given_off, np.repeat(heater[:, np.newaxis], 3, axis=1), rtol=1e-8)


def test_reversed_fields_and_bias_leave_the_bits_of_a_temperature():
    here = evaluated("rising", [0.3, 1.1], h_S=0.1).values
    fields = {"h_exc": -0.4, "h_S": -0.1}
    there = evaluated("rising", [0.3, 1.1], V=(0.2, 0.0, -0.2), **fields).values
    for name in ("T_S_rising", "T_S_falling"):
        np.testing.assert_array_equal(here[name], there[name])
        np.testing.assert_array_equal(here[name], here[name][:, ::-1])


def test_bits_do_not_depend_on_the_other_heaters_and_voltages():
    heater = np.array([0.2, 0.7, 1.1, 1.15])
    together = evaluated("falling", heater).values
    for i, power in enumerate(heater):
        alone = evaluated("falling", power, V=(0.2,)).values
        for name in MESH:
            np.testing.assert_array_equal(together[name][i, 2], alone[name][0, 0])


def test_heaters_share_what_the_island_gives_off(monkeypatch):
    """The samples of a balance are taken once for all of its heaters."""
    asked = []
    samples = HeatBalances.samples

    def counted(self):
        asked.append(self._voltage.size)
        return samples(self)

    monkeypatch.setattr(HeatBalances, "samples", counted)
    ts.evaluate(["T_S_rising"], [-0.1, 0.1, 0.3], heated(np.linspace(0.0, 0.4, 11), 1.0))
    assert asked == [2]  # ±0.1 and 0.3


def test_next_to_a_fold_the_tolerance_is_missed_and_says_so():
    """The temperature goes as the root of the distance to the fold."""
    T, _ = roots(0.0, heated(1.1, 1.0))
    low, high = T[0], T[1]
    top = max(released(0.0, np.linspace(low, high, 601), 1.0))
    with pytest.warns(ts.ToleranceWarning):
        near = ts.steady_temperatures(0.0, heated(top - 1e-11, 1.0), rtol=1e-12)
    assert not near.converged.all()


def test_a_heater_beyond_the_supported_temperatures_is_marked():
    found = ts.evaluate(["T_S_rising", "I_q"], [0.1], heated(1e6, 0.0))
    assert np.isnan(found.values["T_S_rising"]).all()
    assert (found.status == STATUS["tolerance_missed"]).all()
    with pytest.warns(ts.ToleranceWarning):
        ts.currents(0.1, heated(1e6, 0.0))


def test_rates_of_films_are_taken_where_they_are_derived():
    film = heated(0.3, 1.0, spin_orbit_Sm=0.1, gamma=1e-3)
    (T,), _ = roots(0.1, film)
    assert released(0.1, T, 1.0, spin_orbit_Sm=0.1, gamma=1e-3) == pytest.approx(0.3, rel=1e-8)


@pytest.mark.parametrize("model", ["tanh", "constant"])
def test_other_models_of_the_gap_balance_as_well(model):
    junction = heated([0.05, 0.3, 5.0], 0.0, gap_model=model, gamma=1e-3)
    T = ts.steady_temperatures(0.1, junction).T_S[:, 0]
    given = {k: v for k, v in ISLAND.items() if k != "T_bath"} | {"gamma": 1e-3}
    back = ts.flows(0.1, ts.Junction(T_S=T, gap_model=model, **given)).J_S
    np.testing.assert_allclose(back, [0.05, 0.3, 5.0], rtol=1e-7)


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"heater": 1.0}, "heater needs T_bath, electron_phonon as well"),
        ({"heater": 1.0, "T_bath": 0.1, "electron_phonon": 1.0, "T_S": 0.3}, "T_S is given beside"),
        ({"heater": 1.0, "T_bath": 0.1, "electron_phonon": 1.0, "T": 0.3}, "T is given beside"),
        ({"T_S": 0.3, "T_bath": 0.1}, "T_S is given beside T_bath"),
        ({"T_bath": 0.1, "electron_phonon": 1.0}, "T_bath needs heater"),
        ({"heater": -1.0, "T_bath": 0.1, "electron_phonon": 1.0}, "heater must be between 0"),
        ({"heater": 1.0, "T_bath": 0.0, "electron_phonon": 1.0}, "T_bath must be between"),
        ({"T_S": 0.3, "branch": "falling"}, "has a meaning with a heater only"),
        ({"T_S": 0.3, "branch": "up"}, "branch must be one of rising, falling"),
        ({"heater": 1, "T_bath": 0.1, "electron_phonon": 1, "depairing_S": 0.1}, "for a film"),
        ({"heater": 1, "T_bath": 0.1, "electron_phonon": 1, "gap_model": "dynes"}, "gap_model"),
    ],
)
def test_a_junction_that_is_not_settled_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        ts.Junction(**fields)


WITHOUT_BIAS = [
    ts.seebeck_voltage,
    ts.zero_bias_conductance,
    ts.matching_voltages,
    ts.maximum_conductance,
    ts.maximum_power,
    ts.maximum_efficiency,
    ts.maximum_load_conductance,
    ts.operating_points,
]


@pytest.mark.parametrize("function", WITHOUT_BIAS, ids=lambda function: function.__name__)
def test_what_has_no_bias_has_no_temperature(function):
    with pytest.raises(ValueError, match="T_S follows from the heat balance"):
        function(heated(1.0, 1.0, R_L=1.0))


@pytest.mark.parametrize("name", [name for name in OUTPUTS if not OUTPUTS[name].biased])
def test_outputs_without_a_bias_are_refused(name):
    with pytest.raises(ValueError, match=f"output {name}: T_S follows from"):
        ts.evaluate([name], 0.1, heated(1.0, 1.0, R_L=1.0))


def test_temperatures_that_are_given_are_not_sought():
    with pytest.raises(ValueError, match="need heater"):
        ts.steady_temperatures(0.1, ts.Junction(T_S=0.3))
    with pytest.raises(ValueError, match="output T_S_rising needs a heater"):
        ts.evaluate(["T_S_rising"], 0.1, ts.Junction(T_S=0.3))


def test_a_sharper_tolerance_is_asked_of_the_heat_currents():
    assert sharper(1e-8) == pytest.approx(1e-11)
    assert sharper(1e-12) == 1e-13
