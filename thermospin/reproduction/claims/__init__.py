"""The thirty claims: statements of the paper, each compared with what the model gives."""

from thermospin.reproduction.claims.characteristics import CHARACTERISTICS
from thermospin.reproduction.claims.claim import Claim, Evidence, Finding, Verdict, short
from thermospin.reproduction.claims.power import POWER
from thermospin.reproduction.claims.regions import REGIONS
from thermospin.reproduction.claims.seebeck_curves import SEEBECK
from thermospin.reproduction.claims.spin_peak import SPIN_PEAK
from thermospin.reproduction.claims.spins import SPINS
from thermospin.reproduction.claims.symmetries import SYMMETRIES
from thermospin.reproduction.claims.zero_bias import ZERO_BIAS

CLAIMS: tuple[Claim, ...] = tuple(
    sorted(
        (
            *SYMMETRIES,
            *CHARACTERISTICS,
            *ZERO_BIAS,
            *REGIONS,
            *SEEBECK,
            *POWER,
            *SPINS,
            *SPIN_PEAK,
        ),
        key=lambda claim: claim.number,
    )
)
"""All claims, in the order of the table."""

__all__ = ["CLAIMS", "Claim", "Evidence", "Finding", "Verdict", "short"]
