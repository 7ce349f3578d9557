"""Formulas as SVG pictures, drawn when the site is built: no page needs a script or a font."""

from typing import NoReturn
from xml.etree import ElementTree

import ziamath
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

_SIZE = 16.0  # pixels to an em, in which the picture is laid out; the page scales it with its text
ziamath.config.svg2 = False  # else glyphs of all pictures of a page would share names


def picture(latex: str, *, inline: bool) -> str:
    """Return the SVG of a formula, in the colour and size of the text around it."""
    svg = ziamath.Latex(latex, size=_SIZE, inline=inline, color="currentColor").svgxml()
    _, top, width, height = (float(number) / _SIZE for number in svg.get("viewBox").split())
    drop = f"; vertical-align: {-(top + height):.3f}em" if inline else ""
    svg.set("style", f"width: {width:.3f}em; height: {height:.3f}em{drop}")
    svg.set("role", "img")
    svg.set("aria-label", latex)
    return ElementTree.tostring(svg, encoding="unicode")


def inline(writer: HTML5Translator, node: nodes.math) -> NoReturn:
    """Write a formula in a line."""
    writer.body.append(picture(node.astext(), inline=True))
    raise nodes.SkipNode


def displayed(writer: HTML5Translator, node: nodes.math_block) -> NoReturn:
    """Write a formula on a line of its own, or several that are aligned at their &."""
    latex = node.astext()
    if "&" in latex or r"\\" in latex:
        latex = rf"\begin{{align*}}{latex}\end{{align*}}"
    writer.body.append(f'<div class="formula">{picture(latex, inline=False)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("drawn", (inline, None), (displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
