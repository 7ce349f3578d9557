"""What a fit assumes where nothing is said: the scales of its data, and what is to be found."""

from collections.abc import Container, Iterable, Sequence

import numpy as np

from thermospin.fitting.curve_features import features
from thermospin.fitting.problem import Curve
from thermospin.measured import MeasuredCurve
from thermospin.measured.column_units import ARBITRARY

_GAPS = ("gap_S", "gap_Sm")
_GAMMAS = ("gamma", "gamma_S", "gamma_Sm")


def in_si(curves: Iterable[MeasuredCurve]) -> bool:
    """Return whether the bias of a curve is in volts, so that a fit needs scales."""
    return any(curve.V_unit == "V" for curve in curves)


def guessed_scales(curves: Sequence[MeasuredCurve], gaps: int) -> dict[str, str]:
    """Return the scales of a material that measured curves show.

    Parameters
    ----------
    curves : sequence of MeasuredCurve
        Curves in SI.
    gaps : int
        How many of the leads have a gap, 1 or 2: the curves become ohmic at their sum.

    Returns
    -------
    dict of str to str
        ``Delta_0`` and ``G_T`` with their units, to two digits: a gap from where dI/dV becomes
        ohmic, the conductance from dI/dV beyond; 1 S for values in arbitrary units.
    """
    shown = [features(Curve(str(c.path), c.V, c.values, c.kind), None) for c in curves]
    gap = float(np.median([each.edge for each in shown])) / gaps
    known = [
        abs(each.conductance)
        for each, curve in zip(shown, curves, strict=True)
        if curve.unit != ARBITRARY
    ]
    conductance = float(np.median(known)) if known else 1.0
    return {
        "Delta_0": f"{_rounded(gap * 1e6):g} ueV",
        "G_T": f"{_rounded(conductance * 1e6):g} uS",
    }


def _rounded(value: float) -> float:
    return float(f"{value:.2g}") or 1.0


def settled(given: Iterable[str], normal: Container[str]) -> set[str]:
    """Return the parameters of which nothing needs to be assumed.

    Parameters
    ----------
    given : iterable of str
        The parameters that are given.
    normal : container of str
        The gaps that are given as 0. A lead without a gap says nothing of that of the other, and a
        normal Sm has no exchange field that shows.
    """
    names = {name for name in given if name not in normal}
    return names | {"h_exc"} if "gap_Sm" in normal else names


def freed_scales(given: Container[str]) -> list[str]:
    """Return which scales must be free because they are guessed, unless something is given.

    Parameters
    ----------
    given : container of str
        The parameters that are free or fixed.
    """
    gap_is_open = not any(name in given for name in ("Delta_0", *_GAPS))
    return ["Delta_0"] * gap_is_open + ["G_T"] * ("G_T" not in given)


def usual_free(given: Container[str], kinds: Iterable[str]) -> list[str]:
    """Return what a fit finds where nothing is named.

    Parameters
    ----------
    given : container of str
        The parameters that are fixed, for all curves or for one.
    kinds : iterable of str
        The kinds of the curves.

    Returns
    -------
    list of str
        The gap, the conductance, the offsets, Γ and the exchange field of Sm; and the temperature
        of both leads if none is given, or that of S beside one of Sm.
    """
    names = freed_scales(given)
    if not any(name in given for name in _GAMMAS):
        names.append("gamma")
    if "T" not in given and "T_S" not in given:
        names.append("T_S" if "T_Sm" in given else "T")
    offsets = ["V_offset"] + ["I_offset"] * ("I" in kinds)
    return names + [name for name in ("h_exc", *offsets) if name not in given]
