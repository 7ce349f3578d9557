"""The power that the electrons of a spin-split superconductor give to its phonons."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from thermospin.gap import bcs_gap
from thermospin.junction import FloatArray, validated
from thermospin.machine.arithmetic import portable
from thermospin.units import BCS_RATIO

_ZETA_5 = 1.0369277551433699
"""Riemann's ζ(5)."""
_ALL_PHONONS = 24.0 * _ZETA_5 * BCS_RATIO**5
"""In a normal metal the double integral is this times t_e⁵ − t_ph⁵."""
_FIRST, _LAST, _STEP = -8.75, 4.0, 0.25
_BEND = -5.0
"""Energies above a threshold are k_BT exp(x − exp(_BEND − x)) with x from _FIRST to _LAST: evenly
spaced in their logarithm down to exp(_BEND) k_BT, below which the integrands are powers, and then
ever farther apart. So the sum over the nodes converges exponentially."""
_MOST = 8
"""Leads that are integrated together, so that their arrays stay in the processor's caches."""


class _EnergyNodes(NamedTuple):
    """Energies above a threshold, shape (m, n), and their weights in a sum, both in Δ0."""

    energy: FloatArray
    weight: FloatArray


def electron_phonon_power(
    T: ArrayLike, T_bath: ArrayLike, h: ArrayLike = 0.0, gap: ArrayLike = 1.0
) -> FloatArray:
    """Return the power that electrons of a superconductor give to its phonons, P/(Σ 𝒱 T_c⁵).

    Parameters
    ----------
    T : array_like
        Temperature of the electrons, in T_c, 1e-4 to 100.
    T_bath : array_like
        Temperature of the phonons, in T_c, 1e-4 to 100.
    h : array_like, optional
        Exchange field in the superconductor, in Δ0, −10 to 10.
    gap : array_like, optional
        Gap at zero temperature and field, in Δ0, 0 to 100. At T the gap is that of
        `thermospin.bcs_gap`; where it is 0 the power is that of a normal metal, T⁵ − T_bath⁵.

    Returns
    -------
    ndarray or float
        Power in Σ 𝒱 T_c⁵, with the constant Σ of the material and the volume 𝒱, of the shape to
        which the arguments broadcast; negative where the phonons are hotter. The relative accuracy
        is 1e-10, at nearly equal temperatures too.

    Raises
    ------
    ValueError
        If a value is not finite or out of range.
    TypeError
        If a value is a quantity of a library of units, or a masked array.

    Notes
    -----
    The electrons have the density of states of a spin-split BCS superconductor without broadening;
    docs/physics/heat-balance.md has the formula and its limits.
    """
    T, T_bath, h = validated("T_S", T), validated("T_bath", T_bath), validated("h_S", h)
    found = power_to_phonons(T, T_bath, h, np.asarray(bcs_gap(T, h, gap)))
    return found[()]


def power_to_phonons(
    T: FloatArray, T_bath: FloatArray, h: FloatArray, Delta: FloatArray
) -> FloatArray:
    """Return the power of `electron_phonon_power` for a lead whose gap Δ at T is known, in Δ0.

    The bits of a value depend on its own arguments alone.
    """
    shape = np.broadcast_shapes(T.shape, T_bath.shape, h.shape, Delta.shape)
    T, T_bath, h, Delta = (np.broadcast_to(x, shape).reshape(-1) for x in (T, T_bath, h, Delta))
    power = _fifth(T) - _fifth(T_bath)
    power[T_bath == T] = 0.0
    open_gap = np.flatnonzero((Delta > 0.0) & (T_bath != T))
    for first in range(0, open_gap.size, _MOST):
        some = open_gap[first : first + _MOST]
        found = _superconducting(T[some], T_bath[some], np.abs(h[some]), Delta[some])
        power[some] = found / _ALL_PHONONS
    return power.reshape(shape)


def _fifth(x: FloatArray) -> FloatArray:
    return x * x * (x * x) * x


class _IslandLead(NamedTuple):
    """A lead and its phonons, energies in Δ0, each of shape (m, 1).

    ``excess`` is 1/k_BT_bath − 1/k_BT, which the energies lose where they are nearly equal.
    """

    kT: FloatArray
    kT_bath: FloatArray
    excess: FloatArray
    h: FloatArray
    Delta: FloatArray

    @property
    def hotter(self) -> FloatArray:
        """The larger of both thermal energies."""
        return np.maximum(self.kT, self.kT_bath)


def _superconducting(
    T: FloatArray, T_bath: FloatArray, h: FloatArray, Delta: FloatArray
) -> FloatArray:
    """Return the double integral of superconductors, in Δ0⁵, shape (m,)."""
    kT, kT_bath = BCS_RATIO * T, BCS_RATIO * T_bath
    columns = (kT, kT_bath, BCS_RATIO * (T - T_bath) / (kT * kT_bath), h, Delta)
    lead = _IslandLead(*(each[:, np.newaxis] for each in columns))
    one_spin = _scattering(lead)
    other_spin = _scattering(lead._replace(h=-lead.h)) if h.any() else one_spin
    return one_spin + other_spin + _recombination(lead)


