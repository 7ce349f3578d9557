"""Slices of the contents of a file: some axes are cut at one of their values."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from thermospin.dataset.contents import Contents
from thermospin.quantities import PARAMETERS
from thermospin.spec import reduced_number


def places_of(contents: Contents, at: Mapping[str, float | str]) -> dict[str, int]:
    """Return where on each axis the point nearest to a value lies.

    Parameters
    ----------
    contents : Contents
        The contents.
    at : mapping of str to float or str
        A value of each of some axes: a number in reduced units, or a text with a unit.

    Returns
    -------
    dict of str to int
        The place on each of these axes.

    Raises
    ------
    ValueError
        If there is no such axis, a text is no number or has no unit of its kind, or a value lies
        beyond the ends of its axis.
    """
    found = {}
    for name, given in at.items():
        if name not in contents.axes:
            known = ", ".join(contents.axes)
            raise ValueError(f"{name}: no such axis, must be one of {known}")
        points = contents.axes[name]
        value = reduced_number(name, given, contents.material)
        if not points[0] <= value <= points[-1]:
            limits = f"between {points[0]:g} and {points[-1]:g}"
            raise ValueError(f"{name} = {given}: must be {limits} {PARAMETERS[name].unit}")
        found[name] = int(np.argmin(np.abs(points - value)))
    return found


def cut_at(contents: Contents, at: Mapping[str, int]) -> tuple[Contents, dict[str, float]]:
    """Cut the contents of a file at points of some axes.

    Parameters
    ----------
    contents : Contents
        The contents.
    at : mapping of str to int
        The place on each axis to be cut.

    Returns
    -------
    reduced : Contents
        The contents at these places; the cut axes are fixed parameters.
    cuts : dict of str to float
        The value at which each axis of several values was cut.
    """
    axes = contents.axes
    cut = {name: float(axes[name][index]) for name, index in at.items()}
    outputs = {
        name: values[tuple(at.get(axis, slice(None)) for axis in contents.dims[name])]
        for name, values in contents.outputs.items()
    }
    reduced = replace(
        contents,
        axes={name: points for name, points in axes.items() if name not in at},
        si_axes={name: points for name, points in contents.si_axes.items() if name not in at},
        fixed=contents.fixed | cut,
        outputs=outputs,
        dims={
            name: tuple(axis for axis in contents.dims[name] if axis not in at) for name in outputs
        },
    )
    return reduced, {name: value for name, value in cut.items() if len(axes[name]) > 1}
