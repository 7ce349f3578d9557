"""The device room says who does what; what is computed is called from the kernels."""

import ast

import pytest
from package_sources import PACKAGE, imports

ROOM = sorted((PACKAGE / "device").glob("*.py"))
THREADS = PACKAGE / "device" / "spin_up_threads.py"
OF_THREADS = {"range", "grid", "gridsize"}
"""What threads may call beside kernels."""


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


def test_threads_call_kernels_and_nothing_else():
    tree = tree_of(THREADS)
    of_kernels = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module.startswith("thermospin.kernels.")
        for alias in node.names
    }
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {func.id if isinstance(func, ast.Name) else func.attr for func in calls}
    assert names == of_kernels | OF_THREADS
    operators = (ast.BinOp, ast.AugAssign, ast.UnaryOp, ast.Compare)
    assert not [node for node in ast.walk(tree) if isinstance(node, operators)]
