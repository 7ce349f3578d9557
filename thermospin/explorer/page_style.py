"""How a page looks: colours that the colour-blind tell apart, large letters, and symbols."""

import re

from thermospin.quantities import OUTPUTS, PARAMETERS

UP, DOWN = "#0072b2", "#d55e00"
CURVES = {
    "I_q": ("#000000", "solid"),
    "I_s": ("#009e73", "dashed"),
    "I_up": (UP, "dashdot"),
    "I_down": (DOWN, "dotted"),
}
"""The colour and the dashes of each current, so that neither is needed to tell them apart."""
SLOPE, EFFICIENCY = "#000000", "#009e73"
SEEBECK, MATCHING, MISSED, MEASURED, FITTED = "#e69f00", "#7f7f7f", "#cc0000", "#56b4e9", "#cc79a7"

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
INK, QUIET, RULE = "#1a1a1a", "#595959", "#b00020"

PAGE = f"""
:host {{ font-family: {FONT}; font-size: 15px; color: {INK}; background: #ffffff;
  overflow: auto; }}
"""
SIDE = """
:host { overflow-y: auto; overflow-x: hidden; scrollbar-width: thin;
  border-right: 1px solid #d0d0d0; }
"""
CARD = f"""
:host(.card) {{ border: 0; box-shadow: none; border-bottom: 1px solid #d8d8d8; border-radius: 0; }}
button.card-header, .card-header {{ padding: 2px 4px !important; background: transparent; border: 0;
  font-family: {FONT}; height: 30px; }}
.card-title, .card-header * {{ font-size: 14px !important; font-weight: 600; color: {INK};
  margin: 0; }}
.card-header:focus-visible {{ outline: 2px solid {UP}; }}
"""
INPUT = f"""
:host {{ font-family: {FONT}; font-size: 14px; }}
.bk-input-group {{ flex-direction: row; align-items: center; gap: 6px; }}
label {{ min-width: 61px; white-space: nowrap; flex: none; margin: 0; font-size: 14px;
  color: {INK}; }}
.bk-input-suffix {{ padding: 0 3px !important; font-size: 12px; color: {QUIET}; border: 0;
  background: transparent; }}
.bk-input {{ height: 26px; padding: 0 6px; font-size: 14px; color: {INK}; border-color: #8c8c8c; }}
.bk-input:focus {{ outline: 2px solid {UP}; }}
:host(.broken) .bk-input {{ border: 2px solid {RULE}; background: #fff0f0; }}
"""
SHORT_LABEL = "label { min-width: 0; }"
"""Added to `INPUT` for a field that stands behind another."""
SLIDER = f"""
:host {{ --handle-width: 14px; }}
.noUi-target {{ height: 6px; border: 1px solid #8c8c8c; background: #e8e8e8; box-shadow: none; }}
.noUi-handle {{ border-radius: 8px; background: {UP}; border: 1px solid {UP}; box-shadow: none; }}
.noUi-handle:focus {{ outline: 3px solid #f0a000; outline-offset: 1px; }}
.noUi-handle:before, .noUi-handle:after {{ display: none; }}
"""
BUTTON = f"""
.bk-btn {{ font-family: {FONT}; font-size: 14px; padding: 3px 10px; }}
.bk-btn:focus-visible {{ outline: 3px solid #f0a000; outline-offset: 1px; }}
"""
TABLE = f"""
table {{ border-collapse: collapse; font: 15px {FONT}; color: {INK}; width: 100%; }}
td {{ padding: 1px 8px 1px 0; white-space: nowrap; }}
td.value {{ text-align: right; font-variant-numeric: tabular-nums; }}
td.unit {{ color: {QUIET}; }}
tr.missed td {{ color: {MISSED}; font-weight: 600; }}
p {{ margin: 4px 0; font: 14px {FONT}; }}
p.rule {{ color: {RULE}; font-weight: 600; }}
"""
GREYED = {"opacity": "0.3"}
PLAIN = {"opacity": "1"}

_LETTERS = {r"\Gamma": "Γ", r"\Delta": "Δ", r"\theta": "θ", r"\kappa": "κ", r"\eta": "η",
            r"\mathcal{P}": "P", r"\uparrow": "↑", r"\downarrow": "↓"}  # fmt: skip
_BEAUTIFUL = {"Δ0": "Δ₀", "T_c": "T<sub>c</sub>", "G_T": "G<sub>T</sub>"}


def symbol_html(name: str) -> str:
    """Return the symbol of a parameter or an output in HTML."""
    known = PARAMETERS.get(name) or OUTPUTS[name]
    text = known.symbol
    for letters, sign in _LETTERS.items():
        text = text.replace(letters, sign)
    text = re.sub(r"\\mathrm\{([^}]*)\}", r"{\1}", text)
    for mark, tag in (("_", "sub"), (r"\^", "sup")):
        text = re.sub(mark + r"\{+([^{}]*)\}+|" + mark + "([^{}])", rf"<{tag}>\1\2</{tag}>", text)
    return text.replace("{", "").replace("}", "")


def unit_html(unit: str) -> str:
    """Return a reduced unit, or one of SI, in HTML."""
    for letters, sign in _BEAUTIFUL.items():
        unit = unit.replace(letters, sign)
    return unit


def unit_text(unit: str) -> str:
    """Return a reduced unit, or one of SI, as plain text for the axes of figures."""
    return unit.replace("Δ0", "Δ₀")
