"""Points that lie far off what describes all the others."""

import numpy as np
import pytest

import thermospin as ts

TRUTH = ts.Junction(T=0.3, gamma=0.01)
V = np.linspace(-3.0, 3.0, 401)
FREE = ("Delta_0", "G_T", "gamma", "T", "V_offset")
NOISE = 0.01


def noisy(conductance):
    return conductance + NOISE * np.random.default_rng(7).normal(size=V.size)


def fitted(values, free=FREE):
    return ts.fit((V, values), kind="dIdV", free=free)


def test_spikes_are_left_out_and_told():
    values = noisy(ts.differential_conductance(V, TRUTH))
    values[[50, 170]] += (3.0, -2.0)
    found = fitted(values)
    assert found.describes_the_data
    assert found.dof == V.size - 2 - len(FREE)
    assert any("2 of 401 points are left out" in note for note in found.notes)
    assert abs(found.values["Delta_0"] - 1.0) < 4.0 * found.errors["Delta_0"]


def test_so_is_a_supercurrent():
    peak = 5.0 * np.exp(-((V / 0.02) ** 2))
    found = fitted(noisy(ts.differential_conductance(V, TRUTH) + peak))
    assert found.describes_the_data
    assert any("points are left out" in note and "at V = -0.0" in note for note in found.notes)
    assert abs(found.values["gamma"] - 0.01) < 4.0 * found.errors["gamma"]


def test_clean_data_lose_no_point():
    found = fitted(noisy(ts.differential_conductance(V, TRUTH)))
    assert found.dof == V.size - len(FREE)
    assert not any("left out" in note for note in found.notes)


def test_a_wrong_model_is_not_made_right():
    field = ts.Junction(T=0.3, gamma=0.01, h_exc=0.2)
    some = slice(None, None, 8)
    values = noisy(ts.differential_conductance(V, field))
    found = ts.fit((V[some], values[some]), kind="dIdV", free=FREE)
    assert not found.describes_the_data
    assert found.dof == V[some].size - len(FREE)


def test_arrays_in_volts_need_a_material():
    with pytest.raises(ValueError, match="give a material for data in SI"):
        ts.fit((2e-4 * V, V), kind="I", free=["T"])
