"""Integrals on a simulated graphics card against those of the processor, without a card."""

import os
import subprocess
import sys

import device_cases
import numpy as np

from thermospin.kernels.leads import leads_of
from thermospin.kernels.tunnelling import CURRENT, is_averaged
from thermospin.machine.compilation import from_python

SIMULATED = {"NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"}
SPEC = """
axes: {h_exc: [0, 0.3], V: [-0.4, 0, 0.4]}
fixed: {T_S: 0.7, T_Sm: 0.2, gamma: 1e-3}
gap_model: tanh
outputs: [I_q, dIdV, G_0]
numerics: {rtol: 1e-4}
"""


def test_values_differ_by_a_tenth_of_the_estimate_at_most(tmp_path):
    """In one test, so that one process simulates them all."""
    path = tmp_path / "simulated.npz"
    command = [sys.executable, "-W", "error", device_cases.__file__, "cuda", path]
    subprocess.run(command, env=os.environ | SIMULATED, check=True)
    computed = device_cases.results("cpu")
    assert tuple(computed) == device_cases.CASES
    with np.load(path) as found:
        for case, parts in computed.items():
            value, error, met = (np.asarray(part) for part in parts)
            difference = np.abs(found[f"{case}/value"] - value)
            assert np.all(difference <= device_cases.SHARE * error), case
            change = np.abs(found[f"{case}/error"] - error)
            assert np.all(change <= device_cases.SHARE * error), case
            np.testing.assert_array_equal(found[f"{case}/met"], met, err_msg=case)
            assert met.all(), case
        check_what_is_left(found["left"])


def check_what_is_left(left):
    """Require that the card left the currents that are means of eight derivatives, and no other."""
    V, _, table = device_cases.hostile_points(device_cases.FEW)
    means, leads = from_python(is_averaged), from_python(leads_of)
    expected = [i for i, row in enumerate(table) if means(CURRENT, V[i], leads(row), ())]
    assert left.tolist() == expected
    assert 0 < left.size < device_cases.FEW


def thermospin(*words, **environment):
    command = [sys.executable, "-m", "thermospin", *map(str, words)]
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_a_sweep_names_its_device_and_is_not_taken_for_one_of_another(tmp_path):
    spec, output = tmp_path / "spec.yaml", tmp_path / "card.h5"
    spec.write_text(SPEC, encoding="utf-8")
    done = thermospin("run", spec, "-o", output, "--device", "cuda", **SIMULATED)
    assert done.returncode == 0, done.stderr
    assert "cuda: simulator" in thermospin("info", output).stdout
    again = thermospin("run", spec, "-o", output, "--resume")
    assert again.returncode == 2
    assert "exists, but is not what is asked for" in again.stderr
    # Shards of several devices do not go together: tests/sweep/test_numerics.py.
