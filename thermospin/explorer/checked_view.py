"""From the texts of a page to a spec and a junction, or to the rule that each field breaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thermospin.explorer.view_state import LABELS, ViewState, mistake_of_form
from thermospin.junction import FloatArray, Junction
from thermospin.quantities import OUTPUTS, PARAMETERS
from thermospin.spec import Material, SpecError, SweepSpec, parse_spec, reduced_number
from thermospin.spec.written_numbers import split_unit

NAME = "view"
MOST_VOLTAGES = 20_001
"""The most voltages that a page draws."""
READ_OUTS = (
    "G_0",
    "G_max",
    "V_S",
    "V_p_minus",
    "V_p_plus",
    "power_max",
    "efficiency_max",
    "Delta_S",
    "Delta_Sm",
    *(output.name for output in OUTPUTS.values() if output.loaded),
)
"""The outputs without a bias that a page shows as numbers."""
_ONE_OF_A_PAIR = re.compile(r"must have exactly one of (\w+) and (\w+)")
_LIMITS_OF_NUM = ("must be at least", "must be between", "must span")
_WORDS_OF_SPECS = (
    ("missing key, must be given in fixed or in axes", "must be given"),
    ("add one, such as material: {T_c: 1.3 K, R_T: 5 kohm},", "choose SI units above,"),
)
"""What the rules of specs say, and what they say on a page, which has no YAML."""


class ViewError(ValueError):
    """A field of a page breaks a rule.

    Attributes
    ----------
    rules : dict of str to str
        The rule that each field breaks, by the name of the field.
    """

    def __init__(self, rules: Mapping[str, str]) -> None:
        """Keep the rules."""
        self.rules = dict(rules)
        words = [f"{LABELS.get(name, name)} {rule}" for name, rule in rules.items()]
        super().__init__("; ".join(words))


@dataclass(frozen=True, eq=False)
class CheckedView:
    """What a page shows, as numbers in reduced units.

    Attributes
    ----------
    spec : SweepSpec
        The view as a sweep along V.
    junction : Junction
        The junction.
    bias : float
        The bias of the energy diagram, in Δ0/e.
    """

    spec: SweepSpec
    junction: Junction
    bias: float

    @property
    def V(self) -> FloatArray:
        """The voltages, in Δ0/e."""
        return self.spec.axes["V"]

    @property
    def material(self) -> Material | None:
        """The material; None if all is in reduced units."""
        return self.spec.material


def spec_text(state: ViewState) -> str:
    """Return a state as the text of a spec, which `parse_spec` takes if no field breaks a rule."""
    lines = ["title: A view of thermospin explore"]
    if state.scales:
        lines.append(f"material: {_mapping(state.scales)}")
    lines.append(f"fixed: {_mapping(state.parameters)}")
    if state.gap_model != "self-consistent":
        lines.append(f"gap_model: {state.gap_model}")
    if state.is_heated:
        lines.append(f"branch: {state.branch}")
    if state.rtol != ViewState.rtol:
        lines.append(f"numerics: {{rtol: {state.rtol}}}")
    window = {"start": state.start, "stop": state.stop, "num": state.num}
    lines.append(f"axes: {{V: {_mapping(window)}}}")
    lines.append(f"outputs: [{', '.join(outputs_of(state))}]")
    return "\n".join(lines) + "\n"


def outputs_of(state: ViewState) -> list[str]:
    """Return the outputs that a view shows: curves, and numbers where they have a meaning."""
    biased = [*state.shown, "dIdV", "SGE"]
    if state.is_heated:
        return [*biased, f"T_S_{state.branch}"]
    still = _is_zero(state.parameters.get("V_ac", "0"))
    loaded = "R_L" in state.parameters
    return biased + [
        name
        for name in READ_OUTS
        if (still or not OUTPUTS[name].source.still) and (loaded or not OUTPUTS[name].loaded)
    ]


def _is_zero(text: str) -> bool:
    try:
        return float(split_unit(text)[0]) == 0.0
    except ValueError:
        return False


def checked(state: ViewState) -> CheckedView:
    """Return a state as numbers.

    Parameters
    ----------
    state : ViewState
        The texts of the fields.

    Raises
    ------
    ViewError
        With the rule that each field breaks.
    """
    written = {name: state.text(name) for name in _fields(state)}
    rules = {name: mistake_of_form(name, text) for name, text in written.items()}
    rules = {name: rule for name, rule in rules.items() if rule}
    if rules:
        raise ViewError(rules)
    try:
        spec = parse_spec(spec_text(state), NAME, largest=MOST_VOLTAGES)
    except SpecError as error:
        raise ViewError(_by_field(error, state)) from None
    if spec.axes["V"].size < 2:
        raise ViewError({"num": _rule_of_num(state)})
    junction = junction_of(spec)
    return CheckedView(spec, junction, _bias(state, spec.material))


def scales_of(state: ViewState) -> Material | None:
    """Return the material of a state, right or wrong; None without one, or if it is wrong."""
    try:
        return Material(**state.scales) if state.scales else None
    except ValueError:
        return None


def junction_of(spec: SweepSpec) -> Junction:
    """Return the junction of a spec whose only axis is V."""
    given: dict[str, Any] = {name: value for name, value in spec.fixed.items() if name != "V"}
    try:
        return Junction(**given, gap_model=spec.gap_model, branch=spec.branch)
    except ValueError as error:  # rules that join several parameters
        raise ViewError({"T_S": str(error)}) from None


def _fields(state: ViewState) -> list[str]:
    others = ["start", "stop", "num", "bias", "rtol", "gap_model", "branch"]
    return [*state.parameters, *state.scales, *others]


def _mapping(texts: Mapping[str, str]) -> str:
    """Return texts as a mapping of YAML in one line."""
    return f"{{{', '.join(f'{name}: {text}' for name, text in texts.items())}}}"


def _by_field(error: SpecError, state: ViewState) -> dict[str, str]:
    """Return the rule that each field breaks, the first of each, in the words of the page."""
    rules: dict[str, str] = {}
    for problem in error.problems:
        words = f"{problem.rule}; {problem.hint}" if problem.hint else problem.rule
        field = _field_of(problem.path)
        pair = _ONE_OF_A_PAIR.match(words)
        if pair is not None:
            field = pair[2]
            words = f"or {pair[1]} must be given, not both"
        elif field == "num" and words.startswith(_LIMITS_OF_NUM):
            words = _rule_of_num(state)
        elif field in LABELS:
            words = re.sub(r"\b(start|stop)\b", lambda end: LABELS[end[1]], words)
        for written, shown in _WORDS_OF_SPECS:
            words = words.replace(written, shown)
        rules.setdefault(field, words)
    return rules


def _rule_of_num(state: ViewState) -> str:
    return f"must be between 2 and {MOST_VOLTAGES}, got {state.num}"


def _field_of(path: tuple[str | int, ...]) -> str:
    """Return the field in which a place of the spec is typed."""
    steps = [str(step) for step in path]
    if steps[:2] == ["axes", "V"]:
        return steps[2] if len(steps) > 2 else "stop"
    if steps[:1] == ["axes"]:
        return "num"
    if steps[:1] == ["material"]:
        return steps[1] if len(steps) > 1 else "Delta_0"
    return steps[-1] if steps and steps[-1] in (*PARAMETERS, "rtol", "gap_model") else "T_S"


def _bias(state: ViewState, material: Material | None) -> float:
    limits = PARAMETERS["V"]
    try:
        value = reduced_number("V", state.bias, material)
    except ValueError as error:
        raise ViewError({"bias": str(error).removeprefix("V ")}) from None
    if not limits.low <= value <= limits.high:
        raise ViewError({"bias": f"{limits.rule()}, got {state.bias}"})
    return value
