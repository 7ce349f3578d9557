"""After a warm-up nothing is left to compile, and what is compiled is never stale."""

import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from frozen_records import INTERPRETED
from numba.core.errors import TypingError
from sweep_cases import OF_GIVEN_T_S

import thermospin
from thermospin.cli import main
from thermospin.execution import warmup
from thermospin.machine import compilation

PACKAGE = Path(thermospin.__file__).parent
machine_code = pytest.mark.skipif(INTERPRETED, reason="nothing is compiled")
SPEC = """\
fixed: {{T_S: 0.7, gamma: 1e-2, h_S: 0.1, theta: 0.2, R_L: 2, V_ac: 0, hf: 0.1}}
axes:
  P: [0, 0.5]
  h_exc: [0, 0.2]
  V: {{start: -0.5, stop: 0.5, num: 5}}
outputs: [{outputs}]
"""
# All entries of the kernels that a process has used, with the signatures that it has for them.
WARM_AND_WORK = """
import pkgutil, sys
from importlib import import_module
from click.testing import CliRunner
import numpy as np
import thermospin as ts
import thermospin.kernels
from thermospin.cli import main
from thermospin.machine.code_cache import Kept
from thermospin.observables import junction_derivatives

def run(*words):
    done = CliRunner().invoke(main, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output

def signatures():
    modules = [import_module("thermospin.kernels." + m.name)
               for m in pkgutil.iter_modules(thermospin.kernels.__path__)]
    found = {(f.__module__, f.__name__): f for module in modules for f in vars(module).values()
             if isinstance(getattr(f, "_cache", None), Kept)}
    return {name: set(map(str, entry.signatures)) for name, entry in found.items()}

run("warmup")
warm = signatures()
assert warm and all(warm.values()), warm
assert all(len(found) <= 2 for found in warm.values()), warm  # for ideal leads, and for films
run("run", "all.yaml", "-q")
run("verify", "all.h5", "--sample", "1")
run("plot", "all.h5", "--show", "I_q")
run("run", "point.yaml", "-q")
junction_derivatives(np.linspace(0.0, 1.0, 9)[::2], ts.Junction(T_S=0.7, h_exc=0.2), ("h_exc",))
assert signatures() == warm, (signatures(), warm)
"""


