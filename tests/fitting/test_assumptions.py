"""What a fit assumes of data of which nothing is said."""

import numpy as np
import pytest
from click.testing import CliRunner

import thermospin as ts
from thermospin.cli import main
from thermospin.fitting.assumptions import freed_scales, guessed_scales, in_si, usual_free
from thermospin.measured import read_curve

SCALES = ts.Material(Delta_0="200 ueV", G_T="100 uS")
TRUTH = {"T_S": 0.7, "T_Sm": 0.1, "h_exc": 0.4, "gamma": 5e-3}
NOISE = {"I": 1e-3, "dIdV": 3e-3}


def written(path, kind, *, offset=0.003, **changed):
    """Write the curve of a junction with noise to a file in mV and nA, or µS."""
    V = np.linspace(-2.6, 2.6, 301)
    junction = ts.Junction(**{**TRUTH, **changed})
    noise = NOISE[kind] * np.random.default_rng(5).normal(size=V.size)
    if kind == "I":
        values = (
            (ts.currents(V - offset, junction).charge + noise) * SCALES.G_T * SCALES.Delta_0 * 1e9
        )
        heading = "bias (mV)\tcurrent (nA)"
    else:
        values = (ts.differential_conductance(V - offset, junction) + noise) * SCALES.G_T * 1e6
        heading = "bias (mV)\tdI/dV (uS)"
    table = np.stack((V * SCALES.Delta_0 * 1e3, values), axis=1)
    np.savetxt(path, table, fmt="%.7e", delimiter="\t", header=heading)
    return path


@pytest.mark.parametrize("kind", ["I", "dIdV"])
def test_scales_are_guessed_from_the_curve(tmp_path, kind):
    curve = read_curve(written(tmp_path / "curve.dat", kind))
    scales = ts.Material(**guessed_scales([curve], 2))
    assert in_si([curve])
    assert scales.Delta_0 == pytest.approx(SCALES.Delta_0, rel=0.3)
    assert abs(scales.G_T / SCALES.G_T - 1.0) < 0.5


def test_the_edge_of_a_normal_lead_is_one_gap(tmp_path):
    curve = read_curve(written(tmp_path / "curve.dat", "dIdV", gap_Sm=0.0, h_exc=0.0, T_S=0.2))
    assert ts.Material(**guessed_scales([curve], 1)).Delta_0 == pytest.approx(
        SCALES.Delta_0, rel=0.4
    )


@pytest.mark.parametrize("kind", ["I", "dIdV"])
def test_a_file_alone_is_fitted(tmp_path, kind):
    found = ts.fit(written(tmp_path / "curve.dat", kind), fixed={"T_Sm": "0.1"})
    # T_Sm is in units of the guess: too low to matter.
    assert found.converged
    assert found.material.Delta_0 == pytest.approx(SCALES.Delta_0, rel=1e-3)
    assert abs(found.material.G_T / SCALES.G_T - 1.0) < 2e-3
    (junction,) = found.junctions
    for name in ("T_S", "h_exc"):
        assert float(getattr(junction, name)) == pytest.approx(TRUTH[name], rel=5e-3)


def test_the_command_says_what_it_assumes(tmp_path):
    file = str(written(tmp_path / "curve.dat", "I"))
    done = CliRunner().invoke(main, ["fit", file, "--fixed", "T_Sm=0.1", "--json"])
    assert "nothing is said to be free: Delta_0, G_T, gamma, T_S, h_exc, V_offset" in done.stderr
    assert "no material is given: units are those of Delta_0 = " in done.stderr
    assert '"Delta_0"' in done.stdout


def test_guessed_scales_are_free_as_well(tmp_path):
    file = str(written(tmp_path / "curve.dat", "I"))
    words = ["fit", file, "--fixed", "T_Sm=0.1", "--free", "gamma,T_S,h_exc,V_offset"]
    done = CliRunner().invoke(main, words)
    assert "guessed from the curves; Delta_0 and G_T are free as well" in done.stderr
    assert "Delta_0 " in done.stdout


@pytest.mark.parametrize(
    ("given", "kinds", "expected"),
    [
        ((), {"I"}, ["Delta_0", "G_T", "gamma", "T", "h_exc", "V_offset", "I_offset"]),
        (("T_Sm", "h_exc"), {"dIdV"}, ["Delta_0", "G_T", "gamma", "T_S", "V_offset"]),
        (("T", "gap_S", "gamma_S"), {"dIdV"}, ["G_T", "h_exc", "V_offset"]),
    ],
)
def test_what_is_fixed_is_not_free(given, kinds, expected):
    assert usual_free(given, kinds) == expected


def test_scales_that_are_given_are_not_freed():
    assert freed_scales(("Delta_0", "G_T")) == []
    assert freed_scales(("gap_S",)) == ["G_T"]
