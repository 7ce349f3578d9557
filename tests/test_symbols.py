"""The page of symbols has every parameter and output, as the package has them, and nothing else."""

import re
from pathlib import Path

import pytest

from thermospin.quantities import OUTPUTS, PARAMETERS
from thermospin.quantities.si_units import SI_UNITS

FOLDER = Path(__file__).parents[1] / "docs" / "physics"
PAGE = (FOLDER / "symbols.md").read_text(encoding="utf-8")


def section(heading):
    """Return the rows of the table below a heading, as lists of cells."""
    text = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("| $")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def shown(quantity):
    """Return the cells of the row of a parameter or output, but for the last."""
    symbol = quantity.symbol.replace("|", r"\vert ").strip()
    unit = SI_UNITS[quantity.unit].symbol.replace("^2", "²") if quantity.unit in SI_UNITS else ""
    meaning = quantity.meaning.replace("|", r"\|")
    return [f"${symbol}$", f"`{quantity.name}`", quantity.unit, unit, meaning]


@pytest.mark.parametrize(
    ("heading", "quantities"), [("Parameters", PARAMETERS), ("Outputs", OUTPUTS)]
)
def test_the_page_of_symbols_is_what_the_package_has(heading, quantities):
    assert [row[:-1] for row in section(heading)] == [shown(each) for each in quantities.values()]


def test_each_symbol_links_to_a_heading_of_the_page_that_tells_of_it():
    for row in section("Parameters") + section("Outputs"):
        (page, heading) = re.fullmatch(r"\[[^]]+\]\(([\w./-]+)(?:#([\w-]+))?\)", row[-1]).groups()
        text = (FOLDER / page).read_text(encoding="utf-8")
        headings = [line.lstrip("# ") for line in text.splitlines() if line.startswith("## ")]
        if heading is None:
            assert re.search(rf"`{row[1].strip('`').removesuffix('_S').removesuffix('_Sm')}", text)
        else:
            assert heading in {each.lower().replace(" ", "-") for each in headings}
