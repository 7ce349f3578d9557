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


class _Nodes(NamedTuple):
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
    docs/heat-balance.md has the formula and its limits.
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
        leads = BCS_RATIO * T[some], BCS_RATIO * T_bath[some], np.abs(h[some]), Delta[some]
        power[some] = _superconducting(*leads) / _ALL_PHONONS
    return power.reshape(shape)


def _fifth(x: FloatArray) -> FloatArray:
    return x * x * (x * x) * x


def _superconducting(
    kT: FloatArray, kT_bath: FloatArray, h: FloatArray, Delta: FloatArray
) -> FloatArray:
    """Return the double integral of superconductors, in Δ0⁵, shape (m,)."""
    scattered = _scattering(kT, kT_bath, h, Delta)
    split = np.flatnonzero(h)
    both = 2.0 * scattered
    if split.size:
        args = (kT[split], kT_bath[split], -h[split], Delta[split])
        both[split] = scattered[split] + _scattering(*args)
    return both + _recombination(kT, kT_bath, h, Delta)


def _scattering(
    kT: FloatArray, kT_bath: FloatArray, h: FloatArray, Delta: FloatArray
) -> FloatArray:
    """Return the part in which quasiparticles of one spin lose an energy ε to a phonon.

    It is ∫ dε ε³ (e^{−ε/T} − e^{−ε/T_bath})/(1 − e^{−ε/T_bath}) ∫ dE C f(E − h) [1 − f(E + ε − h)]
    with C = [E(E + ε) − Δ²]/[√(E² − Δ²) √((E + ε)² − Δ²)], E from Δ and ε from 0 to ∞.
    """
    phonon, above = _nodes(np.maximum(kT, kT_bath)), _nodes(kT)
    e, kT_e, kT_ph = phonon.energy, kT[:, np.newaxis], kT_bath[:, np.newaxis]
    kT_hot = np.maximum(kT_e, kT_ph)
    rate = np.abs(kT_e - kT_ph) / (kT_e * kT_ph)  # 1/T_bath − 1/T without cancellation
    net = np.sign(kT_e - kT_ph) * _exp(-e / kT_hot) * -_expm1(-e * rate) / -_expm1(-e / kT_ph)
    D, x = Delta[:, np.newaxis], above.energy
    # The exponentials of sums are products of these: one for each node, not for each pair.
    a = _exp((h[:, np.newaxis] - D - x) / kT_e)[:, np.newaxis, :]
    b = _exp(-e / kT_e)[:, :, np.newaxis]
    occupied = a / ((1.0 + a) * (1.0 + a * b))
    ex, y = e[:, :, np.newaxis], x[:, np.newaxis, :]
    DD, z = D[:, :, np.newaxis], x[:, np.newaxis, :] + e[:, :, np.newaxis]
    # E(E + ε) − Δ² with E = Δ + y, and (E + ε)² − Δ² = z (2Δ + z)
    coherence = (y * (2.0 * DD + y) + (DD + y) * ex) / np.sqrt(z * (2.0 * DD + z))
    inner_weight = (above.weight / np.sqrt(x * (2.0 * D + x)))[:, np.newaxis, :]
    outer_weight = (phonon.weight * e * e * e * net)[:, :, np.newaxis]
    return _summed(coherence * occupied * inner_weight * outer_weight)


def _recombination(
    kT: FloatArray, kT_bath: FloatArray, h: FloatArray, Delta: FloatArray
) -> FloatArray:
    """Return the part in which two quasiparticles of opposite spin become a pair and a phonon.

    It is ∫ dE dE' C (E + E')³ [n(E + E', T) − n(E + E', T_bath)] [1 − f(E − h) − f(E' + h)] with
    C = (E E' + Δ²)/[√(E² − Δ²) √(E'² − Δ²)], both energies from Δ to ∞.
    """
    nodes = _nodes(np.maximum(kT, kT_bath))
    D, x, field = Delta[:, np.newaxis], nodes.energy, h[:, np.newaxis]
    E, kT_e, kT_ph = D + x, kT[:, np.newaxis], kT_bath[:, np.newaxis]
    rate = np.abs(kT_e - kT_ph) / (kT_e * kT_ph)  # 1/T_bath − 1/T without cancellation
    hot = _exp(-E / np.maximum(kT_e, kT_ph))
    bath = _exp(-E / kT_ph)
    drop = _expm1(-E * rate)
    first, second = _exp((field - E) / kT_e), _exp(-(field + E) / kT_e)
    weight = nodes.weight / np.sqrt(x * (2.0 * D + x))

    def pairs(row: FloatArray) -> FloatArray:
        return row[:, :, np.newaxis]

    def columns(row: FloatArray) -> FloatArray:
        return row[:, np.newaxis, :]

    # (1 + A)(1 + B) − 1 without cancellation; n(T) − n(T_bath) times 1 − f − f is then
    # (p − p_bath)/(1 − p_bath)/[(1 + a)(1 + b)], where a b = p = e^{−(E + E')/T}.
    fallen = pairs(drop) + columns(drop) + pairs(drop) * columns(drop)
    sign = pairs(np.sign(kT_e - kT_ph))
    net = sign * (pairs(hot) * columns(hot)) * -fallen / (1.0 - pairs(bath) * columns(bath))
    empty = (1.0 + pairs(first)) * (1.0 + columns(second))
    total = pairs(E) + columns(E)
    coherence = pairs(E) * columns(E) + (D * D)[:, :, np.newaxis]
    return _summed(
        total * total * total * net * coherence / empty * (pairs(weight) * columns(weight))
    )


def _nodes(scale: FloatArray) -> _Nodes:
    """Return nodes from 0 to ∞ on the scales of given energies."""
    return _Nodes(_ENERGY * scale[:, np.newaxis], _WEIGHT * scale[:, np.newaxis])


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
