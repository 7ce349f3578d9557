"""Sums over all Matsubara frequencies, at a number of terms that does not grow towards T = 0.

For ω_n = (2n + 1) π k_B T a sum 2π k_B T Σ_n f(ω_n) becomes Σ_k weight_k f(frequency_k):

* the first `TERMS` frequencies are summed as they are;
* the rest is an integral from half a step below the first frequency that is not summed: in panels
  that are even in ln ω, each `RATIO` times as long as the one before, up to the largest energy of
  the problem, and beyond that in 1/ω, all by Gauss–Legendre rules of `NODES` nodes;
* the difference between the integral and the sum is given, by the formula of Euler and Maclaurin,
  by odd derivatives where the integral begins. They are replaced by differences between the `ENDS`
  frequencies on both sides, which only changes the weights of these.

The summand may have singularities where Re ω ≤ 0 only, none of them farther from 0 than the largest
energy. All panels are then equally far from them for their lengths, and the sum of a function such
as 1/ω² is accurate to rounding.
"""

import math

import numpy as np

from thermospin.kernels.rules import ORDERS, RULES
from thermospin.machine.arithmetic import portable
from thermospin.machine.compilation import inner

TERMS = 24
"""Frequencies that are summed; with these the differences below leave an error of 2e-17."""
ENDS = (
    0.058663459455945435,
    -0.007651539726433799,
    0.001507862238404164,
    -0.00026452902283724176,
    3.245638827113535e-05,
    -1.9899215070652008e-06,
)
"""Weights e_j of the differences: Σ_{n≥N} f(n) = ∫_{N−1/2}^∞ f dn + Σ_j e_j [f(N+j) − f(N−1−j)],
exact for polynomials: 2 Σ_j e_j (j + ½)^(2k−1) = −B_2k(½)/2k for k from 1 to 6."""
RATIO = 8.0
NODES = 16
_RULE = RULES[np.searchsorted(ORDERS, NODES), :2, :NODES].astype(np.float64)
INVERSE, INVERSE_WEIGHTS = 1.0 / _RULE[0], _RULE[1] / _RULE[0] ** 2
"""Nodes and weights of the integral in 1/ω, in units of where it begins."""
PANEL = portable(math.exp, math.log(RATIO) * _RULE[0])
PANEL_WEIGHTS = math.log(RATIO) * PANEL * _RULE[1]
"""Nodes and weights of a panel, in units of where it begins."""


@inner
def frequency_rule(unit, largest, terms):
    """Return frequencies, falling, and the weights with which a function of them is summed.

    Parameters
    ----------
    unit : float
        π k_B T in any unit of energy, > 0.
    largest : float
        Largest energy of the problem in the same unit.
    terms : int
        Number of frequencies that are summed, at least as many as there are `ENDS`.

    Returns
    -------
    frequency : array of shape (n,)
        Frequencies ω > 0 in the same unit, Matsubara frequencies and others.
    weight : array of shape (n,)
        Weights in the same unit: Σ weight f(frequency) is 2π k_B T Σ f(ω_n).
    """
    start = 2.0 * terms * unit
    panels = 0
    while start < largest:
        start *= RATIO
        panels += 1
    size = NODES * (panels + 1) + terms + len(ENDS)
    frequency, weight = np.empty(size), np.empty(size)
    for j in range(NODES):
        frequency[j], weight[j] = start * INVERSE[j], start * INVERSE_WEIGHTS[j]
    k = NODES
    for _ in range(panels):
        start /= RATIO
        for j in range(NODES - 1, -1, -1):
            frequency[k], weight[k] = start * PANEL[j], start * PANEL_WEIGHTS[j]
            k += 1
    for n in range(terms + len(ENDS) - 1, -1, -1):
        frequency[k] = unit * (2.0 * n + 1.0)
        weight[k] = 2.0 * unit * (1.0 if n < terms else 0.0)
        k += 1
    for j in range(len(ENDS)):
        first = size - 1 - terms  # the first frequency that is not summed
        weight[first - j] += 2.0 * unit * ENDS[j]
        weight[first + 1 + j] -= 2.0 * unit * ENDS[j]
    return frequency, weight
