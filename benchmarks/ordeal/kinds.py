"""The kinds of hostile junctions, each drawn as one kind of trouble needs.

Energies in Δ0, temperatures in T_c. Gaps are the actual ones (``gap_model="constant"``). Nearly
everything is drawn uniformly in its logarithm over the range that is supported.
"""

import warnings
from collections.abc import Callable

import numpy as np

from thermospin import Junction, ToleranceWarning, currents
from thermospin.junction import FloatArray
from thermospin.quantities import PARAMETERS
from thermospin.units import BCS_RATIO

Draw = dict[str, FloatArray]
NAMES = ("V", "T_S", "T_Sm", "h_S", "h_exc", "gamma_S", "gamma_Sm", "gap_S", "gap_Sm")


class Dice:
    """Random arrays of one length."""

    def __init__(self, generator: np.random.Generator, number: int) -> None:
        """Take the generator and the length."""
        self._generator = generator
        self._number = number

    def spread(self, low: float, high: float) -> FloatArray:
        """Return numbers whose logarithms are uniform."""
        return np.exp(self._generator.uniform(np.log(low), np.log(high), self._number))

    def normal(self, width: float) -> FloatArray:
        """Return normal deviates."""
        return self._generator.normal(0.0, width, self._number)

    def pick(self, *choices: float | FloatArray) -> FloatArray:
        """Return one of the choices for each point."""
        chosen = self._generator.integers(len(choices), size=self._number)
        return np.choose(chosen, [np.broadcast_to(choice, self._number) for choice in choices])

    def signed(self, size: FloatArray) -> FloatArray:
        """Return numbers of either sign."""
        return self.pick(-1.0, 1.0) * size

    def nudged(self, value: FloatArray, steps: int) -> FloatArray:
        """Return numbers near the given ones, up to some units in the last place away."""
        return value + self._generator.integers(-steps, steps + 1, self._number) * np.spacing(value)

    def relabelled(self, draw: Draw) -> Draw:
        """Return junctions of which half have their leads exchanged, and with them the bias."""
        swap = self.pick(0.0, 1.0) > 0.5
        other = {"T_S": "T_Sm", "h_S": "h_exc", "gamma_S": "gamma_Sm", "gap_S": "gap_Sm"}
        other |= {Sm: S for S, Sm in other.items()}
        exchanged = {name: draw[other.get(name, name)] for name in draw}
        exchanged["V"] = -draw["V"]
        return {name: np.where(swap, exchanged[name], draw[name]) for name in draw}


def supported(draw: Draw) -> Draw:
    """Return junctions moved into the range that is supported."""
    return {
        name: np.clip(draw[name], PARAMETERS[name].low, PARAMETERS[name].high) for name in NAMES
    }


def _leads(dice: Dice) -> Draw:
    """Return leads from the whole range, without fields: warm, cold, broad, sharp, normal."""
    T_S, gamma_S, gap_S = dice.spread(1e-4, 10.0), dice.spread(1e-8, 1.0), dice.spread(1e-2, 10.0)
    return {
        "V": 0.0 * T_S,
        "T_S": T_S,
        "T_Sm": dice.pick(T_S, 0.01, dice.spread(1e-4, 10.0), dice.spread(1e-4, 10.0)),
        "h_S": 0.0 * T_S,
        "h_exc": 0.0 * T_S,
        "gamma_S": gamma_S,
        "gamma_Sm": dice.pick(gamma_S, 1e-4, dice.spread(1e-8, 1.0), dice.spread(1e-8, 1.0)),
        "gap_S": gap_S,
        "gap_Sm": dice.pick(gap_S, 1.0, dice.spread(1e-2, 10.0), dice.spread(1e-2, 10.0)),
    }


def _fields(dice: Dice) -> Draw:
    """Return fields of which one or both are there, small or large."""
    h_S, h_exc = (dice.signed(dice.spread(1e-8, 10.0)) for _ in range(2))
    return {"h_S": dice.pick(0.0, 0.0, h_S, h_exc), "h_exc": h_exc}


def _edges(draw: Draw, dice: Dice) -> tuple[FloatArray, FloatArray]:
    """Return an edge of S at no bias and an edge of Sm, for spin up."""
    edge_S = -draw["h_S"] + dice.signed(draw["gap_S"])
    edge_Sm = -draw["h_exc"] + dice.signed(draw["gap_Sm"])
    return edge_S, edge_Sm


def small_bias(dice: Dice) -> Draw:
    """Return junctions without a field, with a bias below their broadenings and around them."""
    draw = _leads(dice)
    draw["gap_S"] = dice.pick(0.0, draw["gap_S"], draw["gap_S"], draw["gap_S"])
    mean = 0.5 * (draw["gamma_S"] + draw["gamma_Sm"])
    draw["V"] = dice.signed(mean * dice.pick(dice.spread(1e-12, 1.0), dice.spread(1e-2, 4.0)))
    return dice.relabelled(draw)


