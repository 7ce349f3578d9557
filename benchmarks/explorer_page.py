"""An open page of the explorer, as a user and as its models see it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page

_MODELS = """
const models = [...Bokeh.documents[0]._all_models.values()]
const sources = models.filter(m => m.type == "ColumnDataSource" && "I_down" in m.data)
const [source, readings] = [false, true].map(read => sources.find(m => "SGE" in m.data == read))
const slopes = models.find(m => m.type == "ColumnDataSource" && "dIdV" in m.data)
const figures = models.filter(
  m => m.type == "Figure" && m.renderers.some(r => r.data_source === source))
"""


class ExplorerPage:
    """A page of the explorer that is open in a browser."""

    def __init__(self, page: Page, address: str) -> None:
        """Open the page and wait until it is there."""
        self.page = page
        page.goto(address)
        page.wait_for_function("() => window.Bokeh?.documents[0]?.is_idle")

    def models(self, expression: str) -> Any:
        """Return the value of an expression of `models`, `source`, `slopes` and `figures`."""
        return self.page.evaluate(f"() => {{ {_MODELS}; return {expression} }}")

    def run(self, body: str, value: Any) -> Any:
        """Return what the body of a function of ``value`` returns, which knows the same names."""
        return self.page.evaluate(f"value => {{ {_MODELS} {body} }}", value)

    def curves(self) -> dict[str, NDArray[np.float64]]:
        """Return the curves that are drawn, by name."""
        data = self.models(
            "Object.fromEntries("
            "Object.entries({...readings.data, ...source.data, dIdV: slopes.data.dIdV})"
            ".map(([name, values]) => [name, [...values]]))"
        )
        return {name: np.array(values, dtype=float) for name, values in data.items()}

    def field(self, name: str) -> Locator:
        """Return the text field of a parameter."""
        return self.page.locator(f"[data-field={name}] input")

    def slider(self, name: str) -> Locator:
        """Return the handle of the slider of a parameter."""
        return self.page.locator(f"[data-slider={name}] .noUi-handle")

    def rule(self, name: str) -> Locator:
        """Return the place of the rule that a field breaks."""
        return self.page.locator(f"[data-rule={name}]")

    def type(self, name: str, text: str) -> None:
        """Type a text into a field, as with the keyboard."""
        self.field(name).fill(text)
        self.field(name).press("Enter")

    def button(self, words: str) -> Locator:
        """Return a button by its words."""
        return self.page.get_by_role("button", name=words, exact=True)

    def clipboard(self) -> str:
        """Return what was copied last."""
        return str(self.page.evaluate("navigator.clipboard.readText()"))

    def wait_for(self, expression: str) -> None:
        """Wait until an expression of `models`, `source`, `slopes` and `figures` is true."""
        self.page.wait_for_function(f"() => {{ {_MODELS}; return {expression} }}")
