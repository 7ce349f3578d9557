"""How objects show themselves: one short line, and a table for notebooks."""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class ShownRow(NamedTuple):
    """What an object shows of one of its quantities: name, values with their unit, and meaning."""

    name: str
    shown: str
    meaning: str


def row(name: str, values: ArrayLike, unit: str, meaning: str) -> ShownRow:
    """Return what is shown of a quantity.

    Parameters
    ----------
    name : str
        Its name.
    values : array_like
        Its values, of any shape; of several only the range and the shape are shown.
    unit : str
        Its unit; may be empty.
    meaning : str
        What it is, in words.
    """
    array = np.asarray(values)
    if array.ndim == 0:
        return ShownRow(name, f"{array[()]:.6g} {unit}".rstrip(), meaning)
    shape = " × ".join(map(str, array.shape))
    known = array[np.isfinite(array)]
    if not known.size:
        return ShownRow(name, f"no finite value ({shape})", meaning)
    low, high = known.min(), known.max()
    span = f"{low:.6g}" if low == high else f"{low:.6g} … {high:.6g}"
    return ShownRow(name, f"{span} {unit}".rstrip() + f" ({shape})", meaning)


def line(title: str, rows: Iterable[ShownRow]) -> str:
    """Return an object in one line, ``Title(name = value unit, …)``."""
    return f"{title}({', '.join(f'{each.name} = {each.shown}' for each in rows)})"


def html_table(title: str, rows: Iterable[ShownRow]) -> str:
    """Return an object as a table in HTML: names, values with their units, meanings."""
    cells = (f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in each)}</tr>" for each in rows)
    return f"<table><caption>{escape(title)}</caption>{''.join(cells)}</table>"