def python(code, folder, **environment):
    """Return what a process of its own prints, if it succeeds."""
    command = [sys.executable, "-c", code]
    kept = {key: value for key, value in os.environ.items() if key != "NUMBA_DISABLE_JIT"}
    done = subprocess.run(
        command, env=kept | environment, capture_output=True, text=True, cwd=folder, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_is_compiled_after_a_warm_up(tmp_path):
    everything = ", ".join(OF_GIVEN_T_S)
    (tmp_path / "all.yaml").write_text(SPEC.format(outputs=everything))
    (tmp_path / "point.yaml").write_text(
        "fixed: {V: 0.1}\naxes: {T_S: [0.7]}\noutputs: [I_q, V_S]\n"
    )
    python(WARM_AND_WORK, tmp_path)


def test_the_command_says_what_it_did_and_where(monkeypatch):
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    done = CliRunner().invoke(main, ["warmup"])
    assert done.exit_code == 0
    assert done.stdout == ""
    assert {line.split()[0] for line in done.stderr.splitlines()[:4]} <= {"compiled", "found"}
    assert "pass the self-test" in done.stderr
    assert str(warmup.CACHE_DIRECTORY) in done.stderr


def test_without_a_cache_a_warm_up_fails(monkeypatch):
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setattr(warmup, "CACHE_DIRECTORY", None)
    done = CliRunner().invoke(main, ["warmup"])
    assert done.exit_code == 1
    assert "set NUMBA_CACHE_DIR" in done.stderr


def test_without_the_compiler_a_warm_up_is_an_error(monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    done = CliRunner().invoke(main, ["warmup"])
    assert done.exit_code == 2
    assert "unset it" in done.stderr


DENSITY = "import thermospin as ts; print(float(ts.density_of_states(0.3, 0.9, 1e-3)))"
CONSTANT = "BCS_RATIO = "
IMPORTS = "from thermospin.machine.compilation import entry, inlined\n"
RESULT = "density[i] = "


def constant_in(package, place):
    """Let a kernel that compiles fast import a constant from a module, and return its file."""
    module = package.joinpath(*place)
    if not module.exists():
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(f'"""A constant."""\n\n{CONSTANT}0.5\n', encoding="utf-8")
    density = package / "kernels" / "density.py"
    text = density.read_text(encoding="utf-8")
    assert text.count(IMPORTS) == text.count(RESULT) == 1
    name = ".".join(["thermospin", *place]).removesuffix(".py")
    text = text.replace(IMPORTS, f"{IMPORTS}from {name} import BCS_RATIO\n")
    density.write_text(text.replace(RESULT, f"{RESULT}BCS_RATIO * "), encoding="utf-8")
    return module


@pytest.mark.parametrize(
    ("place", "keyed"),
    [
        pytest.param(("kernels", "a", "b", "constants.py"), True, id="nested"),
        pytest.param(("machine", "constants.py"), True, id="of the machine"),
        pytest.param(("units.py",), True, id="below"),
        pytest.param(("units.py",), False, id="below, in a cache not keyed by the sources"),
    ],
)
def test_an_edit_in_another_file_reaches_the_cached_kernels(tmp_path, place, keyed):
    """The kernel of the density of states is in one file; what is edited is a constant in another.

    With a cache that is not keyed by the sources the stale number is returned: the trap is real.
    """
    package = tmp_path / "copy" / "thermospin"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    edited = constant_in(package, place)
    if not keyed:
        compilation = package / "machine" / "compilation.py"
        text = compilation.read_text(encoding="utf-8")
        assert text.count("/ source_digest()") == 1
        compilation.write_text(
            text.replace("/ source_digest()", "/ 'one for all'"), encoding="utf-8"
        )
    environment = {"PYTHONPATH": str(package.parent), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}

    def density():
        return python(DENSITY, package.parent, **environment)

    before = density()
    text = edited.read_text(encoding="utf-8")
    assert text.count(CONSTANT) == 1
    edited.write_text(text.replace(CONSTANT, CONSTANT + "1.01 * "), encoding="utf-8")
    after = density()
    assert (float(after) == pytest.approx(1.01 * float(before), rel=1e-12)) is keyed
    assert (after == before) is not keyed
    if keyed:
        assert len(list((tmp_path / "cache").rglob("*.kernel"))) == 2


STEPS = """
import numpy as np
from thermospin import bcs_gap
from thermospin.kernels import fermi, gap_equation
from thermospin.machine import compilation
from thermospin.machine.linking import Linked, Raw

@compilation.merged
def first(values):
    return values[0]

assert bcs_gap(0.7, 0.2) > 0.0
assert compilation.from_python(first)(np.ones(2)) == 1.0
for step, library in ((first, Raw), (gap_equation.stable_gap, Linked)):
    assert step.overloads
    for found in step.overloads.values():
        assert type(found.library) is library
(merged,) = first.overloads.values()
assert merged.library.get_pointer_to_function(merged.fndesc.llvm_func_name) == 0
(entry,) = gap_equation.stable_gaps.overloads.values()
assert entry.library.get_pointer_to_function(entry.fndesc.llvm_func_name) != 0
for arguments in ((1.0, 2.0, 1.0), (1.0,), ()):
    try:
        fermi.fermi_difference(*arguments)
    except (TypeError, ValueError):
        continue
    raise AssertionError(arguments)
print(compilation.from_python(fermi.fermi_difference)(1.0, 2.0, 1.0)[1])
"""


def test_what_only_kernels_call_has_no_machine_code_of_its_own(tmp_path):
    """Nor can Python call it but through from_python; a call is an error and no crash."""
    under = float(python(STEPS, tmp_path, NUMBA_CACHE_DIR=str(tmp_path)))
    assert under == pytest.approx((1 + math.exp(-1)) * (1 + math.exp(-2)), rel=1e-14)


@machine_code
def test_a_step_that_does_not_count_references_makes_and_returns_no_memory():
    """Its callers do count: they would free what they were given, or never."""
    steps = (
        lambda a: a[0],
        lambda a: a[1:][0],
        lambda a: (a[1:], 1),
        lambda a: a,
        lambda a: np.empty(3)[0] + a[0],
    )
    callers = [compilation.from_python(compilation.merged(step)) for step in steps]
    for call in callers[:2]:
        assert call(np.ones(4)) == 1.0
    for call in callers[2:]:
        with pytest.raises((TypeError, TypingError)):
            call(np.ones(4))


@machine_code
@pytest.mark.parametrize("decorate", [compilation.entry, compilation.inner, compilation.outer])
def test_what_a_merged_step_calls_is_merged_only_if_it_says_so(decorate):
    """Numba hands the flag down: all of an integral was there at each place that may call it."""
    called, merged = decorate(lambda x: x + 1.0), compilation.inlined(lambda x: 2.0 * x)
    step = compilation.merged(lambda x: called(x) + merged(x))
    assert compilation.from_python(step)(1.0) == 4.0
    assert [code.fndesc.inline for code in called.overloads.values()] == [False]
    assert [code.fndesc.inline for code in merged.overloads.values()] == [True]
