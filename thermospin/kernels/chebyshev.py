"""Sums of the Chebyshev series of ``thermospin.dense``."""

import math
from typing import NamedTuple

import numpy as np

from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import entry, inlined

ON_PANEL = 1.000001
"""How far a series reaches; panels may be apart by rounding."""


class References(NamedTuple):
    """The currents at the reference voltages, as series on panels in W, block after block.

    On a panel W = place + scale · sinh t, with t from first to last.
    """

    low: np.ndarray  # (panels,) lower ends, ascending within a block
    panel: np.ndarray  # (panels, 4) place, scale, first, last
    series: np.ndarray  # (panels, order), the order even
    error: np.ndarray  # (panels,)
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
    """Write the spin-up current at voltages (n,) and ascending fields (m,), and its error, (m, n).

    Voltage i lies in panel[i], and each panel belongs to a block of references. ``along_V``
    (n, order) holds, for each voltage, the series in h of what is added to the reference,
    ``along_h`` (panels, m) where on it each h stands, and ``further`` (panels, m) what is added to
    the error.
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
