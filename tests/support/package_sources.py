"""The modules of the package as text: what each imports, and in which room it is."""

import ast
from pathlib import Path

import thermospin

PACKAGE = Path(thermospin.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def imports(source):
    """Return the dotted names a module imports, wherever in it; names of rooms are told apart."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"relative import in line {node.lineno}")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_of(names):
    parts = [name.split(".") for name in names]
    return {part[1] for part in parts if part[0] == "thermospin" and len(part) > 1}


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]
