"""Colours as plain data, for pictures that others draw: shades of values, palettes, ticks."""

from typing import Any

import numpy as np
from matplotlib.colors import LogNorm, Normalize, to_hex
from matplotlib.ticker import LogLocator, MaxNLocator
from numpy.typing import NDArray

from thermospin.figures.colours import Colours
from thermospin.figures.style import NOT_A_NUMBER
from thermospin.junction import FloatArray

SHADES = 255
"""Number of colours of a map; one more shade is that of values that are no numbers."""

_PLAIN = 100.0  # largest over smallest value up to which a logarithmic bar has ticks at 1, 2 and 5
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def hexadecimal(colour: Any) -> str:
    """Return a colour that matplotlib understands as ``#rrggbb``."""
    return to_hex(colour)


def palette_of(colours: Colours) -> list[str]:
    """Return the colours of all shades but the last, as ``#rrggbb``."""
    return [to_hex(colour) for colour in colours.map(np.linspace(0.0, 1.0, SHADES))]


def whole_palette(colours: Colours) -> list[str]:
    """Return the colours of all shades; the last one is that of values that are no numbers."""
    return [*palette_of(colours), to_hex(NOT_A_NUMBER)]


def shades(values: FloatArray, colours: Colours) -> NDArray[np.uint8]:
    """Return the shade of each value.

    Parameters
    ----------
    values : ndarray
        Values, in the unit of the colours.
    colours : Colours
        Their colours.

    Returns
    -------
    ndarray of uint8
        From 0 to ``SHADES`` − 1; ``SHADES`` where a value is no number or has no logarithm.
    """
    flat = np.ma.masked_invalid(values.ravel())  # norms of matplotlib take two dimensions at most
    share = np.ma.filled(colours.norm(flat), np.nan).reshape(values.shape)
    known = ~np.isnan(share)  # beyond the limits of colours it may be infinite
    index = np.clip(np.where(known, share, 0.0) * SHADES, 0.0, SHADES - 1.0)
    return np.where(known, index, SHADES).astype(np.uint8)


def bar_ticks(colours: Colours) -> dict[float, str]:
    """Return the ticks of a colour bar from 0 to 1: where they stand, and what they say."""
    norm = colours.norm
    low, high = float(norm.vmin or 0.0), float(norm.vmax or 0.0)
    values = [value for value in _tick_values(colours, norm, low, high) if low <= value <= high]
    return {float(norm(value)): tick_label(value) for value in values}


def _tick_values(colours: Colours, norm: Normalize, low: float, high: float) -> list[float]:
    if colours.ticks is not None:
        return colours.ticks
    if isinstance(norm, LogNorm):
        steps = (1.0, 2.0, 5.0) if high < _PLAIN * low else (1.0,)
        return [float(value) for value in LogLocator(subs=steps).tick_values(low, high)]
    nice = MaxNLocator(nbins=7, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [0.0 if abs(value) < 1e-12 * max(-low, high) else float(value) for value in nice]


def tick_label(value: float) -> str:
    """Return a number in plain text; powers of ten beyond four digits have their exponent."""
    text = f"{value:.6g}"
    size = abs(value)
    if size and not 1e-3 < size < 1e4:
        mantissa, _, exponent = f"{value:.3e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
        text = {"1": power, "-1": f"-{power}"}.get(mantissa, f"{mantissa}·{power}")
    return text.replace("-", "−")
