"""What a table of junctions holds of the rates, and that films are in no family."""

from dataclasses import replace

import numpy as np
import pytest

from thermospin import Junction, currents
from thermospin.dense import has_family
from thermospin.dense.families import LEAST_POINTS
from thermospin.kernels.leads import COLUMNS, GAP_SM, ORBITAL_S, PHOTON
from thermospin.observables import points, spin_up_integrals
from thermospin.observables.points import leads_table

RATES_S = {"depairing_S": 0.1, "spin_orbit_S": 0.2, "spin_flip_S": 0.3}
RATES_SM = {"depairing_Sm": 0.4, "spin_orbit_Sm": 0.5, "spin_flip_Sm": 0.6}
STANDING = {"T_S": 0.7, "gamma": 1e-4}


@pytest.fixture
def given_to_gaps(monkeypatch):
    """Return the rates that the gaps of leads are asked for; each gap is as given."""
    asked = []

    def lead_gap(T, h, gap, _, gamma, **rates):
        asked.append(rates)
        return np.broadcast_arrays(T, h, gap, gamma, *rates.values())[2]

    monkeypatch.setattr(points, "lead_gap", lead_gap)
    return asked


def rates_of(**fields):
    return leads_table(Junction(**STANDING | fields))[..., ORBITAL_S:]


def test_the_rates_of_both_leads_stand_behind_the_load(given_to_gaps):
    fields = {"h_S": 0.1, "h_exc": 0.3, **RATES_S, **RATES_SM}
    assert rates_of(**fields).tolist() == [0.1, 0.4, 0.2, 0.5, 0.3, 0.6]
    assert (ORBITAL_S, COLUMNS) == (PHOTON + 1, PHOTON + 7)
    assert given_to_gaps == [
        {"depairing": 0.1, "spin_orbit": 0.2, "spin_flip": 0.3},
        {"depairing": 0.4, "spin_orbit": 0.5, "spin_flip": 0.6},
    ]


def test_a_gap_is_not_asked_for_rates_that_are_zero(given_to_gaps):
    assert np.array_equal(rates_of(spin_flip_S=[0.0, 0.1], depairing=0.0)[:, 4], [0.0, 0.1])
    assert [list(rates) for rates in given_to_gaps] == [["spin_flip"], []]


@pytest.mark.usefixtures("given_to_gaps")
def test_rates_that_do_nothing_are_zero():
    everything = RATES_S | RATES_SM
    assert rates_of(h_exc=0.3, **everything).tolist() == [0.1, 0.4, 0.0, 0.5, 0.3, 0.6]
    of_normal_S = rates_of(h_S=0.1, h_exc=[0.0, 0.3], gap_S=0.0, **everything)
    assert of_normal_S.tolist() == [[0, 0.4, 0, 0.0, 0, 0.6], [0, 0.4, 0, 0.5, 0, 0.6]]


def test_films_are_in_no_family():
    fields = np.linspace(0.05, 0.4, LEAST_POINTS // 100)
    table = leads_table(Junction(**STANDING, h_exc=fields))
    for column in range(ORBITAL_S, COLUMNS):
        film = table.copy()
        film[:, column] = 0.1
        assert has_family(LEAST_POINTS, table)
        assert not has_family(LEAST_POINTS, film)
        assert not has_family(LEAST_POINTS, np.concatenate((table, film)))


def test_a_film_has_one_table_whatever_the_gap_of_the_ideal_lead(monkeypatch):
    made = []
    plain = spin_up_integrals.tabulate_leads

    def counting(row, rtol, films):
        made.append(row[GAP_SM])
        plain(row, rtol, films)

    monkeypatch.setattr(spin_up_integrals, "tabulate_leads", counting)
    sweep = Junction(
        T_S=np.linspace(0.3, 0.9, 5), T_Sm=0.01, h_exc=0.4, gamma=1e-2, spin_orbit_Sm=0.1
    )
    found = currents(0.1, sweep)
    assert len(made) == 1  # for both spins
    for k, T in enumerate(sweep.T_S):
        alone = currents(0.1, replace(sweep, T_S=T))
        assert (alone.up, alone.down) == (found.up[k], found.down[k])
