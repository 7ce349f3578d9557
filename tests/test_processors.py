"""The same bits on every x86-64 processor.

No test can change the processor, but it can have the kernels compiled for another one, and keep
NumPy and OpenBLAS from the code that they have for this one.
"""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import INTERPRETED
from llvmlite import binding

SCRIPT = Path(__file__).with_name("bits_of_results.py")
HOST = binding.get_host_cpu_features()
WITHOUT_FMA = "sandybridge"

pytestmark = pytest.mark.skipif(
    INTERPRETED or platform.machine() not in ("x86_64", "AMD64") or not HOST.get("fma"),
    reason="there is no machine code, or not that of x86-64 with FMA",
)


def printed(*command, **settings):
    """Return what a new Python prints, with other settings in its environment."""
    environment = os.environ | settings
    command = [sys.executable, *map(str, command)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def of_another(processor):
    """Return the settings with which the libraries work as they do on another processor."""
    from numpy._core import _multiarray_umath as compiled

    there = [name for name in compiled.__cpu_dispatch__ if compiled.__cpu_features__[name]]
    return {
        "NUMBA_CPU_NAME": processor,
        "NUMBA_CPU_FEATURES": "",
        "NPY_DISABLE_CPU_FEATURES": " ".join(there),
        "OPENBLAS_CORETYPE": "Nehalem",
    }


def test_the_bits_are_those_of_a_processor_half_as_wide(tmp_path):
    here = printed(SCRIPT)
    assert printed(SCRIPT, NUMBA_CACHE_DIR=str(tmp_path), **of_another("haswell")) == here
    digests = json.loads(here).values()
    assert len(set(digests)) == len(digests)


@pytest.mark.slow
@pytest.mark.parametrize("processor", ["haswell", "znver2", "skylake-avx512", WITHOUT_FMA])
def test_all_results_have_the_same_bits_on_other_processors(tmp_path, processor):
    there = printed(SCRIPT, "all", NUMBA_CACHE_DIR=str(tmp_path), **of_another(processor))
    assert there == printed(SCRIPT, "all")


@pytest.mark.skipif(not HOST.get("avx512f"), reason="NumPy has no other code for this processor")
def test_the_libraries_do_take_other_code_then():
    code = "import numpy as np; print(np.exp(np.linspace(-9, 9, 10_000)).tobytes().hex())"
    here, there = printed("-c", code), printed("-c", code, **of_another("haswell"))
    assert here != there
    assert len(here) == len(there)
