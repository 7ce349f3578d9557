"""`plot`: from a result file to a picture file, which appears whole or not at all."""

import math
import os
import secrets
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from thermospin.dataset import Contents, filesystem, read, read_spec_text
from thermospin.dataset.regular_files import is_something_else
from thermospin.figures.arrangement import View, check_view
from thermospin.figures.errors import FigureError
from thermospin.figures.overlay_panels import check_overlay
from thermospin.measured import MeasuredCurve
from thermospin.spec import Material, parse_spec

SUFFIXES = (".png", ".pdf", ".svg")


def plot(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    *,
    view: View | None = None,
    overlay: Sequence[MeasuredCurve] = (),
) -> Path:
    """Draw the picture of a sweep.

    One axis gives curves, with a panel for each unit. Two axes give maps, or a curve for each value
    of one axis if that has few values. Of more than two axes the shorter ones are cut in the
    middle, unless the view says otherwise. Where there are more points than can be seen, the
    smallest and the largest of neighbouring values are drawn.

    Parameters
    ----------
    path : path
        A result file, as `thermospin.run_sweep` writes it.
    output : path, optional
        The picture; its suffix, .png, .pdf or .svg, decides on the format. An existing file is
        replaced. By default it has the name of the result file with the suffix .png.
    view : View, optional
        What is shown of the file, and how.
    overlay : sequence of MeasuredCurve
        Measured curves that are drawn over the computed ones, as `thermospin.measured.read_curve`
        reads them.

    Returns
    -------
    Path
        The picture.

    Raises
    ------
    FileError
        If the file is not a result of thermospin.
    FigureError
        If there is nothing to draw, the file lacks something that the view or a measured curve
        asks for, the picture cannot be written there, or matplotlib is missing.
    """
    source = Path(path)
    target = source.with_suffix(".png") if output is None else Path(output)
    _check_target(source, target, overlay)
    check_matplotlib()
    contents = read(source, mapped=True)
    view = View() if view is None else view
    _check_axes(source, contents)
    check_view(source, contents, view)
    check_overlay(source, contents, view, overlay)
    from thermospin.figures.drawing import rendered
    from thermospin.figures.measured import laid_over

    measured = laid_over(overlay, _material(source, contents)) if overlay else []

    publish(rendered(contents, target.suffix.lower(), view, measured), target)
    return target


def _material(source: Path, contents: Contents) -> Material | None:
    text, overrides = read_spec_text(source)
    there = math.prod(map(len, contents.axes.values()))
    return parse_spec(text, str(source), overrides, largest=there).material


def check_matplotlib() -> None:
    """Raise `FigureError`, which says what to install, unless matplotlib is there."""
    if find_spec("matplotlib") is None:
        raise FigureError('plotting needs matplotlib: pip install "thermospin[plot]"')


def _check_target(source: Path, target: Path, overlay: Sequence[MeasuredCurve]) -> None:
    if target.suffix.lower() not in SUFFIXES:
        raise FigureError(
            f"{target}: must end in {', '.join(SUFFIXES)}, to say which format; "
            "--show chooses the outputs that are drawn"
        )
    if not target.parent.is_dir():
        raise FigureError(f"{target.parent}: no such folder; create it or choose another output")
    if target.is_dir():
        raise FigureError(f"{target}: is a folder; give a file name")
    _check_occupant(target)
    drawn = (source, *(curve.path for curve in overlay))
    if os.path.realpath(target) in map(os.path.realpath, drawn):
        raise FigureError(f"{target}: is the file to be drawn; choose another output")


def _check_occupant(target: Path) -> None:
    if is_something_else(Path(os.path.realpath(target))):
        raise FigureError(f"{target}: is not a regular file; choose another output with -o")


def _check_axes(source: Path, contents: Contents) -> None:
    if contents.shard is not None:
        raise FigureError(f"{source}: is a shard: merge it, then plot the whole")
    swept = {name for name, points in contents.axes.items() if len(points) > 1}
    if not any(swept & set(contents.dims[name]) for name in contents.outputs):
        raise FigureError(f"{source}: has no output along an axis of two or more values")


def publish(content: bytes, target: Path) -> None:
    """Write a file under a provisional name, and rename it when it is whole.

    Parameters
    ----------
    content : bytes
        The content of the file.
    target : Path
        Its final name; an existing file is replaced.

    Raises
    ------
    FigureError
        If something other than a regular file has that name.
    """
    _check_occupant(target)
    final = Path(
        os.path.realpath(target)
    )  # a symbolic link is kept, and what it points to replaced
    provisional = final.with_name(f".{final.name}.{secrets.token_hex(4)}")
    try:
        with provisional.open("xb") as file:
            file.write(content)
            file.flush()
            filesystem.sync(file.fileno())
        os.replace(provisional, final)
    except BaseException as error:
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(target)
        provisional.unlink(missing_ok=True)
        raise
