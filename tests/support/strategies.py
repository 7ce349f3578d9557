"""What hypothesis draws for the tests of laws: voltages and junctions of every kind allowed."""

import math

from hypothesis import strategies as st

from thermospin.quantities import PARAMETERS

ROUNDING = 1e-14  # the exponential of a logarithm may lie this much beyond a limit


def log_uniform(low, high):
    """Return numbers between two positive ones, each decade as often."""
    return st.floats(math.log(low), math.log(high)).map(math.exp)


def within(name, smallest):
    """Return all that is allowed of a quantity, of every size from ``smallest`` on, and 0."""
    low, high = PARAMETERS[name].low, PARAMETERS[name].high
    sizes = log_uniform(max(low, smallest), high * (1 - ROUNDING))
    if low > 0.0:
        return sizes
    return st.just(0.0) | sizes | (sizes.map(lambda x: -x) if low < 0.0 else sizes)


BIAS = within("V", 1e-12)
JUNCTIONS = st.fixed_dictionaries(
    {
        "T_S": within("T_S", 1e-4 * (1 + ROUNDING)),
        "T_Sm": within("T_Sm", 1e-4 * (1 + ROUNDING)),
        "h_exc": within("h_exc", 1e-8),
        "h_S": within("h_S", 1e-8),
        "gamma_S": within("gamma_S", 1e-8 * (1 + ROUNDING)),
        "gamma_Sm": within("gamma_Sm", 1e-8 * (1 + ROUNDING)),
        "gap_S": within("gap_S", 1e-6),
        "gap_Sm": within("gap_Sm", 1e-6),
        "gap_model": st.sampled_from(["self-consistent", "tanh", "constant", "dynes"]),
    }
)


def reversed_fields(parameters):
    """Return the parameters of the junction with both exchange fields reversed."""
    return parameters | {"h_exc": -parameters["h_exc"], "h_S": -parameters["h_S"]}