def small_bias_in_fields(dice: Dice) -> Draw:
    """Return junctions with fields, and a bias below their broadenings and around them."""
    return dice.relabelled(small_bias(dice) | _fields(dice))


def one_temperature(dice: Dice) -> Draw:
    """Return junctions of all but equal temperatures, most of them with hardly any bias."""
    draw = _leads(dice) | _fields(dice)
    apart = dice.pick(0.0, dice.spread(1e-16, 1e-2), dice.spread(1e-16, 1e-8))
    draw["T_Sm"] = draw["T_S"] * (1.0 + dice.signed(apart))
    V = dice.spread(1e-20, 1e-2)
    draw["V"] = dice.pick(0.0, 0.0, dice.signed(V), dice.signed(draw["T_S"] * apart))
    return draw


def cold_corners(dice: Dice) -> Draw:
    """Return sharp edges within a few k_BT of a cold Fermi step."""
    draw = _leads(dice) | _fields(dice)
    draw["T_S"], draw["T_Sm"] = dice.spread(1e-4, 0.3), dice.spread(1e-4, 0.03)
    draw["gamma_S"], draw["gamma_Sm"] = dice.spread(1e-8, 1e-2), dice.spread(1e-8, 1e-3)
    beside = BCS_RATIO * draw["T_Sm"] * dice.normal(4.0)
    draw["h_exc"] = dice.signed(draw["gap_Sm"] + beside)
    edge_S, edge_Sm = _edges(draw, dice)
    at_S_step = edge_Sm + BCS_RATIO * draw["T_S"] * dice.normal(4.0)
    at_Sm_step = -edge_S + beside
    anywhere = dice.signed(dice.spread(1e-8, 10.0))
    draw["V"] = dice.pick(at_S_step, at_Sm_step, edge_Sm - edge_S, anywhere, anywhere)
    return dice.relabelled(draw)


def hidden_steps(dice: Dice) -> Draw:
    """Return sharp edges so near the Fermi step of the hotter lead that it has no breakpoint."""
    draw = _leads(dice)
    draw["T_Sm"] = dice.spread(1e-4, 2.0)
    draw["T_S"] = draw["T_Sm"] * dice.spread(1e-3, 1.0)
    for name in ("gamma_S", "gamma_Sm"):
        draw[name] = dice.spread(1e-8, 1e-3)
    beside = dice.signed(np.pi * BCS_RATIO * draw["T_Sm"] * dice.spread(1e-2, 1.0))
    draw["h_exc"] = dice.signed(draw["gap_Sm"]) - beside
    draw["V"] = dice.signed(dice.spread(1e-3, 10.0))
    draw["h_S"] = dice.pick(0.0, draw["V"] + dice.signed(draw["gap_S"]) - beside)  # edges meet
    return dice.relabelled(draw)


def coincident_edges(dice: Dice) -> Draw:
    """Return junctions of which two edges meet, to a few units of the last place or about Γ."""
    draw = _leads(dice) | _fields(dice)
    edge_S, edge_Sm = _edges(draw, dice)
    V = edge_Sm - edge_S
    widths = np.minimum(draw["gamma_S"], draw["gamma_Sm"])
    beside = V + dice.signed(widths * dice.spread(1e-4, 1e3))
    draw["V"] = dice.pick(V, dice.nudged(V, 3), beside)
    return draw


def normal_lead_in_a_field(dice: Dice) -> Draw:
    """Return junctions with a field in a normal lead, where it does nothing."""
    draw = _leads(dice) | _fields(dice)
    draw["gap_Sm"] = 0.0 * draw["V"]
    draw["h_S"] = dice.pick(0.0, 0.0, draw["h_S"])
    draw["V"] = dice.signed(dice.pick(dice.spread(1e-14, 1.0), dice.spread(1e-3, 10.0)))
    return dice.relabelled(draw)


def normal_leads(dice: Dice) -> Draw:
    """Return junctions of one superconductor or none."""
    draw = _leads(dice) | _fields(dice)
    draw["gap_S"] = dice.pick(0.0, draw["gap_S"])
    draw["gap_Sm"] = dice.pick(0.0, 0.0 * draw["gap_Sm"], draw["gap_Sm"])
    _, edge_Sm = _edges(draw, dice)
    draw["V"] = dice.pick(edge_Sm, dice.signed(dice.spread(1e-8, 1e3)))
    return dice.relabelled(draw)


def large_bias(dice: Dice) -> Draw:
    """Return junctions far beyond their gaps."""
    draw = _leads(dice) | _fields(dice)
    draw["V"] = dice.signed(dice.spread(1.0, 1e3))
    return draw


