"""Changes to models of Bokeh that spare what does not differ."""

from collections.abc import Container, Mapping
from typing import Any

import numpy as np

from thermospin.junction import FloatArray


def change(model: Any, **values: object) -> None:
    """Set properties of a model that differ, so that nothing else goes to the browser.

    Parameters
    ----------
    model : bokeh.model.Model
        The model.
    **values
        Its properties by name.
    """
    changed = {name: value for name, value in values.items() if getattr(model, name) != value}
    if changed:
        model.update(**changed)


def send(source: Any, columns: Mapping[str, FloatArray], wanted: Container[str]) -> None:
    """Give a source new columns, of which those wanted go to the browser if they differ.

    All of them go if their length is not that of before.

    Parameters
    ----------
    source : bokeh.models.ColumnDataSource
        The source; it has a column V.
    columns : mapping of str to ndarray
        Its columns, each of shape (n,).
    wanted : container of str
        The columns that are looked at.
    """
    before = source.data
    if len(before["V"]) != len(columns["V"]):
        source.data = dict(columns)
        return
    changed = {
        name: column
        for name, column in columns.items()
        if name in wanted and not np.array_equal(before[name], column, equal_nan=True)
    }
    if changed:
        source.data.update(changed)


def send_few(source: Any, columns: Mapping[str, FloatArray]) -> None:
    """Give a source new columns, unless it is empty before and after."""
    if len(source.data["V"]) or columns["V"].size:
        source.data = dict(columns)
