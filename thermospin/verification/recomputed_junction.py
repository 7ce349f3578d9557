"""A junction as the slow reference sees it: its leads with recomputed gaps, and its barrier."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from thermospin.quantities import of_one_lead, rates_of_lead
from thermospin.units import BCS_RATIO
from thermospin.verification.recomputed_film_edges import spin_edges
from thermospin.verification.recomputed_gaps import gap
from thermospin.verification.slow_reference import Lead, ReferenceIntegral

EDGE_OF_FILM = 1e-9
"""Error allowed of the edge of a film, in its gaps: where a field and a scattering that hardly mix
the spins split an edge in two, these are told apart no better."""


@dataclass(frozen=True)
class RecomputedJunction:
    """A junction whose gaps are recomputed.

    Attributes
    ----------
    S, Sm : Lead
        The two leads, energies in Δ0.
    gap_errors : tuple of float
        How far rounding may have moved the gap of S and that of Sm, in Δ0.
    polarisation : float
        Polarisation P of the barrier.
    theta : float
        Angle between the exchange fields, in π.
    V_ac, hf : float
        Amplitude of microwaves in Δ0/e, 0 without them, and energy of their photons in Δ0.
    """

    S: Lead
    Sm: Lead
    gap_errors: tuple[float, float]
    polarisation: float = 0.0
    theta: float = 0.0
    V_ac: float = 0.0
    hf: float = 0.0

    @classmethod
    def of(cls, parameters: Mapping[str, float], gap_model: str) -> "RecomputedJunction":
        """Return the junction with given parameters, whose names and units are those of a spec."""
        leads, errors = [], []
        for name, field in (("S", "h_S"), ("Sm", "h_exc")):
            T, h = of_one_lead(parameters, f"T_{name}"), parameters[field]
            gamma = of_one_lead(parameters, f"gamma_{name}")
            rates = rates_of_lead(parameters, name)
            found = gap(T, h, parameters[f"gap_{name}"], gap_model, gamma, rates)
            leads.append(Lead(BCS_RATIO * T, h, gamma, found.value, **rates))
            errors.append(found.error)
        implicit = (parameters.get(name, 0.0) for name in ("P", "theta", "V_ac", "hf"))
        return cls(leads[0], leads[1], (errors[0], errors[1]), *implicit)

    def perturbed(self) -> "list[RecomputedJunction]":
        """Return copies of this junction, in each of which one gap is off by its error."""
        found = []
        for name, error in zip(("S", "Sm"), self.gap_errors, strict=True):
            lead = getattr(self, name)
            if error > 0.0:
                found.append(replace(self, **{name: lead._replace(gap=lead.gap + error)}))
        return found

    @property
    def has_film(self) -> bool:
        """Whether rates change the density of states of either lead."""
        return self.S.is_film or self.Sm.is_film

    @property
    def matching(self) -> tuple[float, float]:
        """The matching voltages V_p_minus and V_p_plus, in Δ0/e; NaN if a film meets no edge."""
        if self.has_film:
            of_spins = zip(spin_edges(self.S.film), spin_edges(self.Sm.film), strict=True)
            apart = [abs(of_Sm - of_S) for of_S, of_Sm in of_spins]
            return min(apart), max(apart)
        difference = abs(self.Sm.gap - self.S.gap)
        field = abs(self.Sm.h - (self.S.h if self.theta <= 0.5 else -self.S.h))
        return abs(difference - field), difference + field

    def of_spin(
        self, sigma: int, integral: Callable[[Lead, Lead], ReferenceIntegral]
    ) -> ReferenceIntegral:
        """Return an integral over electrons of one spin, along the field in Sm, behind the barrier.

        Along the field in S such an electron has that spin with the probability cos²(θ/2), else the
        opposite one. The barrier lets spin sigma = ±1 pass with the weight 1 + sigma P.
        """
        flipped = math.sin(0.5 * math.pi * self.theta) ** 2 if self.S.h and self.Sm.h else 0.0
        passing = 1.0 + sigma * self.polarisation
        value = modulus = 0.0
        for share, h in ((1.0 - flipped, self.S.h), (flipped, -self.S.h)):
            if share > 0.0:
                found = integral(self.S._replace(h=h), self.Sm)
                value += passing * share * found.value
                modulus += passing * share * found.modulus
        return ReferenceIntegral(value, modulus)

    @property
    def rounding(self) -> float:
        """Rounding error of a sum of the gaps and the fields, in Δ0."""
        return 1e-15 * (self.S.gap + self.Sm.gap + abs(self.S.h) + abs(self.Sm.h))

    @property
    def edge_error(self) -> float:
        """Error allowed of the edges of both leads together, in Δ0."""
        films = (lead.gap for lead in (self.S, self.Sm) if lead.is_film)
        return self.rounding + EDGE_OF_FILM * sum(films)
