"""The slow reference: integrals by another quadrature than the kernels', without compiled code.

It shares nothing with the kernels. Panels end at every gap edge and Fermi step and double in width
away from them, beginning with Γ/2 and k_B T; each has 24 Gauss–Legendre points. Densities are the
complex formula itself. A distance between two edges is a sum that is
rounded once, so that a matching voltage is resolved to the last digit, however small Γ is.

A lead with rates has the density of `recomputed_film_densities`, and the panels are cut where its
panels end.
"""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermospin.verification.recomputed_film_angles import RecomputedFilm, pair_amplitudes
from thermospin.verification.recomputed_film_densities import film_density

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)
TAIL = 60.0
"""Where the energy axis is cut, in k_B T of the hotter lead: e^−60 of its occupation is lost."""
FAR = 1e9
"""Where it is cut for a supercurrent, in Δ0: its integrand falls as Γ/E³ only."""


class Lead(NamedTuple):
    """A lead: thermal energy k_B T, exchange field, Dynes Γ, gap and rates, all in Δ0."""

    kT: float
    h: float
    gamma: float
    gap: float
    depairing: float = 0.0
    spin_orbit: float = 0.0
    spin_flip: float = 0.0

    @property
    def is_film(self) -> bool:
        """Whether rates change the density of states; without a gap they do not."""
        return self.gap > 0.0 and any(self.film[2:])

    @property
    def film(self) -> RecomputedFilm:
        """The film of the lead; without a field spin-orbit scattering does nothing."""
        mixing = self.spin_orbit if self.h else 0.0
        return RecomputedFilm(self.h, self.gap, self.depairing, mixing, self.spin_flip)


class ReferenceIntegral(NamedTuple):
    """The value of an integral, and the integral of the modulus, to which rounding errors scale."""

    value: float
    modulus: float


class _Edge(NamedTuple):
    """A singular energy, the exact sum of some numbers, and the width of its first panel."""

    terms: tuple[float, ...]
    width: float


class _Side(NamedTuple):
    """Energies of the nodes in one lead, in Δ0, shape (n,).

    Each energy is a distance from a singular energy, correctly rounded.
    """

    E: FloatArray  # above the chemical potential of the lead
    above: FloatArray  # above its upper gap edge: the real part of z − Δ
    below: FloatArray  # above its lower gap edge: the real part of z + Δ


class _Nodes(NamedTuple):
    """Nodes and weights of the quadrature, in Δ0, shape (n,); and the spin, 1 or −1."""

    S: _Side
    Sm: _Side
    weight: FloatArray
    sigma: int


def spin_current(V: float, sigma: int, S: Lead, Sm: Lead) -> ReferenceIntegral:
    """Return the current I_σ of Eq. (2), G_T Δ0/e.

    I_σ = ½ ∫ N_S,σ(E − V) N_Sm,σ(E) [f_S(E − V) − f_Sm(E)] dE.

    Parameters
    ----------
    V : float
        Bias voltage, Δ0/e.
    sigma : int
        +1 for spin up, −1 for spin down.
    S, Sm : Lead
        The leads.
    """
    nodes = _nodes(V, sigma, S, Sm)
    return _summed(nodes, _current_integrand(nodes, V, S, Sm))


def spin_heat_leaving(V: float, sigma: int, S: Lead, Sm: Lead) -> ReferenceIntegral:
    """Return the heat that leaves S with one spin, G_T Δ0²/e².

    ½ ∫ (E − V) N_S,σ(E − V) N_Sm,σ(E) [f_S(E − V) − f_Sm(E)] dE; parameters as of `spin_current`.
    """
    nodes = _nodes(V, sigma, S, Sm)
    return _summed(nodes, nodes.S.E * _current_integrand(nodes, V, S, Sm))


def spin_heat_entering(V: float, sigma: int, S: Lead, Sm: Lead) -> ReferenceIntegral:
    """Return the heat that enters Sm with one spin, G_T Δ0²/e².

    ½ ∫ E N_S,σ(E − V) N_Sm,σ(E) [f_S(E − V) − f_Sm(E)] dE; parameters as of `spin_current`.
    """
    nodes = _nodes(V, sigma, S, Sm)
    return _summed(nodes, nodes.Sm.E * _current_integrand(nodes, V, S, Sm))


def spin_rate(V: float, sigma: int, S: Lead, Sm: Lead) -> ReferenceIntegral:
    """Return the rate at which electrons of one spin cross in both directions together, G_T Δ0.

    ½ ∫ N_S N_Sm [f_S (1 − f_Sm) + f_Sm (1 − f_S)] dE; parameters as of `spin_current`.
    """
    nodes = _nodes(V, sigma, S, Sm)
    x, y = nodes.S.E / S.kT, nodes.Sm.E / Sm.kT
    integrand = _density(nodes.S, S, sigma) * _density(nodes.Sm, Sm, sigma)
    integrand *= _fermi(x) * _fermi(-y) + _fermi(y) * _fermi(-x)
    return _summed(nodes, integrand)


