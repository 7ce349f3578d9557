"""What the data cannot tell of fitted values, in words."""

import numpy as np

from thermospin.fitting.parametrisation import FIELDS, Parametrisation
from thermospin.fitting.uncertainty import Uncertainty
from thermospin.junction import FloatArray

STRONG = 0.95
"""Correlation from which on two values are reported as hardly told apart."""
BADLY = 100.0
"""Condition number from which on the weakest combination of values is reported."""
MOST_PAIRS = 6
"""Number of correlations that are reported."""
COLD = 0.2
"""Temperature of Sm, in its critical temperature, below which no current depends on it."""
AT_LIMIT = 1e-3
"""Distance from a limit, in standard errors or parts of the value, at which a value is on it."""
BARELY = 2.0
"""Number of standard errors below which the sign or the size of a field is not told."""
PAST_EDGE = 1.02
"""Bias over that of the sum-gap edge from which on the data have the edge."""
GAPS = ("gap_S", "gap_Sm")


def what_the_data_cannot_tell(
    numbers: Parametrisation, vector: FloatArray, left: Uncertainty
) -> list[str]:
    """Return what the data do not determine, in words.

    Parameters
    ----------
    numbers : Parametrisation
        The free values.
    vector : ndarray
        Where the fit ended.
    left : Uncertainty
        What the noise leaves open there.
    """
    values = numbers.values(vector)
    return [
        *_without_effect(numbers, left),
        *_at_limits(numbers, vector),
        *_two_gammas(numbers, values, left),
        *_cold(numbers, values),
        *_gaps_without_edge(numbers, values),
        *_fields(numbers, values, left),
        *_correlated(numbers, left),
        *_condition(numbers, left),
    ]


def sign_is_open(numbers: Parametrisation, place: int) -> bool:
    """Return whether the curves are the same with the other sign of a value, an exchange field.

    They are if the field is the only one and the barrier is not polarised.
    """
    free = numbers.free[place]
    if free.name not in FIELDS:
        return False
    curves = range(len(numbers.problem.curves)) if free.curve is None else (free.curve,)
    values = np.array([each.start for each in numbers.free])
    others = ("P", *(name for name in FIELDS if name != free.name))
    every = [numbers.parameters(values, curve) for curve in curves]
    return all(each.get(name, 0.0) == 0.0 for each in every for name in others)


def _without_effect(numbers: Parametrisation, left: Uncertainty) -> list[str]:
    open_ = [
        label
        for label, error in zip(numbers.labels, left.errors, strict=True)
        if not np.isfinite(error)
    ]
    if not open_:
        return []
    return [f"the data do not determine {_listed(open_)}: fix all but what they tell together"]


def _at_limits(numbers: Parametrisation, vector: FloatArray) -> list[str]:
    notes = []
    for x, low, high, free in zip(vector, *numbers.limits, numbers.free, strict=True):
        for limit, word in ((low, "least"), (high, "largest")):
            if abs(x - limit) <= AT_LIMIT * max(min(abs(limit), high - low), AT_LIMIT):
                notes.append(
                    f"{free.label} is at the {word} value allowed, {free.value(limit):.4g}:"
                    " its error says nothing, and the others hold only there"
                )
    return notes


def _two_gammas(numbers: Parametrisation, values: FloatArray, left: Uncertainty) -> list[str]:
    """Return what is known of both Γ where both are free: little but their sum."""
    names = [free.name for free in numbers.free]
    if "gamma_S" not in names or "gamma_Sm" not in names:
        return []
    pair = [names.index("gamma_S"), names.index("gamma_Sm")]
    variance = left.covariance[np.ix_(pair, pair)].sum()
    total = values[pair].sum()
    return [
        "gamma_S and gamma_Sm are both free, but the data tell little more than their sum,"
        f" {total:.4g} ± {np.sqrt(max(variance, 0.0)):.2g} Δ0: free gamma, which stands for both,"
        " or fix one"
    ]


def _cold(numbers: Parametrisation, values: FloatArray) -> list[str]:
    return [
        f"{free.label} = {value:.3g} T_c: below about {COLD:g} T_c no current depends on the"
        " temperature of Sm: fix it at that of the bath"
        for free, value in zip(numbers.free, values, strict=True)
        if free.name == "T_Sm" and value < COLD
    ]


def _gaps_without_edge(numbers: Parametrisation, values: FloatArray) -> list[str]:
    """Return a note if both gaps are free and no curve reaches the bias of their sum."""
    names = {free.name for free in numbers.free}
    if len(names & {"Delta_0", *GAPS}) < 2:
        return []
    for i, curve in enumerate(numbers.problem.curves):
        p = numbers.parameters(values, i)
        edge = p.get("Delta_0", 1.0) * sum(p.get(gap, 1.0) for gap in GAPS)
        if np.max(np.abs(curve.V - p.get("V_offset", 0.0))) > PAST_EDGE * edge:
            return []
    return [
        "both gaps are free, but no curve reaches the edge at the sum of the gaps: the data tell"
        " only their difference; fix one, or free Delta_0 alone"
    ]


def _fields(numbers: Parametrisation, values: FloatArray, left: Uncertainty) -> list[str]:
    notes = []
    for place, free in enumerate(numbers.free):
        if not sign_is_open(numbers, place):
            continue
        if abs(values[place]) < BARELY * left.errors[place]:
            notes.append(f"{free.label} is not told from 0")
        else:
            notes.append(f"only the size of {free.label} is known: its sign changes no current")
    return notes


def _correlated(numbers: Parametrisation, left: Uncertainty) -> list[str]:
    labels, matrix = numbers.labels, left.correlation
    pairs = [(i, j) for i in range(len(labels)) for j in range(i) if abs(matrix[i, j]) > STRONG]
    if not pairs:
        return []
    pairs.sort(key=lambda pair: -abs(matrix[pair]))
    told = [f"{labels[j]} and {labels[i]} ({matrix[i, j]:+.3f})" for i, j in pairs[:MOST_PAIRS]]
    more = f" and {len(pairs) - MOST_PAIRS} pairs more" if len(pairs) > MOST_PAIRS else ""
    return [
        f"strong correlations: {', '.join(told)}{more}: the data hardly tell these values apart,"
        " and their errors hold only together"
    ]


def _condition(numbers: Parametrisation, left: Uncertainty) -> list[str]:
    if not BADLY < left.condition < np.inf:
        return []
    names = [numbers.labels[place] for place in left.weakest]
    return [
        f"the data hardly tell one combination of {_listed(names)} (condition number"
        f" {left.condition:.2g}): fix one of them if it is known"
    ]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
