"""Kernels of films: branch points, tables of densities, panels of searches, the logarithm."""

import math

import numpy as np
import pytest

from thermospin import Junction, density_of_states
from thermospin.kernels import film_branch_points, film_branches, film_leads, film_table
from thermospin.kernels.branches import (
    AT,
    BROADENING,
    HEIGHT,
    MOST_BRANCHES,
    PLACE,
    TURN,
    WIDTH,
)
from thermospin.kernels.circuit import circuit_of
from thermospin.kernels.depaired_density import Film
from thermospin.kernels.film_leads import tabulate_leads
from thermospin.kernels.film_table import (
    FOUND,
    HIGH,
    IS_FILM,
    LOW,
    OF_SM,
    PANELS,
    POINTS,
    films_of_junctions,
)
from thermospin.kernels.leads import COLUMNS
from thermospin.machine import exponential
from thermospin.machine.compilation import from_python
from thermospin.observables.points import leads_table

branch_points, note_beside = map(
    from_python, (film_branch_points.branch_points, film_branch_points.note_beside)
)
density_at, log = map(from_python, (film_table.density_at, exponential.log))
singularities_between = from_python(film_branches.singularities_between)
circuit = from_python(circuit_of)

GAMMA = 1e-4
# Δ, h, Γ_orb, Γ_so and Γ_sf, and the real branch point, from Newton's method on the determinant.
EDGES = [
    ((1.0, 0.0, 0.05, 0.0, 0.0), 0.80349102670183555),
    ((1.0, 0.4, 0.0, 0.1, 0.0), 0.64315993224385523),
    ((1.0, 0.4, 0.0, 1.0, 0.0), 0.78993425786984289),
    ((1.0, 0.4, 0.02, 0.1, 0.02), 0.46747444745263493),
    ((1.0, 0.4, 0.0, 0.0, 0.05), 0.35231620565278498),
]


def tables_of(**fields):
    """Return the row of a junction, and the tables of its films."""
    junction = Junction(T_S=0.7, gap_model="constant", **{"gamma": GAMMA, **fields})
    row, films = leads_table(junction).reshape(COLUMNS), films_of_junctions()
    tabulate_leads(row, 1e-8, films)
    return row, films


@pytest.mark.parametrize(("film", "edge"), EDGES)
def test_the_sharpest_branch_point_is_the_edge(film, edge):
    point = np.empty((film_branch_points.MOST_POINTS, 2))
    count, found = branch_points(Film(0.0, *film), GAMMA, point)
    assert found
    sharp = point[:count][point[:count, 1] < 1.5 * GAMMA]
    assert sharp.shape == (1, 2)
    assert abs(sharp[0, 0] - edge) < 1e-2 * GAMMA
    assert np.all(np.diff(point[:count, 0]) > 0.0)


def test_a_branch_point_that_was_overlooked_is_found_beside_an_energy():
    film, edge = Film(0.0, *EDGES[0][0]), EDGES[0][1]
    point = np.array([[1.05, 0.2], [math.nan, math.nan]])
    assert note_beside(edge + 3e-3, 1e-3, film, GAMMA, 1, point) == 2
    assert abs(point[0, 0] - edge) < 1e-2 * GAMMA
    assert point[1].tolist() == [1.05, 0.2]


@pytest.mark.parametrize("rates", [(0.0, 0.1, 0.0), (1e-3, 3e-3, 0.0), (0.02, 0.1, 0.02)])
def test_a_table_has_the_densities_of_both_spins(rates, thinned):
    named = dict(zip(("depairing", "spin_orbit", "spin_flip"), rates, strict=True))
    of_Sm = {f"{name}_Sm": rate for name, rate in named.items()}
    _, films = tables_of(h_exc=0.4, **of_Sm)
    panels = films.panel[OF_SM, : films.numbers[OF_SM, PANELS]]
    assert films.numbers[OF_SM, FOUND] == 1
    assert abs(panels[0, LOW]) < 1e-15
    assert panels[-1, HIGH] == pytest.approx(film_table.HIGHEST)
    np.testing.assert_allclose(panels[1:, LOW], panels[:-1, HIGH], rtol=1e-14)
    for energy in thinned(np.geomspace(1e-3, 30.0, 101).tolist()):
        for spin, h in ((film_table.UP, 0.4), (film_table.DOWN, -0.4)):
            exact = density_of_states(energy, 1.0, GAMMA, h, **named)
            assert density_at(energy, spin, OF_SM, films) == pytest.approx(exact, rel=2e-11)


def test_of_random_films_every_table_is_accurate(thinned):
    rng = np.random.default_rng(5)
    for _ in thinned(range(300)):
        rates = {
            f"{name}_Sm": 10 ** rng.uniform(-8, 1)
            for name in ("depairing", "spin_orbit", "spin_flip")
            if rng.random() < 0.6
        }
        gamma, h = 10 ** rng.uniform(-8, -0.1), rng.choice([0.0, rng.uniform(0, 2)])
        _, films = tables_of(h_exc=h, gamma=gamma, **rates)
        assert films.numbers[OF_SM, FOUND] == films.numbers[OF_SM, IS_FILM]


def test_panels_of_voltages_end_where_the_sharpest_edges_meet():
    row, films = tables_of(h_exc=0.4, spin_orbit_Sm=0.1, gap_S=0.8)
    place, kink = np.empty((MOST_BRANCHES, TURN + 1)), np.empty((MOST_BRANCHES + 1, BROADENING + 1))
    kappa = np.zeros((MOST_BRANCHES, 4), np.complex128)
    pairs = singularities_between(films, circuit(row), place, kappa, kink)
    assert pairs == min(4 * films.numbers[OF_SM, POINTS], MOST_BRANCHES)
    widths = place[:pairs, WIDTH]
    assert np.all(np.diff(widths) >= 0.0)
    edge = EDGES[1][1]
    sharpest = sorted(place[:4, PLACE])
    np.testing.assert_allclose(
        sharpest, [0.8 - edge, 0.8 - edge, 0.8 + edge, 0.8 + edge], rtol=1e-5
    )
    heights = kink[: MOST_BRANCHES + 1, HEIGHT]
    count = int(np.argmin(heights > 0.0))
    assert heights[count] == 0.0
    assert {0.8, round(edge, 4)} <= {round(at, 4) for at in kink[:count, AT]}


def test_the_logarithm_is_good_to_two_units_in_the_last_place(thinned):
    rng = np.random.default_rng(6)
    for x in thinned((10 ** rng.uniform(-300, 300, 3000)).tolist()):
        unit = np.spacing(max(abs(math.log(x)), 1.0))
        assert abs(log(x) - math.log(x)) <= 2 * unit
    for x in (1.0, 1.0 + 2**-52, 1.0 - 2**-53, 0.7, 1.42):
        assert abs(log(x) - math.log(x)) <= 2.0**-52


def test_there_is_room_for_all_pieces_that_tables_can_cut_the_axis_into():
    ends = 2 * (2 * film_table.MOST_PANELS + 1)  # of both leads
    assert ends + 2 * film_table.MOST_SINGULARITIES <= film_leads.MOST_FILM_PIECES
