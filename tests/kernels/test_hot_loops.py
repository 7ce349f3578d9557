"""The loops over nodes work on as many nodes at once as the processor is wide.

What keeps the compiler from it is silent: a call to the library's exp, or an odd flag.
"""

import platform
import re
from pathlib import Path

import numpy as np
import pytest
from frozen_records import INTERPRETED
from llvmlite import binding

from thermospin.bench import BenchmarkError
from thermospin.kernels import film_leads, film_nodes, node_loops
from thermospin.kernels import workspace as memory
from thermospin.kernels.film_table import films_of_junctions
from thermospin.kernels.leads import leads_of
from thermospin.kernels.rules import QUADRATURE
from thermospin.machine.compilation import from_python

pytestmark = pytest.mark.skipif(
    INTERPRETED
    or platform.machine() not in ("x86_64", "AMD64")
    or not binding.get_host_cpu_features().get("avx2"),
    reason="there is no machine code, or not that of x86-64 with AVX2",
)


@pytest.fixture(scope="module")
def assembly():
    """The machine code of both loops, of functions that are not cached."""
    work = from_python(memory.workspace)(QUADRATURE)
    leads = from_python(leads_of)(np.full(8, 0.5))
    loops = node_loops.current_values, node_loops.step_current_values
    for values in loops:
        values(np.zeros(1, np.int64), 0, leads, work)
    return ["\n".join(values.inspect_asm().values()) for values in loops]


@pytest.fixture
def hot_loops(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    from roofline import hot_loops

    return hot_loops


def test_the_hot_loops_are_packed(assembly, hot_loops):
    two, one = hot_loops(*assembly)
    assert {two.registers, one.registers} <= {"zmm", "ymm", "xmm"}
    assert two.per_node["square roots"] == one.per_node["square roots"] == 3
    assert two.per_node["divisions"] == one.per_node["divisions"] == 1
    assert two.per_node["exponentials"] == 2
    assert one.per_node["exponentials"] == 1


@pytest.mark.parametrize("operation", ["sqrt", "mul"])
def test_a_loop_that_is_not_is_noticed(assembly, hot_loops, operation):
    scalar = [text.replace(f"{operation}pd", f"{operation}sd") for text in assembly]
    with pytest.raises(BenchmarkError, match="must be packed"):
        hot_loops(*scalar)


def test_the_loops_of_films_are_packed():
    """Sums of series, logarithms and exponentials, with a packed fused sum in each."""
    work = from_python(film_leads.workspace_for)(QUADRATURE, films_of_junctions())
    leads = from_python(leads_of)(np.full(8, 0.5))
    film_nodes.film_current_values(np.zeros(1, np.int64), 0, leads, work)
    assembly = "\n".join(film_nodes.film_current_values.inspect_asm().values())
    packed = re.findall(r"vfmadd\d+pd\s.*%[yz]mm", assembly)
    assert len(packed) > 50