def spin_conductance(V: float, sigma: int, S: Lead, Sm: Lead) -> ReferenceIntegral:
    """Return dI_σ/dV, G_T, differentiated under the integral.

    With E measured from μ_Sm the bias stands in lead S alone:
    dI_σ/dV = ½ ∫ N_Sm {−N_S'(E − V) [f_S(E − V) − f_Sm(E)] − N_S f_S'(E − V)} dE.

    With E measured from μ_S the bias stands in lead Sm alone. Of the two forms, the modulus is
    taken from the one in which it is larger: that integral cancels more and has more rounding.
    Parameters are those of `spin_current`.
    """
    nodes = _nodes(V, sigma, S, Sm)
    difference = _fermi_difference(nodes, V, S, Sm)
    density_S, density_Sm = _density(nodes.S, S, sigma), _density(nodes.Sm, Sm, sigma)
    slope_S, slope_Sm = _density_slope(nodes.S, S, sigma), _density_slope(nodes.Sm, Sm, sigma)
    thermal_S = density_S * _minus_fermi_slope(nodes.S.E / S.kT) / S.kT
    thermal_Sm = density_Sm * _minus_fermi_slope(nodes.Sm.E / Sm.kT) / Sm.kT
    found = _summed(nodes, density_Sm * (thermal_S - slope_S * difference))
    other = _summed(nodes, density_S * (thermal_Sm + slope_Sm * difference))
    return ReferenceIntegral(found.value, max(found.modulus, other.modulus))


def spin_supercurrent(sigma: int, S: Lead, Sm: Lead) -> ReferenceIntegral:
    """Return the share of one spin in the critical current at V = 0, G_T Δ0/e.

    ¼ ∫ [tanh(E/2k_BT_S) Im s_S Re s_Sm + tanh(E/2k_BT_Sm) Re s_S Im s_Sm] dE, with the pair
    amplitudes s of that spin; parameters as of `spin_current`.
    """
    nodes = _nodes(0.0, sigma, S, Sm, FAR)
    s_S, s_Sm = _amplitude(nodes.S, S, sigma), _amplitude(nodes.Sm, Sm, sigma)
    order_S, order_Sm = np.tanh(0.5 * nodes.S.E / S.kT), np.tanh(0.5 * nodes.Sm.E / Sm.kT)
    both = order_S * s_S.imag * s_Sm.real + order_Sm * s_S.real * s_Sm.imag
    return _summed(nodes, 0.5 * both)


def _current_integrand(nodes: _Nodes, V: float, S: Lead, Sm: Lead) -> FloatArray:
    densities = _density(nodes.S, S, nodes.sigma) * _density(nodes.Sm, Sm, nodes.sigma)
    return densities * _fermi_difference(nodes, V, S, Sm)


def _summed(nodes: _Nodes, integrand: FloatArray) -> ReferenceIntegral:
    terms = 0.5 * nodes.weight * integrand
    return ReferenceIntegral(math.fsum(terms.tolist()), float(np.sum(np.abs(terms))))


def _nodes(V: float, sigma: int, S: Lead, Sm: Lead, least_tail: float = 0.0) -> _Nodes:
    edges_S = [_Edge((V, -sigma * S.h, sign * S.gap), 0.5 * S.gamma) for sign in (1, -1)]
    edges_Sm = [_Edge((-sigma * Sm.h, sign * Sm.gap), 0.5 * Sm.gamma) for sign in (1, -1)]
    zero_S, zero_Sm = _Edge((V,), S.kT), _Edge((0.0,), Sm.kT)
    between = [zero_S, zero_Sm, *([] if S.is_film else edges_S), *([] if Sm.is_film else edges_Sm)]
    cuts = np.concatenate((V + _ends(S, sigma), _ends(Sm, sigma)))
    columns = []
    for edge, panels in _panels(between, max(TAIL * max(S.kT, Sm.kT), least_tail)):
        start, end = _cut(panels, cuts - math.fsum(edge.terms))
        half = 0.5 * (end - start)
        offset = (0.5 * (start + end)[:, None] + half[:, None] * NODES).ravel()
        weight = (half[:, None] * WEIGHTS).ravel()
        energies = [
            offset + _distance(edge, other) for other in (zero_S, *edges_S, zero_Sm, *edges_Sm)
        ]
        columns.append([*energies, weight])
    *energies, weight = (np.concatenate(parts) for parts in zip(*columns, strict=True))
    return _Nodes(_Side(*energies[:3]), _Side(*energies[3:]), weight, sigma)


