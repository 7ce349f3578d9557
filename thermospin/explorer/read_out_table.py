"""The numbers of a view as a table of HTML, with their units."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from thermospin.explorer.page_style import symbol_html, unit_html
from thermospin.explorer.view_values import ReadOut
from thermospin.figures.display import Display
from thermospin.quantities import OUTPUTS
from thermospin.spec import Material

_LABELS = {
    "power_max": "P<sub>max</sub>",
    "efficiency_max": "η<sub>max</sub>",
}


def read_out_table(numbers: Sequence[ReadOut], material: Material | None) -> str:
    """Return numbers as a table of symbols, values and units; an output's meaning is its title."""
    rows = [_row(one, material) for one in numbers]
    missed = any(one.missed for one in numbers)
    note = '<p class="rule">marked numbers missed their tolerance</p>' if missed else ""
    return f"<table>{''.join(rows)}</table>{note}"


def _row(one: ReadOut, material: Material | None) -> str:
    output = OUTPUTS[one.name]
    shown = Display(material, in_si=material is not None).unit(output.unit, one.value)
    unit = output.unit if shown.symbol is None else shown.symbol
    if one.why:
        value, unit = "–", one.why
    elif math.isnan(one.value):
        value, unit = "none", ""
    else:
        value = f"{one.value * shown.factor:.6g}".replace("-", "−")
    name = _LABELS.get(one.name, symbol_html(one.name))
    return (
        f'<tr class="{"missed" if one.missed else ""}" title="{html.escape(output.meaning)}"'
        f' data-name="{one.name}"><td>{name}</td><td class="value">{value}</td>'
        f'<td class="unit">{unit_html(html.escape(unit))}</td></tr>'
    )
