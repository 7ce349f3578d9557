"""Integrals of spin up at many points, by the processor or a card, with films or without."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermospin.device import CPU, CUDA, spin_up_on_card
from thermospin.junction import FloatArray
from thermospin.kernels.film_leads import tabulate_leads
from thermospin.kernels.film_table import Films, films_of_junctions
from thermospin.kernels.flow_sums import FLOWS
from thermospin.kernels.flows import spin_up_flow_values
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.kernels.leads import COLUMNS, GAP_SM, H_S, ORBITAL_S
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.tunnelling import spin_up_values
from thermospin.observables.tolerance import BoolArray

IndexArray = NDArray[np.int64]
IDEAL = -1
"""In place of the number of a pair of films, where both leads are ideal."""
HEAT_AND_NOISE = -1
"""A kind of integral beside those of the kernels: charge, heat and noise, in a column each."""
ON_CARD = (CURRENT, CONDUCTANCE)
"""The kinds that a graphics card computes, between ideal leads."""


class Integral(NamedTuple):
    """An integral at points, with estimated errors and whether it is as accurate as asked for."""

    value: FloatArray
    error: FloatArray
    converged: BoolArray

    def at(self, some: IndexArray | slice) -> "Integral":
        """Return the integral at some of the points."""
        return Integral(self.value[some], self.error[some], self.converged[some])


def spin_up_integral(
    kind: int,
    voltage: FloatArray,
    row: IndexArray,
    table: FloatArray,
    rtol: float,
    device: str = CPU,
) -> Integral:
    """Return an integral of spin up at voltages, each for one row of a table of leads.

    ``kind`` is `HEAT_AND_NOISE` or one of ``thermospin.kernels.kinds``. The values have the
    shape (n,), or (n, 4) for heat and noise. The processor computes what the device does not:
    films, heat and noise, and means of the derivative.
    """
    n = voltage.size
    shape = (n, FLOWS) if kind == HEAT_AND_NOISE else (n,)
    found = Integral(np.empty(shape), np.empty(shape), np.empty(n, dtype=np.bool_))
    if not np.count_nonzero(table[:, ORBITAL_S:]):
        _integrate(kind, voltage, row, table, rtol, (), found, device)
        return found
    for some, films in by_films(table, row, rtol):
        part = found.at(some)
        _integrate(kind, voltage[some], row[some], table, rtol, films, part, device)
        for mine, its in zip(found, part, strict=True):
            mine[some] = its
    return found


def _integrate(
    kind: int,
    voltage: FloatArray,
    row: IndexArray,
    table: FloatArray,
    rtol: float,
    films: Films | tuple[()],
    found: Integral,
    device: str = CPU,
) -> None:
    """Write an integral at points whose leads have the same tables, or none."""
    if device == CUDA and kind in ON_CARD and not films and voltage.size:
        left = spin_up_on_card(kind, voltage, row, table, rtol, found)
        if left.size:
            rest = found.at(left)
            _integrate(kind, voltage[left], row[left], table, rtol, films, rest)
            for mine, its in zip(found, rest, strict=True):
                mine[left] = its
    elif kind == HEAT_AND_NOISE:
        spin_up_flow_values(voltage, row, table, rtol, QUADRATURE, films, *found)
    else:
        spin_up_values(kind, voltage, row, table, rtol, QUADRATURE, films, *found)


def by_films(
    table: FloatArray, row: IndexArray, rtol: float
) -> Iterator[tuple[IndexArray, Films | tuple[()]]]:
    """Yield which of some rows of a table have no films, and which have the same ones.

    With them comes what kernels take for films: (), or their tables, which the next ones overwrite.
    """
    is_film = np.stack([np.any(table[:, ORBITAL_S + lead :: 2], axis=1) for lead in (0, 1)], axis=1)
    columns = np.abs(table[:, [*range(H_S, GAP_SM + 1), *range(ORBITAL_S, COLUMNS)]])
    # Columns of S and of Sm in turn: an ideal lead has no table, whatever its gap.
    of_films = columns.reshape(len(table), -1, 2) * is_film[:, np.newaxis, :]
    _, film = np.unique(of_films.reshape(len(table), -1), axis=0, return_inverse=True)
    film = np.where(is_film.any(axis=1), film.reshape(-1), IDEAL)[row]
    order = np.argsort(film, kind="stable")
    films = films_of_junctions()
    for some in np.split(order, np.flatnonzero(np.diff(film[order])) + 1):
        if not some.size or film[some[0]] == IDEAL:
            yield some, ()
        else:
            tabulate_leads(table[row[some[0]]], rtol, films)
            yield some, films
