"""Sums of the Chebyshev series of ``thermospin.dense``."""

import math
from typing import NamedTuple

import numpy as np

from thermospin.kernels.compiled import entry, inlined, merged


class References(NamedTuple):
    """The currents at the reference voltages, as series on panels in W, block after block.

    On a panel W = place + scale · sinh t, with t from first to last.
    """

    low: np.ndarray  # (panels,) lower ends, ascending within a block
    panel: np.ndarray  # (panels, 4) place, scale, first, last
    series: np.ndarray  # (panels, order)
    error: np.ndarray  # (panels,)
    begin: np.ndarray  # (blocks + 1,) the first panel of each block


@inlined
def _series_at(series, x):
    """Return a Chebyshev series at x; each step waits for one multiplication only."""
    above = here = 0.0
    for k in range(series.size - 1, 0, -1):
        above, here = here, 2.0 * x * here + (series[k] - above)
    return x * here + (series[0] - above)


@inlined
def _asinh(x):
    """Return asinh x to 1e-16 absolutely, which is enough on a panel of length 1."""
    size = abs(x)
    return math.copysign(math.log(size + math.sqrt(size * size + 1.0)), x)


@merged
def _panel_at(W, low, begin, end):
    """Return which of the panels from ``begin`` to before ``end`` holds W."""
    while end - begin > 1:
        middle = (begin + end) // 2
        if low[middle] > W:
            end = middle
        else:
            begin = middle
    return begin


@entry
def dense_values(V, h, panel, block, along_V, along_h, further, references, value, error):
    """Write the spin-up current at voltages (n,) and exchange fields (m,), and its error, (m, n).

    Voltage i lies in panel[i], and each panel belongs to a block of references. ``along_V``
    (n, order) holds, for each voltage, the series in h of what is added to the reference,
    ``along_h`` (panels, m) where on it each h stands, and ``further`` (panels, m) what is added to
    the error.
    """
    for i in range(V.size):
        p = panel[i]
        begin, end = references.begin[block[p]], references.begin[block[p] + 1]
        for j in range(h.size):
            W = V[i] + h[j]
            q = _panel_at(W, references.low, begin, end)
            place, scale, first, last = references.panel[q]
            x = (2.0 * _asinh((W - place) / scale) - first - last) / (last - first)
            value[j, i] = _series_at(references.series[q], x) + _series_at(
                along_V[i], along_h[p, j]
            )
            error[j, i] = references.error[q] + further[p, j]
