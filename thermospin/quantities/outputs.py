"""The quantities that are computed: every output, and all that the other rooms ask about one.

To add an output, write an entry in `OUTPUTS` and the attribute that the entry names, a property of
the result that the entry names; see `Source`. For ``thermospin verify`` the slow reference in
``thermospin.verification`` needs a formula of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Search(NamedTuple):
    """A search for something among all voltages, and what it costs at a junction.

    ``cost`` is counted in currents at one voltage.
    """

    name: str
    cost: int


@dataclass(frozen=True)
class Source:
    """A result of ``thermospin.observables.evaluation`` whose attributes are outputs.

    Attributes
    ----------
    name : str
        Name of the method there that computes this result.
    biased : bool
        Whether it depends on V.
    loaded : bool
        Whether it depends on R_L.
    pumped : bool
        Whether it is about microwaves, and needs V_ac.
    still : bool
        Whether it is known only without microwaves.
    heated : bool
        Whether it needs a heater in place of T_S.
    search : Search or None
        The search that the result needs, if any. Several results may share one search.
    """

    name: str
    biased: bool
    loaded: bool = False
    heated: bool = False
    search: Search | None = None
    pumped: bool = False
    still: bool = False


CURRENTS = Source("currents", biased=True)
FLOWS = Source("flows", biased=True)
SLOPE = Source("slope", biased=True)
_ABSORBED = Source("absorbed", biased=True, pumped=True)
STEADY = Source("steady", biased=True, heated=True)
_CHORD = Source("chord", biased=True)
_GAPS = Source("gaps", biased=False)
_EDGES = Source("edges", biased=False)
_MATCHING = Source("matching", biased=False)
_ZERO_BIAS = Source("zero_bias", biased=False)
_SUPERCURRENT = Source("supercurrent", biased=False, still=True)
_PEAK = Source("peak", biased=False)
_PEAK_CHORD = Source("peak_chord", biased=False)
_SEEBECK = Source("seebeck", biased=False, search=Search("zeros of I_q", 64))
_MOST_POWER = Source("most_power", biased=False, search=Search("power", 400), still=True)
_MOST_EFFICIENCY = Source(
    "most_efficiency", biased=False, search=Search("efficiency", 400), still=True
)
_MOST_LOAD = Source("most_load", biased=False, search=Search("load conductance", 400), still=True)
_AT_REST = Search("zeros of I_q + V/R_L", 400)
_LOAD = Source("load", biased=False, loaded=True, search=_AT_REST, still=True)
_LOAD_FLOWS = Source("load_flows", biased=False, loaded=True, search=_AT_REST, still=True)


class Parity(NamedTuple):
    """The signs that an output takes where other quantities change theirs.

    ``bias`` is its sign where V and P are reversed, ``field`` where both exchange fields are.
    """

    bias: int
    field: int


_EVEN = Parity(1, 1)
_ODD_IN_BIAS = Parity(-1, 1)
_ODD_IN_FIELD = Parity(1, -1)


@dataclass(frozen=True)
class Output:
    """A quantity that is computed.

    Attributes
    ----------
    name, meaning, unit : str
        The name and the unit are those in files, the meaning is the long name there.
    symbol : str
        The symbol in figures, mathtext without dollar signs.
    source : Source
        The result that has the values of the output.
    attribute : str
        Name of the attribute of the result that holds them.
    parity : Parity
        The signs it takes where V and P, or both exchange fields, are reversed.
    partner : str or None
        The output that has these signs instead, if reversal turns this output into another one.
    may_be_undefined : bool
        Whether it may be NaN at a point whose status is "ok".
    may_diverge : bool
        Whether it may be NaN or ∞ if a current flows at V = 0, through a polarised barrier.
    bounds : tuple of pairs of str and int
        The outputs whose errors it estimates, and how many times itself bounds each: two for a sum
        of two currents.
    spans_decades : bool
        Whether it is positive and may span decades, so that figures have a logarithmic scale.
    thermoactive : int
        The sign that it has where the junction turns heat into electric power, which figures show
        in blue; 0 if its sign does not say that.
    apart : bool
        Whether it is much larger or smaller than other outputs of its unit, so that figures give it
        a panel of its own.
    """

    name: str
    meaning: str
    unit: str
    symbol: str
    source: Source
    attribute: str
    parity: Parity = _EVEN
    partner: str | None = None
    may_be_undefined: bool = False
    may_diverge: bool = False
    bounds: tuple[tuple[str, int], ...] = ()
    spans_decades: bool = False
    thermoactive: int = 0
    apart: bool = False

    @property
    def biased(self) -> bool:
        """Whether it depends on V."""
        return self.source.biased

    @property
    def loaded(self) -> bool:
        """Whether it depends on R_L."""
        return self.source.loaded

    @property
    def pumped(self) -> bool:
        """Whether it is about microwaves, and needs V_ac."""
        return self.source.pumped

    @property
    def heated(self) -> bool:
        """Whether it needs a heater."""
        return self.source.heated

    @property
    def is_error(self) -> bool:
        """Whether it is an estimated error of other outputs."""
        return bool(self.bounds)

    @property
    def signed(self) -> bool:
        """Whether its sign has a meaning: a direction, or that of the power."""
        reversed_ = self.partner is not None or -1 in self.parity
        return reversed_ or self.thermoactive != 0


_CURRENT = "G_T Δ0/e"
_POWER = "G_T Δ0²/e²"
_NOISE = "G_T Δ0"

# fmt: off
OUTPUTS: dict[str, Output] = {
    output.name: output
    for output in (  # name, meaning, unit and symbol; source, attribute and what else differs
        Output("I_up", "spin-up current", _CURRENT, r"I_\uparrow",
               CURRENTS, "up", _ODD_IN_BIAS, partner="I_down"),
        Output("I_down", "spin-down current", _CURRENT, r"I_\downarrow",
               CURRENTS, "down", _ODD_IN_BIAS, partner="I_up"),
        Output("I_q", "charge current I_up + I_down", _CURRENT, r"I_\mathrm{q}",
               CURRENTS, "charge", _ODD_IN_BIAS),
        Output("I_s", "spin current I_up − I_down", _CURRENT, r"I_\mathrm{s}",
               CURRENTS, "spin", _ODD_IN_FIELD),
        Output("G", "conductance I_q/V", "G_T", r"G",
               _CHORD, "value", may_diverge=True, thermoactive=-1),
        Output("dIdV", "differential conductance dI_q/dV", "G_T",
               r"(\mathrm{d}I_\mathrm{q}/\mathrm{d}V)",
               SLOPE, "value", thermoactive=-1, apart=True),
        Output("SGE", "spin current generation efficiency I_s/(|I_up| + |I_down|)", "",
               r"\mathrm{SGE}",
               CURRENTS, "sge", _ODD_IN_FIELD, may_be_undefined=True),
        Output("spin_to_charge", "|I_s/I_q|, which a perfect spin filter makes 1", "",
               r"|I_\mathrm{s}/I_\mathrm{q}|",
               CURRENTS, "spin_to_charge", may_be_undefined=True, spans_decades=True, apart=True),
        Output("power", "thermoelectric power −I_q V", _POWER, r"P",
               CURRENTS, "power", thermoactive=1),
        Output("I_error", "estimated error of I_up and I_down, the larger", _CURRENT, r"\delta I",
               CURRENTS, "error", bounds=(("I_up", 1), ("I_down", 1), ("I_q", 2), ("I_s", 2)),
               spans_decades=True, apart=True),
        Output("J_S", "heat current leaving S", _POWER, r"J_\mathrm{S}",
               FLOWS, "J_S"),
        Output("J_Sm", "heat current entering Sm", _POWER, r"J_\mathrm{Sm}",
               FLOWS, "J_Sm"),
        Output("J_error", "estimated error of J_S and J_Sm, the larger", _POWER, r"\delta J",
               FLOWS, "J_error", bounds=(("J_S", 1), ("J_Sm", 1)), spans_decades=True, apart=True),
        Output("efficiency", "power/J_S, where power > 0 and heat leaves S", "", r"\eta",
               FLOWS, "efficiency", may_be_undefined=True),
        Output("carnot_fraction", "efficiency over Carnot's 1 − T_Sm/T_S", "",
               r"(\eta/\eta_\mathrm{C})",
               FLOWS, "carnot_fraction", may_be_undefined=True),
        Output("S_I", "zero-frequency noise of the charge current", _NOISE, r"S_I",
               FLOWS, "S_I", spans_decades=True),
        Output("S_I_error", "estimated error of S_I", _NOISE, r"\delta S_I",
               FLOWS, "S_I_error", bounds=(("S_I", 1),), spans_decades=True, apart=True),
        Output("fano", "Fano factor S_I/(2e|I_q|)", "", r"F",
               FLOWS, "fano", may_be_undefined=True, spans_decades=True, apart=True),
        Output("P_ac", "power taken from microwaves", _POWER, r"P_\mathrm{ac}",
               _ABSORBED, "value", apart=True),
        Output("P_ac_error", "estimated error of P_ac", _POWER, r"\delta P_\mathrm{ac}",
               _ABSORBED, "error", bounds=(("P_ac", 1),), spans_decades=True, apart=True),
        Output("T_S_rising", "steady T_S reached as the heater grows from zero", "T_c",
               r"T_\mathrm{S}^\uparrow", STEADY, "rising", may_be_undefined=True),
        Output("T_S_falling", "steady T_S reached as the heater falls from a large power", "T_c",
               r"T_\mathrm{S}^\downarrow", STEADY, "falling", may_be_undefined=True),
        Output("Delta_S", "gap of S", "Δ0", r"\Delta_\mathrm{S}",
               _GAPS, "S"),
        Output("Delta_Sm", "gap of Sm", "Δ0", r"\Delta_\mathrm{Sm}",
               _GAPS, "Sm"),
        Output("E_g_S", "lowest energy at which S has states", "Δ0", r"E_\mathrm{g,S}",
               _EDGES, "S", may_be_undefined=True),
        Output("E_g_Sm", "lowest energy at which Sm has states", "Δ0", r"E_\mathrm{g,Sm}",
               _EDGES, "Sm", may_be_undefined=True),
        Output("G_0", "zero-bias conductance dI_q/dV at V = 0", "G_T", r"G_0",
               _ZERO_BIAS, "value", thermoactive=-1),
        Output("V_p_minus", "inner matching voltage", "Δ0/e", r"V_\mathrm{p}^{-}",
               _MATCHING, "inner", may_be_undefined=True),
        Output("V_p_plus", "outer matching voltage", "Δ0/e", r"V_\mathrm{p}^{+}",
               _MATCHING, "outer", may_be_undefined=True),
        Output("I_q_peak", "charge current at V_p_minus", _CURRENT,
               r"I_\mathrm{q}(V_\mathrm{p}^{-})",
               _PEAK, "charge", may_be_undefined=True),
        Output("I_s_peak", "spin current at V_p_minus", _CURRENT,
               r"I_\mathrm{s}(V_\mathrm{p}^{-})",
               _PEAK, "spin", _ODD_IN_FIELD, may_be_undefined=True),
        Output("G_max", "conductance I_q/V at V_p_minus", "G_T", r"G_\mathrm{max}",
               _PEAK_CHORD, "value", may_be_undefined=True, may_diverge=True, thermoactive=-1),
        Output("V_S", "Seebeck voltage, outermost zero of I_q from − to +", "Δ0/e",
               r"V_\mathrm{S}",
               _SEEBECK, "V", may_be_undefined=True),
        Output("power_max", "largest power at any V", _POWER, r"P_\mathrm{max}",
               _MOST_POWER, "value"),
        Output("efficiency_max", "largest efficiency at any V", "", r"\eta_\mathrm{max}",
               _MOST_EFFICIENCY, "value"),
        Output("G_load_max", "largest conductance of a load that is driven", "G_T",
               r"G_\mathrm{L,max}",
               _MOST_LOAD, "value", may_diverge=True),
        Output("V_load", "stable voltage across the load, the outermost", "Δ0/e", r"V_\mathrm{L}",
               _LOAD, "V"),
        Output("power_load", "power V_load²/R_L in the load", _POWER, r"P_\mathrm{L}",
               _LOAD, "power"),
        Output("efficiency_load", "efficiency at V_load", "", r"\eta_\mathrm{L}",
               _LOAD_FLOWS, "efficiency", may_be_undefined=True),
        Output("I_c", "critical current of the supercurrent at V = 0", _CURRENT, r"I_\mathrm{c}",
               _SUPERCURRENT, "value"),
        Output("I_c_error", "estimated error of I_c", _CURRENT, r"\delta I_\mathrm{c}",
               _SUPERCURRENT, "error", bounds=(("I_c", 1),), spans_decades=True, apart=True),
        Output("h_t", "threshold exchange field Delta_Sm − Delta_S", "Δ0", r"h_\mathrm{t}",
               _GAPS, "threshold"),
    )
}
# fmt: on
"""Every output by name."""


WITH_MICROWAVES = 300
"""So many times as much costs a search with microwaves."""


def cost_of(names: Iterable[str], *, pumped: bool = False) -> int:
    """Return what outputs without a bias cost at a junction, in currents at one voltage.

    A search counts once however many outputs need it, and any other output counts as one; with
    microwaves (``pumped``) searches take longer.
    """
    searches = [OUTPUTS[name].source.search for name in names]
    each = WITH_MICROWAVES if pumped else 1
    return searches.count(None) + each * sum(search.cost for search in {*searches} if search)


STATUS = {"not_computed": 0, "ok": 1, "tolerance_missed": 2}
"""What became of a point; the zero of a file that was never written means not computed."""
