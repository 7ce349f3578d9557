"""Every output of one point or one junction, recomputed by the referee, and how far it may differ.

A stored value may differ by ten times its stored error estimate, by the relative accuracy asked
for, by rounding, and by what the rounding of the gaps does to it, whichever is largest, plus the
latter: next to a matching voltage a current changes on the scale of Γ, however small that is.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from thermospin.units import BCS_RATIO
from thermospin.verification.gaps import gap
from thermospin.verification.referee import (
    Integral,
    Lead,
    spin_conductance,
    spin_current,
    spin_heat_entering,
    spin_heat_leaving,
    spin_rate,
)

ROUNDING = 1e-13
"""Of a current, relative to the integral of the modulus."""
ESTIMATES = 10.0
"""So many times the stored error estimate a stored current may be off."""
SpinIntegral = Callable[[float, int, Lead, Lead], Integral]
_MEAN = np.polynomial.legendre.leggauss(12)
"""Nodes and weights of the mean slope next to V = 0."""


class Expected(NamedTuple):
    """A recomputed value and by how much a stored one may differ from it."""

    value: float
    allowed: float


@dataclass(frozen=True)
class Junction:
    """A junction with the referee's gaps, and how far off by rounding these may be."""

    S: Lead
    Sm: Lead
    gap_errors: tuple[float, float]
    polarisation: float = 0.0
    theta: float = 0.0

    @classmethod
    def of(cls, parameters: Mapping[str, float], gap_model: str) -> "Junction":
        """Return the junction with some parameters, named and in units as in a spec."""
        leads, errors = [], []
        for name, field in (("S", "h_S"), ("Sm", "h_exc")):
            T, h = parameters[f"T_{name}"], parameters[field]
            gamma = parameters.get(f"gamma_{name}", parameters.get("gamma", math.nan))
            found = gap(T, h, parameters[f"gap_{name}"], gap_model, gamma)
            leads.append(Lead(BCS_RATIO * T, h, gamma, found.value))
            errors.append(found.error)
        implicit = (parameters.get(name, 0.0) for name in ("P", "theta"))
        return cls(leads[0], leads[1], (errors[0], errors[1]), *implicit)

    def perturbed(self) -> "list[Junction]":
        """Return this junction with the one and with the other gap off by its error."""
        found = []
        for name, error in zip(("S", "Sm"), self.gap_errors, strict=True):
            lead = getattr(self, name)
            if error > 0.0:
                found.append(replace(self, **{name: lead._replace(gap=lead.gap + error)}))
        return found

    @property
    def matching(self) -> tuple[float, float]:
        """V_p_minus and V_p_plus, Δ0/e."""
        difference = abs(self.Sm.gap - self.S.gap)
        field = abs(self.Sm.h - (self.S.h if self.theta <= 0.5 else -self.S.h))
        return abs(difference - field), difference + field

    def of_spin(self, sigma: int, integral: Callable[[Lead, Lead], Integral]) -> Integral:
        """Return an integral of spin sigma along the field in Sm, as far as the barrier lets it.

        The spin along the field in S is the same with the probability cos²(θ/2).
        """
        flipped = math.sin(0.5 * math.pi * self.theta) ** 2 if self.S.h and self.Sm.h else 0.0
        passing = 1.0 + sigma * self.polarisation
        value = modulus = 0.0
        for share, h in ((1.0 - flipped, self.S.h), (flipped, -self.S.h)):
            if share > 0.0:
                found = integral(self.S._replace(h=h), self.Sm)
                value += passing * share * found.value
                modulus += passing * share * found.modulus
        return Integral(value, modulus)

    @property
    def rounding(self) -> float:
        """Rounding of a sum of gaps and fields, Δ0."""
        return 1e-15 * (self.S.gap + self.Sm.gap + abs(self.S.h) + abs(self.Sm.h))


