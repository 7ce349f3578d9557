"""A view as a script of Python, which computes what the page shows."""

from __future__ import annotations

from thermospin.explorer.checked_view import CheckedView
from thermospin.explorer.view_state import ViewState
from thermospin.quantities import OUTPUTS, PARAMETERS, SI_UNITS
from thermospin.spec.written_numbers import split_unit

_CURVES = {
    "I_q": "I.charge",
    "I_s": "I.spin",
    "I_up": "I.up",
    "I_down": "I.down",
}
"""What each current is called in Python."""


def python_script(state: ViewState, view: CheckedView) -> str:
    """Return a script that computes, prints and draws a view.

    Parameters
    ----------
    state : ViewState
        The texts of the fields.
    view : CheckedView
        The same as numbers.
    """
    lines = ["import matplotlib.pyplot as plt", "import numpy as np", "import thermospin as ts", ""]
    if state.scales:
        scales = ", ".join(f'{name}="{text}"' for name, text in state.scales.items())
        lines.append(f"material = ts.Material({scales})")
    lines += ["junction = ts.Junction(", *_arguments(state), ")"]
    start, stop = (_number("V", text) for text in (state.start, state.stop))
    lines += ["V = np.linspace(  # Δ0/e", f"    {start},", f"    {stop},"]
    lines += [f"    {view.V.size},", ")"]
    accuracy = "" if state.rtol == ViewState.rtol else f", rtol={state.rtol}"
    lines += [
        f"I = ts.currents(V, junction{accuracy})  # G_T Δ0/e; I.error, I.converged",
        f"dIdV = ts.differential_conductance(V, junction{accuracy})  # G_T",
    ]
    if not state.is_heated:
        lines += [
            'print("V_S =", ts.seebeck_voltage(junction), "Δ0/e")',
            'print("G_0 =", ts.zero_bias_conductance(junction), "G_T")',
        ]
    lines += ["", *_picture(state, view.material is not None)]
    return "\n".join(lines) + "\n"


def _arguments(state: ViewState) -> list[str]:
    lines = [f"    {name}={_number(name, text)}," for name, text in state.parameters.items()]
    if "Sigma" in state.scales and state.is_heated:
        lines.append("    electron_phonon=material.electron_phonon,")
    if state.gap_model != "self-consistent":
        lines.append(f'    gap_model="{state.gap_model}",')
    if state.is_heated and state.branch != "rising":
        lines.append(f'    branch="{state.branch}",')
    return lines


def _number(name: str, text: str) -> str:
    """Return a text of a field as an expression of Python, in reduced units."""
    return f'material.reduced("{name}", "{text}")' if split_unit(text)[1] else text.strip()


def _picture(state: ViewState, in_si: bool) -> list[str]:
    volt, ampere = PARAMETERS["V"].unit, OUTPUTS["I_q"].unit
    if in_si:
        volt, ampere = SI_UNITS[volt].symbol, SI_UNITS[ampere].symbol
    curves = [
        f'plt.plot({_shown("V", "V", in_si)}, {_shown(name, _CURVES[name], in_si)}, label="{name}")'
        for name in state.shown
    ]
    end = ["plt.legend()", "plt.show()"]
    return [*curves, f'plt.xlabel("V ({volt})")', f'plt.ylabel("I ({ampere})")', *end]


def _shown(name: str, expression: str, in_si: bool) -> str:
    return f'material.si("{name}", {expression})[0]' if in_si else expression
