"""The device room says who does what; what is computed is called from the kernels."""

import ast

import pytest
from package_sources import PACKAGE, imports

ROOM = sorted((PACKAGE / "device").glob("*.py"))
OF_THREADS = ("spin_up_blocks.py", "tasks.py", "lanes.py")
"""The modules that say what threads do."""
OF_CARDS = {"jit", "array", "syncthreads", "syncthreads_or", "shfl_xor_sync", "add"}
OF_PYTHON = {"range", "min", "max", "len", "int", "int32", "uint64"}
"""What threads may call beside kernels: their own intrinsics, and counting."""


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def arithmetic(source):
    """Return what of a source belongs in the kernels: numbers with a point, division, functions."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, (float, complex)):
            found.add(repr(node.value))
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, (ast.Div, ast.Pow)):
            found.add(type(node.op).__name__)
    packages = {name.split(".")[0] for name in imports(source)}
    return found | (packages & {"math", "cmath", "scipy"})


@pytest.mark.parametrize("path", ROOM, ids=lambda path: path.name)
def test_the_device_room_has_no_arithmetic_of_its_own(path):
    assert arithmetic(path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = 0.5 * y", {"0.5"}),
        ("x = y / 2", {"Div"}),
        ("x **= 2", {"Pow"}),
        ("def f():\n    from math import exp", {"math"}),
        ("x = -(-n // 128) * 4", set()),
    ],
)
def test_this_test_sees_arithmetic(source, found):
    assert arithmetic(source) == found


def test_what_threads_call_beside_themselves_are_kernels():
    """A square root, an exponential or a rule of its own would be a second source of physics."""
    trees = [tree_of(PACKAGE / "device" / name) for name in OF_THREADS]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    here = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    places = {
        name.id
        for node in nodes
        if isinstance(node, ast.Assign)
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }
    of_kernels = {
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        and node.module.startswith(("thermospin.kernels.", "thermospin.machine."))
        for alias in node.names
    }
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    names = {func.id if isinstance(func, ast.Name) else func.attr for func in calls}
    assert names <= of_kernels | here | arguments | places | OF_CARDS | OF_PYTHON
    assert len(names & of_kernels) >= 15  # or this test would see nothing