@dataclass(frozen=True)
class Point:
    """A junction at a bias; ``error`` is the stored error estimate, 0 if there is none."""

    V: float
    junction: Junction
    rtol: float
    error: float = 0.0

    @cached_property
    def currents(self) -> tuple[Expected, Expected]:
        """I_up and I_down."""
        up, down = self._spins(spin_current, self.V)
        return self._within(up), self._within(down)

    def _spins(self, integral: SpinIntegral, V: float) -> tuple[Integral, Integral]:
        up, down = (self.junction.of_spin(sigma, partial(integral, V, sigma)) for sigma in (1, -1))
        return up, down

    @cached_property
    def heat(self) -> tuple[Expected, Expected]:
        """J_S and J_Sm."""
        leaves, enters = (
            _added(*(self._within(part, estimate=0.0) for part in self._spins(integral, self.V)))
            for integral in (spin_heat_leaving, spin_heat_entering)
        )
        return leaves, enters

    @cached_property
    def noise(self) -> Expected:
        """S_I, which is twice the sum of both spins' rates."""
        up, down = (self._within(part, estimate=0.0) for part in self._spins(spin_rate, self.V))
        return Expected(2.0 * (up.value + down.value), 2.0 * (up.allowed + down.allowed))

    def slopes(self, V: float) -> tuple[Expected, Expected]:
        """Return dI_up/dV and dI_down/dV at some bias."""
        up, down = self._spins(spin_conductance, V)
        return self._within(up, estimate=0.0), self._within(down, estimate=0.0)

    def variants(self) -> "list[Point]":
        """Return this point, and what the rounding of each gap makes of it."""
        moved = self.junction.perturbed()
        return [self, *(replace(self, junction=junction) for junction in moved)]

    def _within(self, found: Integral, estimate: float = ESTIMATES) -> Expected:
        rounding = ROUNDING * found.modulus
        allowed = max(estimate * self.error, self.rtol * abs(found.value), rounding)
        return Expected(found.value, allowed)

    def output(self, name: str) -> Expected:
        """Return an output that depends on V, without what the gaps' rounding does to it."""
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
                return _quotient(self._power(charge), self.heat[0])
            case "carnot_fraction":
                return self._over_carnot(_quotient(self._power(charge), self.heat[0]))
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

    def _over_carnot(self, efficiency: Expected) -> Expected:
        carnot = 1.0 - self.junction.Sm.kT / self.junction.S.kT
        if not carnot > 0.0:
            return Expected(math.nan, 0.0)
        return Expected(efficiency.value / carnot, efficiency.allowed / carnot)

    @property
    def chord(self) -> Expected:
        """I_q/V; within Γ of V = 0, where that cancels, the mean of dI_q/dV from 0 to V."""
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


def _quotient(a: Expected, b: Expected) -> Expected:
    """Return a/b, which is NaN unless both are positive; anything goes where that is unclear."""
    if min(a.value - a.allowed, b.value - b.allowed) > 0.0:
        value = a.value / b.value
        return Expected(value, value * (a.allowed / a.value + b.allowed / b.value) * 1.01)
    if a.value + a.allowed <= 0.0 or b.value + b.allowed <= 0.0:
        return Expected(math.nan, 0.0)
    return Expected(math.nan, math.inf)


def _added(a: Expected, b: Expected) -> Expected:
    return Expected(a.value + b.value, a.allowed + b.allowed)


_AT_PEAK = {"I_q_peak": "I_q", "I_s_peak": "I_s", "G_max": "G"}


def _of_junction(junction: Junction, rtol: float, name: str) -> Expected:
    if name in _AT_PEAK:
        return Point(junction.matching[0], junction, rtol).output(_AT_PEAK[name])
    if name == "G_0":
        return _added(*Point(0.0, junction, rtol).slopes(0.0))
    values = {
        "Delta_S": junction.S.gap,
        "Delta_Sm": junction.Sm.gap,
        "h_t": junction.Sm.gap - junction.S.gap,
        "V_p_minus": junction.matching[0],
        "V_p_plus": junction.matching[1],
    }
    return Expected(values[name], junction.rounding)


def at_point(variants: list[Point], name: str) -> Expected:
    """Return an output that depends on V, at the first of some variants of a point."""
    return _blurred([point.output(name) for point in variants])


def of_junction(junction: Junction, rtol: float, name: str) -> Expected:
    """Return an output without a bias, except V_S, of a junction."""
    variants = [junction, *junction.perturbed()]
    return _blurred([_of_junction(each, rtol, name) for each in variants])


def _blurred(found: list[Expected]) -> Expected:
    """Return the first value, allowed to differ by as much as the others do as well."""
    value, allowed = found[0]
    return Expected(value, allowed + sum(abs(other.value - value) for other in found[1:]))
