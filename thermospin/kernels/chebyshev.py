"""Sums of the Chebyshev series of ``thermospin.dense``."""

import math
from typing import NamedTuple

import numpy as np

from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import entry, inlined

ON_PANEL = 1.000001
"""Largest |x| at which a series is taken; ends of panels may differ by rounding."""


class References(NamedTuple):
    """The spin-up currents at the reference voltages, as Chebyshev series on panels in W = V + h.

    On a panel W = place + scale · sinh t, with t from first to last. The panels of a block, which
    share a reference voltage, follow each other. W is in Δ0, currents are in G_T Δ0/e.
    """

    low: np.ndarray  # (panels,) lower ends in W, ascending within a block
    panel: np.ndarray  # (panels, 4) place, scale, first, last
    series: np.ndarray  # (panels, order), the order even
    error: np.ndarray  # (panels,) of the current on a panel
    begin: np.ndarray  # (blocks + 1,) the first panel of each block


@inlined
def _series_at(series, x):
    """Return a Chebyshev series of an even number of terms at x.

    By Clenshaw's recurrence in y = 2x² − 1, of which T_2k = T_k(y) and T_2k+1/x both are solutions:
    the two sums go on side by side, and each step of one waits for one multiplication only.
    """
    twice = 2.0 * fma(x, 2.0 * x, -1.0)
    even_above = even = odd_above = odd = 0.0
    for k in range(series.size - 2, 0, -2):
        even_above, even = even, fma(twice, even, series[k] - even_above)
        odd_above, odd = odd, fma(twice, odd, series[k + 1] - odd_above)
    even = fma(0.5 * twice, even, series[0] - even_above)
    return fma(x, fma(twice - 1.0, odd, series[1] - odd_above), even)


@inlined
def _asinh(x):
    """Return asinh x to 1e-16 absolutely, which is enough on a panel of length 2."""
    size = abs(x)
    return math.copysign(math.log(size + math.sqrt(fma(size, size, 1.0))), x)


@entry
def dense_values(V, h, panel, block, along_V, along_h, further, references, value, error):
    """Write the spin-up current on a mesh of voltages and fields of Sm, from series.

    ``I_up(V, h) = I_ref(V + h) + I_add(V, h)``: the current at a reference voltage V_r with the
    field V + h − V_r, and the current of another junction, each as a Chebyshev series; why this
    holds is in ``thermospin.dense``.

    Parameters
    ----------
    V : array of shape (n,)
        Bias voltages in Δ0/e.
    h : array of shape (m,)
        Exchange fields of Sm in Δ0, ascending.
    panel : int array of shape (n,)
        Panel of each voltage.
    block : int array of shape (panels,)
        Block of references of each panel.
    along_V : array of shape (n, order)
        Series of I_add in h at each voltage, in G_T Δ0/e.
    along_h : array of shape (panels, m)
        Where between −1 and 1 each field stands in the series of I_add on a panel.
    further : array of shape (panels, m)
        Error of I_add in G_T Δ0/e.
    references : References
        The series of I_ref.
    value, error : array of shape (m, n)
        Receive the currents and their errors in G_T Δ0/e; the error is ∞ where the references do
        not reach V + h.
    """
    for i in range(V.size):
        p = panel[i]
        q, end = references.begin[block[p]], references.begin[block[p] + 1]
        for j in range(h.size):
            W = V[i] + h[j]
            while q + 1 < end and references.low[q + 1] <= W:
                q += 1
            place, scale, first, last = references.panel[q]
            x = (2.0 * _asinh((W - place) / scale) - first - last) / (last - first)
            value[j, i] = _series_at(references.series[q], x) + _series_at(
                along_V[i], along_h[p, j]
            )
            error[j, i] = references.error[q] + further[p, j] if abs(x) <= ON_PANEL else math.inf