def wide(dice: Dice) -> Draw:
    """Return junctions from all over the supported range."""
    draw = _leads(dice) | _fields(dice)
    for name in ("T_S", "T_Sm"):
        draw[name] = dice.spread(1e-4, 100.0)
    for name in ("gap_S", "gap_Sm"):
        draw[name] = dice.spread(1e-6, 100.0)
    draw["V"] = dice.signed(dice.spread(1e-12, 1e3))
    return draw


def extreme_broadenings(dice: Dice) -> Draw:
    """Return junctions whose broadenings are as large or as small as they may be."""
    draw = _leads(dice) | _fields(dice)
    for name in ("gamma_S", "gamma_Sm"):
        draw[name] = dice.pick(1e-8, 1.0, dice.spread(1e-8, 1e-7), dice.spread(0.1, 1.0))
    edge_S, edge_Sm = _edges(draw, dice)
    V = dice.signed(dice.spread(1e-8, 10.0))
    draw["V"] = dice.pick(edge_Sm - edge_S, V, V)
    return draw


def extreme_temperatures(dice: Dice) -> Draw:
    """Return junctions whose leads are as cold or as hot as they may be."""
    draw = _leads(dice) | _fields(dice)
    for name in ("T_S", "T_Sm"):
        draw[name] = dice.pick(1e-4, 100.0, dice.spread(1e-4, 1e-2), dice.spread(10.0, 100.0))
    edge_S, edge_Sm = _edges(draw, dice)
    V = dice.signed(dice.spread(1e-8, 10.0))
    draw["V"] = dice.pick(edge_Sm - edge_S, edge_Sm, -edge_S, V, V, V)
    return draw


def usual(dice: Dice) -> Draw:
    """Return junctions that one computes: aluminium at some fraction of T_c, a thin magnet."""
    draw = _leads(dice)
    draw["T_S"], draw["T_Sm"] = dice.spread(0.1, 1.0), dice.spread(0.01, 0.5)
    draw["gamma_S"] = draw["gamma_Sm"] = dice.spread(1e-6, 1e-1)
    draw["h_exc"] = dice.pick(0.0, dice.spread(1e-2, 0.7))
    draw["gap_S"], draw["gap_Sm"] = dice.spread(0.2, 1.0), dice.pick(1.0, dice.spread(0.5, 1.0))
    edge_S, edge_Sm = _edges(draw, dice)
    V = dice.signed(dice.spread(1e-4, 2.5))
    draw["V"] = dice.pick(edge_Sm - edge_S, V, V)
    return draw


def zeros(dice: Dice) -> Draw:
    """Return junctions at a zero of the spin-up current, or beside it: where two tails cancel.

    The zeros are those of the kernels; a junction without one keeps some bias.
    """
    draw = _leads(dice) | _fields(dice)
    draw["V"] = dice.signed(dice.spread(1e-3, 1.0))
    outer, inner = 10.0 * draw["V"], 0.0 * draw["V"]
    for factor in np.geomspace(0.01, 10.0, 16):
        V = factor * draw["V"]
        changed = (inner == 0.0) & (_spin_up(draw, V) * _spin_up(draw, 1.5 * V) < 0.0)
        inner, outer = np.where(changed, V, inner), np.where(changed, 1.5 * V, outer)
    for _ in range(50):
        middle = 0.5 * (inner + outer)
        beyond = _spin_up(draw, inner) * _spin_up(draw, middle) > 0.0
        inner, outer = np.where(beyond, middle, inner), np.where(beyond, outer, middle)
    found = _spin_up(draw, inner) * _spin_up(draw, outer) <= 0.0
    beside = 1.0 + dice.signed(dice.pick(0.0, dice.spread(1e-16, 1e-2)))
    draw["V"] = np.where(found, outer, draw["V"]) * beside
    return draw


def _spin_up(draw: Draw, V: FloatArray) -> FloatArray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ToleranceWarning)
        return currents(V, junction_of(draw), rtol=1e-6).up


def junction_of(draw: Draw) -> Junction:
    """Return the junctions of a draw, in the range that is supported."""
    fields = supported(draw)
    return Junction(**{name: fields[name] for name in NAMES[1:]}, gap_model="constant")


KINDS: dict[str, Callable[[Dice], Draw]] = {
    "small bias": small_bias,
    "small bias in fields": small_bias_in_fields,
    "one temperature": one_temperature,
    "cold corners": cold_corners,
    "hidden steps": hidden_steps,
    "coincident edges": coincident_edges,
    "normal lead in a field": normal_lead_in_a_field,
    "normal leads": normal_leads,
    "large bias": large_bias,
    "wide": wide,
    "extreme broadenings": extreme_broadenings,
    "extreme temperatures": extreme_temperatures,
    "zeros": zeros,
    "usual": usual,
}


def drawn(kind: str, number: int, seed: int, part: int) -> Draw:
    """Return junctions of a kind: part ``part`` of those that a seed gives."""
    sequence = np.random.SeedSequence([seed, part, *kind.encode()])
    return supported(KINDS[kind](Dice(np.random.default_rng(sequence), number)))
