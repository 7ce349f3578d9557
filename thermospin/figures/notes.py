"""The lines above a picture: fixed parameters, single numbers, where axes are cut."""

from collections.abc import Mapping, Sequence

from thermospin.dataset import Contents
from thermospin.figures.arrangement import Curves, Panel
from thermospin.figures.display import Display
from thermospin.figures.labels import value_text
from thermospin.figures.view import View
from thermospin.quantities import OUTPUTS, PARAMETERS

_IN_LINE = 4
_BROADENED = "gaps with Dynes broadening"
_USUAL = ("h_S", "gap_S", "gap_Sm")  # worth a note where they do not have their default


def notes(
    contents: Contents,
    reduced: Contents,
    cuts: Mapping[str, float],
    shown: Sequence[Panel],
    view: View,
    display: Display,
) -> str:
    """Return what the reader of a picture must know, without what does not concern its outputs.

    Parameters
    ----------
    contents, reduced : Contents
        The contents of the file, and what the cuts left of them.
    cuts : mapping of str to float
        The value at which each axis was cut.
    shown : sequence of Curves or Map
        The panels.
    view : View
        What was asked for.
    display : Display
        The units.
    """
    outputs = {name for panel in shown for name in _outputs_of(panel)}
    single = [
        name
        for name in reduced.outputs
        if not reduced.dims[name] and name not in outputs and (not view.show or name in view.show)
    ]
    outputs |= {*single}
    words = [
        value_text(name, value, display)
        for name, value in reduced.fixed.items()
        if name not in cuts and _matters(name, value, outputs)
    ]
    words += [value_text(name, float(reduced.outputs[name]), display) for name in single]
    if contents.gap_model != "self-consistent":
        model = contents.gap_model
        words.append(_BROADENED if model == "dynes" else f"{model} gaps")
    lines = [", ".join(words[start : start + _IN_LINE]) for start in range(0, len(words), _IN_LINE)]
    told = [name for name in cuts if any(name in contents.dims[output] for output in outputs)]
    if told:
        lines.append(
            "slice at " + ", ".join(value_text(name, cuts[name], display) for name in told)
        )
    if not contents.complete:
        lines.append("incomplete")
    return "\n".join(lines)


def _outputs_of(panel: Panel) -> tuple[str, ...]:
    return (*panel.outputs, *panel.marks) if isinstance(panel, Curves) else (panel.output,)


def _matters(name: str, value: float, outputs: set[str]) -> bool:
    """Return whether the reader needs to know a fixed parameter."""
    if name == "V":
        return any(OUTPUTS[output].biased for output in outputs)
    if name == "R_L":
        return any(OUTPUTS[output].loaded for output in outputs)
    return not (name in _USUAL and value == PARAMETERS[name].default)
