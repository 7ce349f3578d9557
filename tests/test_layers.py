"""The one-way street: a room imports only from rooms below it, and heavy packages have one door."""

import ast
import json
import subprocess
import sys
from collections import Counter

import pytest
from package_sources import MODULES, PACKAGE, imports, room_of, rooms_of

ROOMS = (  # from the ground up
    "units",
    "quantities",
    "machine",
    "kernels",
    "device",
    "dense",
    "gap",
    "junction",
    "observables",
    "spec",
    "dataset",
    "execution",
    "verification",
    "measured",
    "figures",
    "interactive",
    "fitting",
    "explorer",
    "reproduction",
    "bench",
    "cli",
    "__main__",
)
ALLOWED = {room: set(ROOMS[:floor]) for floor, room in enumerate(ROOMS)} | {"spec": {"quantities"}}
DOORS = {  # which rooms may import what
    "numba": {"machine", "device", "bench"},  # a rival of the kernels is compiled for SciPy
    "llvmlite": {"machine"},
    "h5py": {"dataset"},
    "matplotlib": {"figures"},
    "bokeh": {"interactive", "explorer"},
    "pandas": {"measured"},
    "pydantic": {"spec"},
    "pydantic_core": {"spec"},
    "yaml": {"spec"},
    "panel": {"explorer"},
    "click": {"cli"},
    "scipy": {"bench", "fitting"},
}
NOT_DECORATORS = {
    "source_digest",
    "CACHE_DIRECTORY",
    "CONFIG",
    "WHY_NOT_KEPT",
}  # other rooms may have them
HEAVY = {"numpy", "numba", "h5py", "pydantic", "yaml", "matplotlib", "pandas", "scipy", "xarray"}
HEAVY |= {"bokeh", "panel", "numba_cuda", "cuda"}


def violations(room, source):
    names = imports(source)
    above = rooms_of(names) - ALLOWED[room] - {room, "__version__"}
    packages = {name.split(".")[0] for name in names}
    smuggled = {package for package in packages if room not in DOORS.get(package, {room})}
    return above | smuggled


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_below_and_through_its_own_doors(path):
    assert room_of(path) in ROOMS
    assert violations(room_of(path), path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_kernels_compile(path):
    prefix = "thermospin.machine.compilation."
    names = imports(path.read_text(encoding="utf-8"))
    taken = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
    assert room_of(path) in {"machine", "kernels"} or taken <= NOT_DECORATORS


@pytest.mark.parametrize(
    ("room", "source", "wrong"),
    [
        ("gap", "from thermospin.junction import Junction", {"junction"}),
        ("dataset", "from thermospin import execution", {"execution"}),
        ("spec", "def f():\n    import thermospin.gap", {"gap"}),
        ("execution", "import h5py._hl", {"h5py"}),
        ("cli", "from matplotlib import pyplot", {"matplotlib"}),
        ("cli", "import thermospin, numpy\nfrom thermospin.gap import bcs_gap", set()),
    ],
)
def test_these_tests_see_what_they_look_for(room, source, wrong):
    assert violations(room, source) == wrong


@pytest.mark.parametrize(
    "statement",
    [
        "import thermospin",
        "import thermospin.cli",
        "from thermospin.cli import main; main(['run', '--help'], standalone_mode=False)",
        "from thermospin.cli import main; main(['--version'], standalone_mode=False)",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_used(statement):
    code = f"import json, sys; {statement}; sys.stderr.write(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(json.loads(done.stderr))
    assert "thermospin" in modules
    assert modules & HEAVY == set()
    assert {name.split(".")[1] for name in modules if name.startswith("thermospin.")} <= {"cli"}


def test_the_compiler_for_cards_is_imported_only_when_a_card_is_asked_for():
    code = (
        "import sys, thermospin as ts; ts.currents(0.1, ts.Junction(T_S=0.5));"
        "from thermospin import execution, explorer; print('numba.cuda' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def repeated(names):
    return {name for name, count in Counter(names).items() if count > 1}


def test_no_two_modules_and_no_two_classes_share_a_name():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in MODULES]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    files = repeated(path.name for path in MODULES if path.name != "__init__.py")
    classes = repeated(node.name for node in nodes if isinstance(node, ast.ClassDef))
    assert (files, classes) == (set(), set())
