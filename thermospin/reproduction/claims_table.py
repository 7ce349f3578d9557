"""The table of the paper's claims and what the model gives, as Markdown and for JSON."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import thermospin
from thermospin.reproduction.claims import Claim, Finding, Verdict, short


@dataclass(frozen=True)
class Judgement:
    """A claim of the paper, and what the model gives for it."""

    claim: Claim
    finding: Finding


_HEADS = ("#", "statement", "paper", "computed", "tolerance", "verdict")


def markdown(judgements: Sequence[Judgement], gamma: float) -> str:
    """Return the table of claims as Markdown, below a paragraph on parameters and units.

    Parameters
    ----------
    judgements : sequence of Judgement
        The claims, and what was found.
    gamma : float
        Dynes Γ for which this was computed, in Δ0.
    """
    lines = [
        "# The paper's claims, computed",
        "",
        "For readers of the paper: statements of Germanese *et al.*, arXiv:2105.01527, against "
        f"thermospin {thermospin.__version__}. Γ = {short(gamma)} Δ0, which the paper's text does "
        "not give; T_Sm = 0.01 T_c; self-consistent gaps. V in Δ0/e, currents in G_T Δ0/e, "
        "conductances in G_T, unless said.",
        "",
        f"{counted(judgements)}.",
        "",
        _row(_HEADS),
        _row(["---"] * len(_HEADS)),
    ]
    lines += [_row(_cells(one)) for one in judgements]
    return "\n".join(lines) + "\n"


def counted(judgements: Sequence[Judgement]) -> str:
    """Return how many claims have each verdict: ``17 agree, 10 agree with a caveat, …``."""
    counts = Counter(one.finding.verdict for one in judgements)
    words = {
        Verdict.AGREES: ("agrees", "agree"),
        Verdict.CAVEAT: ("agrees with a caveat", "agree with a caveat"),
        Verdict.FAILS: ("does not hold", "do not hold"),
    }
    parts = (f"{counts[verdict]} {words[verdict][counts[verdict] != 1]}" for verdict in Verdict)
    return f"{len(judgements)} statements: {', '.join(parts)}"


def _cells(one: Judgement) -> list[str]:
    claim, finding = one.claim, one.finding
    verdict = f"**{finding.verdict}**" + (f": {finding.remark}" if finding.remark else "")
    return [
        str(claim.number),
        claim.statement,
        claim.stated,
        finding.computed,
        finding.tolerance,
        verdict,
    ]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def plain(judgements: Sequence[Judgement], gamma: float) -> dict[str, Any]:
    """Return the table as values that JSON can hold; NaN and infinite values are None.

    Parameters are those of `markdown`.
    """
    return {
        "thermospin": thermospin.__version__,
        "source": "arXiv:2105.01527",
        "gamma": gamma,
        "claims": [
            {
                "number": one.claim.number,
                "statement": one.claim.statement,
                "paper": one.claim.stated,
                "computed": one.finding.computed,
                "tolerance": one.finding.tolerance,
                "verdict": str(one.finding.verdict),
                "remark": one.finding.remark,
                "values": _plain(one.finding.values),
            }
            for one in judgements
        ],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