def _scattering(lead: _IslandLead) -> FloatArray:
    """Return the part in which quasiparticles of one spin lose an energy ε to a phonon.

    It is ∫ dε ε³ (e^{−ε/T} − e^{−ε/T_bath})/(1 − e^{−ε/T_bath}) ∫ dE C f(E − h) [1 − f(E + ε − h)]
    with C = [E(E + ε) − Δ²]/[√(E² − Δ²) √((E + ε)² − Δ²)], E from Δ and ε from 0 to ∞.
    """
    phonon, above = _nodes(lead.hotter), _nodes(lead.kT)
    lost, x, Delta = phonon.energy, above.energy, lead.Delta
    net = np.sign(lead.excess) * _exp(-lost / lead.hotter) * -_expm1(-lost * np.abs(lead.excess))
    net /= -_expm1(-lost / lead.kT_bath)
    # The exponentials of sums are products of these: one for each node, not for each pair.
    a = _across(_exp((lead.h - Delta - x) / lead.kT))
    occupied = a / ((1.0 + a) * (1.0 + a * _down(_exp(-lost / lead.kT))))
    # E(E + ε) − Δ² and (E + ε)² − Δ² without cancellation, with E = Δ + x and z = x + ε.
    z = _across(x) + _down(lost)
    factor = _across(x * (2.0 * Delta + x)) + _across(Delta + x) * _down(lost)
    factor /= np.sqrt(z * (_down(2.0 * Delta) + z))
    inner = _across(above.weight / np.sqrt(x * (2.0 * Delta + x)))
    return _summed(factor * occupied * inner * _down(phonon.weight * lost * lost * lost * net))


def _recombination(lead: _IslandLead) -> FloatArray:
    """Return the part in which two quasiparticles of opposite spin become a pair and a phonon.

    It is ∫ dE dE' C (E + E')³ [n(E + E', T) − n(E + E', T_bath)] [1 − f(E − h) − f(E' + h)] with
    C = (E E' + Δ²)/[√(E² − Δ²) √(E'² − Δ²)], both energies from Δ to ∞. In p = e^{−(E + E')/T}
    = a b of the two occupations, n(T) − n(T_bath) times 1 − f − f' is (p − p_bath)/(1 − p_bath)
    /[(1 + a)(1 + b)].
    """
    nodes = _nodes(lead.hotter)
    Delta, x = lead.Delta, nodes.energy
    E = Delta + x
    hot, bath = _exp(-E / lead.hotter), _exp(-E / lead.kT_bath)
    drop = _expm1(-E * np.abs(lead.excess))
    fallen = _down(drop) + _across(drop) + _down(drop) * _across(drop)  # e^{−(E + E') excess} − 1
    net = _down(hot * -np.sign(lead.excess)) * _across(hot) * fallen
    net /= 1.0 - _down(bath) * _across(bath)
    a, b = _exp((lead.h - E) / lead.kT), _exp(-(lead.h + E) / lead.kT)
    net /= (1.0 + _down(a)) * (1.0 + _across(b))
    total = _down(E) + _across(E)
    factor = total * total * total * (_down(E) * _across(E) + _down(Delta * Delta))
    weight = nodes.weight / np.sqrt(x * (2.0 * Delta + x))
    return _summed(factor * net * (_down(weight) * _across(weight)))


def _down(row: FloatArray) -> FloatArray:
    """Return numbers of shape (m, n) as those of the rows of m tables."""
    return row[:, :, np.newaxis]


def _across(row: FloatArray) -> FloatArray:
    """Return numbers of shape (m, n) as those of the columns of m tables."""
    return row[:, np.newaxis, :]


def _nodes(scale: FloatArray) -> _EnergyNodes:
    """Return nodes from 0 to ∞ on the scales of given energies, shape (m, 1)."""
    return _EnergyNodes(_ENERGY * scale, _WEIGHT * scale)


def _summed(terms: FloatArray) -> FloatArray:
    """Return the sum of the terms of each lead, which does not depend on those of others."""
    sums: FloatArray = terms.reshape(len(terms), -1).sum(axis=1)
    return sums


def _exp(x: FloatArray) -> FloatArray:
    return portable(math.exp, np.clip(x, -745.0, 700.0))


def _expm1(x: FloatArray) -> FloatArray:
    return portable(math.expm1, x)


_PLACE = np.arange(_FIRST, _LAST + 0.5 * _STEP, _STEP)
_ENERGY = _exp(_PLACE - _exp(_BEND - _PLACE))
_WEIGHT = _STEP * (1.0 + _exp(_BEND - _PLACE)) * _ENERGY
