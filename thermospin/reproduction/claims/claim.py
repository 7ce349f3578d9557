"""The classes of a claim, the evidence it is judged by, and the finding; and words they share."""

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
    """The result of comparing a claim with the model.

    Attributes
    ----------
    verdict : Verdict
        How they compare; it follows from ``values``.
    computed : str
        What the model gives, in words.
    tolerance : str
        How near the model must come for the claim to agree, in words.
    remark : str
        The caveat, or why the claim does not hold.
    values : dict
        The computed numbers by name, in reduced units.
    """

    verdict: Verdict
    computed: str
    tolerance: str
    remark: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def agrees(self) -> bool:
        """Whether the claim agrees with the model, without a caveat."""
        return self.verdict is Verdict.AGREES


@dataclass(frozen=True)
class Evidence:
    """The datasets by which claims are judged.

    Attributes
    ----------
    gamma : float
        Dynes Γ for which they were computed, in Δ0.
    data : mapping of str to Contents
        The dataset of each panel.
    """

    gamma: float
    data: Mapping[str, Contents]

    def __getitem__(self, panel: str) -> Contents:
        """Return the dataset of a panel, such as ``2b``."""
        return self.data[panel]

    def junction(self, *, gamma: Any = None, **fields: Any) -> Junction:
        """Return the junction of Figs. 1 and 3, with some of its parameters changed.

        Γ is that of the datasets unless ``gamma`` says otherwise; units are those of `Junction`.
        """
        standing = {"T_S": STANDING_T_S, "T_Sm": COLD, "h_exc": STANDING_H}
        return Junction(**{**standing, **fields}, gamma=self.gamma if gamma is None else gamma)


@dataclass(frozen=True)
class Claim:
    """A statement of the paper.

    Attributes
    ----------
    number : int
        The place in the table.
    statement : str
        What the paper says.
    stated : str
        The paper's value or formula.
    panels : tuple of str
        The panels that the claim is about, whose datasets the evidence must have.
    examine : callable
        Compares the claim with the model.
    """

    number: int
    statement: str
    stated: str
    panels: tuple[str, ...]
    examine: Callable[[Evidence], Finding]


def judged(holds: bool, *, caveat: bool = False) -> Verdict:
    """Return the verdict on a claim, given whether it holds and whether with a caveat."""
    if not holds:
        return Verdict.FAILS
    return Verdict.CAVEAT if caveat else Verdict.AGREES


NO_POWER = "at this Γ there is no thermoelectricity"
NO_PEAK_POWER = "at this Γ G_max is not negative"
NO_SEEBECK = "at this Γ there is no Seebeck voltage"
"""Reasons why a claim does not hold if the thing that it is about does not exist at this Γ."""


def absent(computed: str, tolerance: str, reason: str) -> Finding:
    """Return the finding that a claim fails, since its subject does not exist at this Γ.

    Parameters
    ----------
    computed, tolerance : str
        What the model gives, and what would be asked, in words.
    reason : str
        Why the claim fails, such as `NO_POWER`.
    """
    return Finding(Verdict.FAILS, computed, tolerance, reason)


def short(value: float) -> str:
    """Return a number with up to three digits and a short power of ten: 1e-5, 2.5e-4, 0.01."""
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    if int(exponent) > -3:
        return f"{value:g}"
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
