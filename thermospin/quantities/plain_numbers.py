"""Plain numbers: what carries a unit or a mask, which NumPy would silently drop, is refused."""

from collections.abc import Mapping

import numpy as np


def refuse_what_numpy_drops(name: str, value: object, unit: str) -> None:
    """Refuse a value whose unit or mask NumPy would drop.

    Parameters
    ----------
    name : str
        What the value is given for, for the message.
    value : object
        Numbers, as a user gave them. A labelled array of xarray may say that it is in ``unit``.
    unit : str
        The reduced unit in which numbers are expected; may be empty.

    Raises
    ------
    TypeError
        If the value is a quantity of a library of units, labelled with another unit, or a masked
        array.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} must not be a masked array: give its values that count")
    labels = getattr(value, "attrs", None)  # a variable of xarray
    given = getattr(value, "units", None) or getattr(value, "unit", None)
    if isinstance(labels, Mapping):
        given = labels.get("units")
        if given in (unit, "1", ""):
            return
    if given is not None:
        what = f"in {unit}" if unit else "without a unit"
        raise TypeError(
            f"{name} must be a number {what}, got a quantity in {given}; thermospin.Material"
            " converts to reduced units: material.reduced(name, number, unit)"
        )
