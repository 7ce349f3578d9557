"""Integrals on a simulated graphics card against those of the processor, without a card."""

import os
import subprocess
import sys
from pathlib import Path

import device_cases
import numpy as np

from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.leads import leads_of
from thermospin.kernels.tunnelling import is_averaged
from thermospin.machine.compilation import from_python

SIMULATED = {"NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"}
SPEC = """
axes: {h_exc: [0, 0.3], V: [-0.4, 0, 0.4]}
fixed: {T_S: 0.7, T_Sm: 0.2, gamma: 1e-3}
gap_model: tanh
outputs: [I_q, dIdV, G_0]
numerics: {rtol: 1e-4}
"""


def test_a_simulated_card_gives_the_bits_of_the_processor(tmp_path):
    """In one test, so that one process simulates them all.

    The simulator fuses no multiplications with additions but those that kernels fuse.
    """
    path = tmp_path / "simulated.npz"
    command = [sys.executable, "-W", "error", device_cases.__file__, "cuda", path]
    subprocess.run(command, env=os.environ | SIMULATED, check=True)
    computed = device_cases.results("cpu")
    assert tuple(computed) == device_cases.CASES
    means = are_means(device_cases.POINTS)
    with np.load(path) as found:
        for case, parts in computed.items():
            on_card = ~means[: len(parts[0])] if "currents to" in case else slice(None)
            for name, part in zip(("value", "error", "met"), parts, strict=True):
                simulated, here = found[f"{case}/{name}"], np.asarray(part)
                np.testing.assert_array_equal(simulated[on_card], here[on_card], err_msg=case)
            assert np.all(parts[2]), case
        assert found["left"].tolist() == np.flatnonzero(are_means(device_cases.FEW)).tolist()
    assert 0 < np.count_nonzero(means) < means.size / 2


def are_means(count):
    """Return which currents are means of eight derivatives, which a card leaves to the processor.

    In the simulator the processor is Python, too, whose sums are taken in another order.
    """
    V, _, table = device_cases.hostile_points(count)
    is_mean, leads = from_python(is_averaged), from_python(leads_of)
    return np.array([is_mean(CURRENT, V[i], leads(row), ()) for i, row in enumerate(table)])


def thermospin(*words, **environment):
    """Run a command, with what the simulator lacks where one is asked for."""
    simulator = "import simulated_card; " if environment else ""
    code = f"{simulator}from thermospin.cli import main; main()"
    command = [sys.executable, "-c", code, *map(str, words)]
    here = {"PYTHONPATH": str(Path(device_cases.__file__).parent)}
    return subprocess.run(
        command, env=os.environ | here | environment, capture_output=True, text=True, check=False
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
