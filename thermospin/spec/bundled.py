"""The specs that come with the package: one for each panel of the paper's figures."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from thermospin.spec.problems import Place, Problem, Source, SpecError, suggest


def bundled_specs() -> list[str]:
    """Return the names of the bundled specs, sorted."""
    listed = (entry.name for entry in _folder().iterdir())
    return sorted(name.removesuffix(".yaml") for name in listed if name.endswith(".yaml"))


def bundled_text(name: str) -> str:
    """Return a bundled spec as it is written.

    Raises
    ------
    SpecError
        If there is none of this name.
    """
    known = bundled_specs()
    if name not in known:
        place = Place(Source(name))
        rule = f"is not a bundled spec, must be one of {', '.join(known)}"
        raise SpecError(name, [Problem(place, (), rule, suggest(name, known))])
    return (_folder() / f"{name}.yaml").read_text(encoding="utf-8")


def _folder() -> Traversable:
    # A wheel holds the specs inside the package; in a source checkout they stand beside it.
    installed = files("thermospin") / "sweeps"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "sweeps"
