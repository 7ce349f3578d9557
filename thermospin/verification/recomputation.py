"""Outputs by the slow reference, of one point or junction, and how far stored values may differ.

A stored value may differ by the largest of ten times its stored error estimate, the relative
accuracy asked for, and rounding; and besides by what rounding of the gaps does to the value: next
to a matching voltage a current changes on the scale of Γ, however small Γ is.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

import numpy as np

from thermospin.verification.recomputed_film_edges import spin_edges
from thermospin.verification.recomputed_junction import RecomputedJunction
from thermospin.verification.recomputed_sidebands import shifted, sidebands
from thermospin.verification.slow_reference import (
    Lead,
    ReferenceIntegral,
    spin_conductance,
    spin_current,
    spin_heat_entering,
    spin_heat_leaving,
    spin_rate,
    spin_supercurrent,
)

ROUNDING = 1e-13
"""Rounding error allowed of an integral, relative to the integral of the modulus."""
ROUNDING_OF_FILMS = 2e-12
"""The same between leads of which one has rates: next to a gap edge their densities lose digits."""
ESTIMATES = 10.0
"""So many times its stored error estimate may a stored current be off."""
SpinIntegral = Callable[[float, int, Lead, Lead], ReferenceIntegral]
_MEAN = np.polynomial.legendre.leggauss(12)
"""Nodes and weights by which dI_q/dV is averaged from V = 0 to a small bias."""


class Expected(NamedTuple):
    """A recomputed value, and by how much a stored value may differ from it."""

    value: float
    allowed: float


@dataclass(frozen=True)
class Point:
    """A junction at a bias.

    Attributes
    ----------
    V : float
        Bias voltage, in Δ0/e.
    junction : RecomputedJunction
        The junction.
    rtol : float
        Relative accuracy that was asked of the stored outputs.
    error : float
        The stored error estimate of the currents, in G_T Δ0/e; 0 if none is stored.
    """

    V: float
    junction: RecomputedJunction
    rtol: float
    error: float = 0.0

    @cached_property
    def currents(self) -> tuple[Expected, Expected]:
        """I_up and I_down, in G_T Δ0/e."""
        up, down = self._spins(spin_current, self.V)
        return self._within(up), self._within(down)

    def _spins(
        self, integral: SpinIntegral, V: float, *, in_photons: bool = False
    ) -> tuple[ReferenceIntegral, ReferenceIntegral]:
        up, down = (self._of_spin(sigma, integral, V, in_photons) for sigma in (1, -1))
        return up, down

    def _of_spin(
        self, sigma: int, integral: SpinIntegral, V: float, in_photons: bool
    ) -> ReferenceIntegral:
        """Return the sum of an integral over sidebands, perhaps times the energy each takes."""
        value = modulus = 0.0
        for photons, weight in sidebands(self.junction.V_ac, self.junction.hf):
            at = shifted(V, photons, self.junction.hf)
            part = _of_spin_at(self.junction, integral, at, sigma)
            factor = weight * (photons * self.junction.hf if in_photons else 1.0)
            value, modulus = value + factor * part.value, modulus + abs(factor) * part.modulus
        return ReferenceIntegral(value, modulus)

    @cached_property
    def absorbed(self) -> Expected:
        """The power P_ac that is taken from microwaves, in G_T Δ0²/e²."""
        parts = self._spins(spin_current, self.V, in_photons=True)
        return _added(*(self._within(part, estimate=0.0) for part in parts))

    @cached_property
    def heat(self) -> tuple[Expected, Expected]:
        """The heat currents J_S and J_Sm, in G_T Δ0²/e²."""
        leaves, enters = (
            _added(*(self._within(part, estimate=0.0) for part in self._spins(integral, self.V)))
            for integral in (spin_heat_leaving, spin_heat_entering)
        )
        return leaves, enters

    @cached_property
    def noise(self) -> Expected:
        """The noise S_I: twice the rate of crossings of both spins, in G_T Δ0."""
        up, down = (self._within(part, estimate=0.0) for part in self._spins(spin_rate, self.V))
        return Expected(2.0 * (up.value + down.value), 2.0 * (up.allowed + down.allowed))

    def slopes(self, V: float) -> tuple[Expected, Expected]:
        """Return dI_up/dV and dI_down/dV at a bias of this junction, in G_T."""
        up, down = self._spins(spin_conductance, V)
        return self._within(up, estimate=0.0), self._within(down, estimate=0.0)

    def variants(self) -> "list[Point]":
        """Return this point, and copies of it in each of which one gap is off by its error."""
        moved = self.junction.perturbed()
        return [self, *(replace(self, junction=junction) for junction in moved)]

    def _within(self, found: ReferenceIntegral, estimate: float = ESTIMATES) -> Expected:
        share = ROUNDING_OF_FILMS if self.junction.has_film else ROUNDING
        rounding = share * found.modulus
        allowed = max(estimate * self.error, self.rtol * abs(found.value), rounding)
        return Expected(found.value, allowed)

    def output(self, name: str) -> Expected:
        """Return an output that depends on V, not yet allowing for rounding of the gaps."""
        if name == "dIdV":
            return _added(*self.slopes(self.V))
        if name == "G":
            return self.chord
        up, down = self.currents
        charge, spin = _added(up, down), _added(up, Expected(-down.value, down.allowed))
        total = abs(up.value) + abs(down.value)
        match name:
            case "spin_to_charge" if abs(charge.value) > charge.allowed:
                ratio = abs(spin.value / charge.value)
                return Expected(ratio, 2.0 * (1.0 + ratio) * charge.allowed / abs(charge.value))
            case "spin_to_charge":
                return Expected(0.0, math.inf)
            case "SGE" if total > charge.allowed:
                return Expected(spin.value / total, 2.0 * spin.allowed / total)
            case "SGE":
                return Expected(0.0, math.inf)  # both currents vanish, or nearly so
            case "power":
                return self._power(charge)
            case "efficiency":
                return self._efficiency(charge)
            case "carnot_fraction":
                return self._over_carnot(self._efficiency(charge))
            case "P_ac":
                return self.absorbed
            case "S_I":
                return self.noise
            case "fano":
                size = Expected(2.0 * abs(charge.value), 2.0 * charge.allowed)
                return _quotient(self.noise, size)
            case "J_S" | "J_Sm":
                return self.heat[name == "J_Sm"]
        return {"I_up": up, "I_down": down, "I_q": charge, "I_s": spin}[name]

    def _power(self, charge: Expected) -> Expected:
        return Expected(0.0 - charge.value * self.V, charge.allowed * abs(self.V))

    def _efficiency(self, charge: Expected) -> Expected:
        """Return the power over what is put in: heat, and what is taken from microwaves."""
        put_in = self.heat[0]
        if self.junction.V_ac:
            put_in = Expected(
                put_in.value + max(self.absorbed.value, 0.0), put_in.allowed + self.absorbed.allowed
            )
        return _quotient(self._power(charge), put_in)

    def _over_carnot(self, efficiency: Expected) -> Expected:
        carnot = 1.0 - self.junction.Sm.kT / self.junction.S.kT
        if not carnot > 0.0:
            return Expected(math.nan, 0.0)
        return Expected(efficiency.value / carnot, efficiency.allowed / carnot)

    @property
    def chord(self) -> Expected:
        """The conductance I_q/V, in G_T.

        Within Γ of V = 0, where I_q loses digits by cancellation, it is the mean of dI_q/dV between
        0 and V, plus I_q(0)/V if a polarised barrier lets a current flow at V = 0.
        """
        if abs(self.V) > 0.5 * (self.junction.S.gamma + self.junction.Sm.gamma):
            up, down = self.currents
            charge = _added(up, down)
            return Expected(charge.value / self.V, charge.allowed / abs(self.V))
        still = _added(*replace(self, V=0.0).currents) if self.junction.polarisation else None
        if self.V == 0.0:
            flows = still is not None and still.value != 0.0
            return Expected(math.nan, 0.0) if flows else _added(*self.slopes(0.0))
        value = still.value / self.V if still else 0.0
        allowed = still.allowed / abs(self.V) if still else 0.0
        for node, weight in zip(*_MEAN, strict=True):
            part = _added(*self.slopes(0.5 * (node + 1.0) * self.V))
            value += 0.5 * weight * part.value
            allowed += 0.5 * weight * part.allowed
        return Expected(value, allowed)


@lru_cache(maxsize=4096)
def _of_spin_at(
    junction: RecomputedJunction, integral: SpinIntegral, V: float, sigma: int
) -> ReferenceIntegral:
    """Return an integral of one spin at a bias: one of them may be a part of several sums."""
    return junction.of_spin(sigma, partial(integral, V, sigma))


def _quotient(a: Expected, b: Expected) -> Expected:
    """Return a/b, which is NaN unless both are positive.

    Where the errors leave it open whether they are positive, any value is allowed.
    """
    if min(a.value - a.allowed, b.value - b.allowed) > 0.0:
        value = a.value / b.value
        return Expected(value, value * (a.allowed / a.value + b.allowed / b.value) * 1.01)
    if a.value + a.allowed <= 0.0 or b.value + b.allowed <= 0.0:
        return Expected(math.nan, 0.0)
    return Expected(math.nan, math.inf)


def _added(a: Expected, b: Expected) -> Expected:
    return Expected(a.value + b.value, a.allowed + b.allowed)


_AT_PEAK = {"I_q_peak": "I_q", "I_s_peak": "I_s", "G_max": "G"}
_EDGES = {"E_g_S": "S", "E_g_Sm": "Sm"}


def _of_junction(junction: RecomputedJunction, rtol: float, name: str) -> Expected:
    if name in _AT_PEAK:
        return _at_peak(junction, rtol, _AT_PEAK[name])
    if name in _EDGES:
        return _lowest_edge(junction, _EDGES[name])
    if name == "I_c":
        return _supercurrent(junction, rtol)
    if name == "G_0":
        return _added(*Point(0.0, junction, rtol).slopes(0.0))
    values = {
        "Delta_S": junction.S.gap,
        "Delta_Sm": junction.Sm.gap,
        "h_t": junction.Sm.gap - junction.S.gap,
        "V_p_minus": junction.matching[0],
        "V_p_plus": junction.matching[1],
    }
    matches = name in ("V_p_minus", "V_p_plus")
    return Expected(values[name], junction.edge_error if matches else junction.rounding)


def _at_peak(junction: RecomputedJunction, rtol: float, name: str) -> Expected:
    """Return an output at V_p_minus; NaN without it."""
    V = junction.matching[0]
    if math.isnan(V):
        return Expected(math.nan, 0.0)
    moved = (junction.edge_error,) if junction.has_film else ()
    return _blurred([Point(at, junction, rtol).output(name) for at in (V, *(V + e for e in moved))])


def _supercurrent(junction: RecomputedJunction, rtol: float) -> Expected:
    """Return the critical current; a polarised barrier lets √(1 − P²) of the pairs pass."""
    plain = replace(junction, polarisation=0.0)
    spins = [plain.of_spin(sigma, partial(spin_supercurrent, sigma)) for sigma in (1, -1)]
    share = ROUNDING_OF_FILMS if junction.has_film else ROUNDING
    value, modulus = sum(spin.value for spin in spins), sum(spin.modulus for spin in spins)
    passing = math.sqrt((1.0 - junction.polarisation) * (1.0 + junction.polarisation))
    return Expected(passing * value, passing * max(rtol * abs(value), share * modulus))


def _lowest_edge(junction: RecomputedJunction, lead: str) -> Expected:
    """Return the lowest energy at which a lead has states; NaN where it is not above 0."""
    edge, error = min(spin_edges(getattr(junction, lead).film)), junction.edge_error
    if math.isnan(edge) or edge < -error:
        return Expected(math.nan, 0.0)
    return Expected(edge, error if edge > error else math.inf)


def at_point(variants: list[Point], name: str) -> Expected:
    """Return an output that depends on V at a point, and how far a stored value may differ.

    Parameters
    ----------
    variants : list of Point
        The point, followed by copies of it with other gaps: see `Point.variants`.
    name : str
        The output.
    """
    return _blurred([point.output(name) for point in variants])


def of_junction(junction: RecomputedJunction, rtol: float, name: str) -> Expected:
    """Return an output that does not depend on V, and how far a stored value may differ.

    Parameters
    ----------
    junction : RecomputedJunction
        The junction.
    rtol : float
        Relative accuracy that was asked of the stored output.
    name : str
        The output, neither V_S nor one of `recomputed_circuits`.
    """
    variants = [junction, *junction.perturbed()]
    return _blurred([_of_junction(each, rtol, name) for each in variants])


def _blurred(found: list[Expected]) -> Expected:
    """Return the first value, allowed to differ also by as much as the others differ from it.

    Where some values are NaN and some are not, any value is allowed.
    """
    value, allowed = found[0]
    undefined = sum(math.isnan(each.value) for each in found)
    if undefined:
        return Expected(value, allowed if undefined == len(found) else math.inf)
    return Expected(value, allowed + sum(abs(other.value - value) for other in found[1:]))
