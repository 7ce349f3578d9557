"""Prints the digests of the bits of results: ``python tests/support/bits_of_results.py [all]``.

Run with other settings of the libraries it shows whether these change a bit; see
``test_processors``. The junctions come from whole numbers, by arithmetic alone.
"""

import hashlib
import json
import sys
import warnings

import numpy as np

from thermospin import Junction, ToleranceWarning, evaluate, flows, matching_voltages
from thermospin.kernels.rules import FASTEST, QUADRATURE

COUNT = 400
BIAS = np.linspace(-2.0, 2.0, 401)


def uniform(low, high, seed):
    """Return numbers between two bounds, by a generator of whole numbers."""
    return low + (high - low) * np.random.default_rng(seed).random(COUNT)


def decades(lowest, count, seed):
    """Return numbers over some decades, without a power."""
    decade = np.random.default_rng(seed).integers(0, count, COUNT)
    return np.array([float(f"1e{lowest + k}") for k in decade]) * uniform(1.0, 10.0, seed + 1)


def junctions(gap_model="self-consistent", **other):
    """Return junctions of all kinds."""
    leads = {
        "T_S": uniform(0.05, 1.2, 1),
        "T_Sm": decades(-3, 3, 2),
        "h_exc": uniform(-0.8, 0.8, 4),
        "h_S": np.maximum(uniform(-0.3, 0.3, 5), 0.0),
        "gamma_S": decades(-7, 6, 6),
        "gamma_Sm": decades(-7, 6, 8),
        "gap_Sm": uniform(0.3, 1.5, 10),
    }
    return Junction(**(leads | other), gap_model=gap_model)


def digest(*arrays):
    """Return the digest of some arrays."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:16]


def outputs(names, V, junction, rtol=1e-8):
    """Return the digest of outputs with and without a bias."""
    found = evaluate(names, V, junction, rtol=rtol)
    return digest(*(found.values[name] for name in names))


def currents_of_families():
    """Return the digest of currents of many voltages and exchange fields together."""
    fields = np.linspace(0.0, 0.7, 141)
    cold = {"T_Sm": 0.01, "h_exc": fields, "gamma": 1e-4}
    return digest(*evaluate(["I_up", "I_error"], BIAS, Junction(T_S=0.7, **cold)).values.values())


def heat_and_noise(V):
    """Return the digest of heat and noise."""
    found = flows(V, junctions())
    return digest(found.J_S, found.J_Sm, found.S_I, found.J_error)


def some():
    """Return what is computed everywhere."""
    gaps = {
        f"gaps, {model}": outputs(["Delta_S", "Delta_Sm"], None, junctions(model))
        for model in ("self-consistent", "tanh", "dynes")
    }
    signal = ["I_up", "I_down", "I_error"]
    currents = {
        f"currents to {rtol:g}": outputs(signal, BIAS[::100], junctions(), rtol)
        for rtol in (1e-4, 1e-8, 1e-12)
    }
    tables = {"tables": digest(QUADRATURE.rules, QUADRATURE.nodes, FASTEST)}
    turned = junctions(theta=uniform(0.0, 1.0, 20), P=uniform(-1.0, 1.0, 21))
    return {
        **tables,
        **gaps,
        **currents,
        "G_0": outputs(["G_0"], None, junctions()),
        "turned fields": outputs(["I_q", "G", "dIdV"], BIAS[::100], turned),
    }


def more():
    """Return what has kernels of its own: dense meshes, heat and noise, what is searched for."""
    few = Junction(T_S=uniform(0.3, 0.9, 1)[:20], h_exc=uniform(0.0, 0.6, 2)[:20], R_L=20.0)
    searched = ["V_S", "G_max", "power_max", "efficiency_max", "V_load"]
    turned = junctions(theta=uniform(0.0, 1.0, 20), P=uniform(-1.0, 1.0, 21))
    return {
        "dense mesh": currents_of_families(),
        "heat and noise": heat_and_noise(matching_voltages(junctions())[0]),
        "I_c": outputs(["I_c", "I_c_error"], None, turned),
        **{name: outputs([name], None, few) for name in searched},
    }


def main():
    """Print the digests as JSON."""
    warnings.simplefilter("ignore", ToleranceWarning)
    print(json.dumps(some() | (more() if sys.argv[1:] == ["all"] else {})))


if __name__ == "__main__":
    main()
