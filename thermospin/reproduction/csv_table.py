"""The numbers of a panel as CSV: each axis and output is a column, each point a row."""

import csv
import io

import numpy as np

from thermospin.dataset import Contents
from thermospin.junction import FloatArray
from thermospin.quantities import OUTPUTS, PARAMETERS


def table(contents: Contents, derived: dict[str, FloatArray]) -> str:
    """Return a dataset as CSV.

    Parameters
    ----------
    contents : Contents
        The dataset. An output that does not depend on an axis is repeated along it.
    derived : dict of str to ndarray
        Further columns by name, for curves that are drawn but not stored; they broadcast with
        the mesh.

    Returns
    -------
    str
        Two lines of comment, which begin with ``#``, a line of names, and the rows; the last axis
        varies fastest. Numbers have ten digits, two more than the accuracy asked for; NaN is an
        empty cell.
    """
    names, shape = list(contents.axes), tuple(map(len, contents.axes.values()))
    mesh = np.meshgrid(*contents.axes.values(), indexing="ij")
    columns = dict(zip(names, mesh, strict=True))
    for output, values in contents.outputs.items():
        places = tuple(
            slice(None) if axis in contents.dims[output] else np.newaxis for axis in names
        )
        columns[output] = np.broadcast_to(values[places], shape)
    columns |= {name: np.broadcast_to(values, shape) for name, values in derived.items()}
    text = io.StringIO()
    text.write(f"# {contents.title}; {_fixed(contents)}; {contents.gap_model} gaps\n")
    text.write(f"# units: {', '.join(f'{name} in {_unit(name)}' for name in columns)}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in zip(*(values.ravel() for values in columns.values()), strict=True):
        writer.writerow("" if np.isnan(value) else f"{value:.10g}" for value in row)
    return text.getvalue()


def _fixed(contents: Contents) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in contents.fixed.items())


def _unit(name: str) -> str:
    if name in PARAMETERS:
        return PARAMETERS[name].unit
    known = OUTPUTS.get(name.removesuffix("_tanh"))
    return known.unit or "1" if known else "1"
