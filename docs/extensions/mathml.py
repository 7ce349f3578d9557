"""Maths as MathML, which browsers draw by themselves: no page needs a script from elsewhere."""

from typing import NoReturn

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def mathml(node: nodes.Element, display: str) -> str:
    """Return a formula as MathML; the converter sets upright single letters only as text."""
    return convert(node.astext().replace(r"\mathrm{", r"\text{"), display=display)


def inline(writer: HTML5Translator, node: nodes.math) -> NoReturn:
    """Write a formula in a line."""
    writer.body.append(mathml(node, "inline"))
    raise nodes.SkipNode


def displayed(writer: HTML5Translator, node: nodes.math_block) -> NoReturn:
    """Write a formula on a line of its own."""
    writer.body.append(f'<div class="formula">{mathml(node, "block")}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