def _ends(lead: Lead, sigma: int) -> FloatArray:
    """Return where the panels of the density of a film end, in Δ0; nothing for an ideal lead."""
    return sigma * film_density(lead.film, lead.gamma).ends if lead.is_film else np.empty(0)


def _cut(panels: list[tuple[float, float]], cuts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the starts and ends of panels that touch each other, cut at some places."""
    ends = np.unique(panels)
    inside = (cuts > ends[0]) & (cuts < ends[-1])
    ends = np.unique(np.concatenate((ends, cuts[inside])))
    return ends[:-1], ends[1:]


def _distance(edge: _Edge, other: _Edge) -> float:
    """Return how far an edge lies above another edge, rounded once."""
    return math.fsum([*edge.terms, *(-term for term in other.terms)])


def _panels(edges: list[_Edge], tail: float) -> Iterator[tuple[_Edge, list[tuple[float, float]]]]:
    """Yield each edge with its panels, whose ends are given as distances from the edge."""
    distinct: list[_Edge] = []
    for edge in sorted(edges, key=lambda edge: math.fsum(edge.terms)):
        if not distinct or _distance(edge, distinct[-1]) > 0.0:
            # The panels of a blunt edge must not run over a sharp one beside it.
            width = min(abs(_distance(edge, other)) + other.width for other in edges)
            distinct.append(_Edge(edge.terms, width))
    halves = [tail, *(0.5 * _distance(b, a) for a, b in pairwise(distinct)), tail]
    for edge, below, above in zip(distinct, halves[:-1], halves[1:], strict=True):
        left = [(-near, -far) for near, far in pairwise(_graded(edge.width, below))]
        yield edge, left + list(pairwise(_graded(edge.width, above)))


def _graded(width: float, length: float) -> list[float]:
    """Return the ends of panels that double in width, from 0 to a length."""
    ends = [0.0]
    while ends[-1] < length:
        ends.append(min(max(2.0 * ends[-1], width), length))
    return ends


def _density(side: _Side, lead: Lead, sigma: int) -> FloatArray:
    """Return N = Re z/(√(z − Δ) √(z + Δ)) of Eq. (1) from the distances to both edges."""
    if lead.is_film:
        return film_density(lead.film, lead.gamma).density(side.E, sigma)
    if lead.gap == 0.0:
        return np.ones_like(side.E)
    z = 0.5 * (side.above + side.below) + 1j * lead.gamma
    root = np.sqrt(side.above + 1j * lead.gamma) * np.sqrt(side.below + 1j * lead.gamma)
    return np.asarray((z / root).real)


def _density_slope(side: _Side, lead: Lead, sigma: int) -> FloatArray:
    """Return dN/dE = Re −Δ²/(z² − Δ²)^(3/2)."""
    if lead.is_film:
        return film_density(lead.film, lead.gamma).slope(side.E, sigma)
    root = np.sqrt(side.above + 1j * lead.gamma) * np.sqrt(side.below + 1j * lead.gamma)
    return np.asarray((-lead.gap * lead.gap / root**3).real)


def _amplitude(side: _Side, lead: Lead, sigma: int) -> ComplexArray:
    """Return s = iΔ/(√(z − Δ) √(z + Δ)), or sin θ of a film, of one spin."""
    if lead.is_film:
        z = np.asarray(side.E + 1j * lead.gamma, dtype=np.complex128)
        up, down = pair_amplitudes(z, lead.film, np.full_like(side.E, lead.gap))
        return np.asarray(up if sigma > 0 else down)
    root = np.sqrt(side.above + 1j * lead.gamma) * np.sqrt(side.below + 1j * lead.gamma)
    return np.asarray(1j * lead.gap / root)


def _fermi(x: FloatArray) -> FloatArray:
    return np.exp(-np.logaddexp(0.0, x))


def _fermi_difference(nodes: _Nodes, V: float, S: Lead, Sm: Lead) -> FloatArray:
    """Return f_S − f_Sm = f(x) f(−y) (1 − e^(x − y)) for x ≤ y, without cancellation."""
    x, y = nodes.S.E / S.kT, nodes.Sm.E / Sm.kT
    difference = nodes.Sm.E * ((Sm.kT - S.kT) / (S.kT * Sm.kT)) - V / S.kT  # x − y
    product = _fermi(np.minimum(x, y)) * _fermi(-np.maximum(x, y))
    return np.sign(difference) * product * np.expm1(-np.abs(difference))


def _minus_fermi_slope(x: FloatArray) -> FloatArray:
    return _fermi(x) * _fermi(-x)
