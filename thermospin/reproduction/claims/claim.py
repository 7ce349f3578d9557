"""What a claim is, what it is judged by, and what was found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from thermospin.dataset import Contents
from thermospin.junction import Junction

STANDING_T_S, STANDING_H, COLD = 0.7, 0.4, 0.01
"""The junction of Figs. 1 and 3: T_S and T_Sm in T_c, h_exc in Δ0."""


class Verdict(StrEnum):
    """How a statement of the paper compares with what the model gives."""

    AGREES = "agrees"
    CAVEAT = "agrees with a caveat"
    FAILS = "does not hold"


@dataclass(frozen=True)
class Finding:
    """What was computed for a claim.

    Attributes
    ----------
    verdict : Verdict
        Follows from ``values``.
    computed : str
        The values in words.
    tolerance : str
        What the verdict demands.
    remark : str
        The caveat, or why the claim does not hold.
    values : dict
        The numbers by name, reduced units.
    """

    verdict: Verdict
    computed: str
    tolerance: str
    remark: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """The datasets of the panels, and the Γ for which they were made, in Δ0."""

    gamma: float
    data: Mapping[str, Contents]

    def __getitem__(self, panel: str) -> Contents:
        """Return the dataset of a panel: ``2b``."""
        return self.data[panel]

    def junction(self, *, gamma: Any = None, **fields: Any) -> Junction:
        """Return the standing junction with some fields changed; by default with our own Γ."""
        standing = {"T_S": STANDING_T_S, "T_Sm": COLD, "h_exc": STANDING_H}
        return Junction(**{**standing, **fields}, gamma=self.gamma if gamma is None else gamma)


@dataclass(frozen=True)
class Claim:
    """A statement of the paper.

    Attributes
    ----------
    number : int
        Its place in the table.
    statement : str
        What the paper says.
    stated : str
        The paper's value or formula.
    panels : tuple of str
        The panels that it is about, and whose datasets it may be judged by.
    examine : callable
        Computes what the model gives.
    """

    number: int
    statement: str
    stated: str
    panels: tuple[str, ...]
    examine: Callable[[Evidence], Finding]


def judged(holds: bool, *, caveat: bool = False) -> Verdict:
    """Return the verdict on a claim that holds or not, with or without a caveat."""
    if not holds:
        return Verdict.FAILS
    return Verdict.CAVEAT if caveat else Verdict.AGREES


NO_POWER = "at this Γ there is no thermoelectricity"
NO_PEAK_POWER = "at this Γ G_max is not negative"
NO_SEEBECK = "at this Γ there is no Seebeck voltage"
"""Why a claim does not hold whose subject does not exist."""


def absent(computed: str, tolerance: str, reason: str) -> Finding:
    """Return the finding on a claim whose subject does not exist at this Γ: it does not hold."""
    return Finding(Verdict.FAILS, computed, tolerance, reason)


def short(value: float) -> str:
    """Return a number with up to three digits and a short power of ten: 1e-5, 2.5e-4, 0.01."""
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    if int(exponent) > -3:
        return f"{value:g}"
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
