"""`plot`: the picture of a sweep, and its file, which appears whole or not at all."""

import os
import secrets
import warnings
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from thermospin.dataset import filesystem
from thermospin.dataset.regular_files import is_something_else
from thermospin.figures.display import Display
from thermospin.figures.errors import FigureError
from thermospin.figures.overlay_panels import check_overlay
from thermospin.figures.sources import Drawable, Opened, opened_source
from thermospin.figures.view import DisplayName, Pair, Quantity, ScaleName, View, settled
from thermospin.measured import MeasuredCurve, read_curve

if TYPE_CHECKING:
    from thermospin.figures.style import StyledFigure

Overlay: TypeAlias = str | os.PathLike[str] | MeasuredCurve
"""A measured curve, or its file."""
SUFFIXES = (".png", ".pdf", ".svg")
"""The endings of the pictures that are written here."""
PAGE_SUFFIX = ".html"
"""The ending of a picture that can be turned and read in a browser, of `thermospin.interactive`."""


def plot(
    source: Drawable,
    *,
    at: Mapping[str, Quantity] | None = None,
    x: str | None = None,
    y: str | None = None,
    show: str | Sequence[str] = (),
    facet: str | None = None,
    display: DisplayName | None = None,
    xlim: Pair | None = None,
    ylim: Pair | None = None,
    clim: Pair | None = None,
    scale: ScaleName | None = None,
    cmap: str | None = None,
    layout: tuple[int, int] | None = None,
    overlay: Overlay | Sequence[Overlay] = (),
) -> "StyledFigure":
    """Draw the picture of a sweep, as the command ``thermospin plot`` does.

    One axis gives curves, with a panel for each unit. Two axes give maps, or a curve for each value
    of one axis if that has few values. Of more than two axes the shorter ones are cut in the
    middle, unless ``at`` says otherwise. Where there are more points than can be seen, the
    smallest and the largest of neighbouring values are drawn.

    Parameters
    ----------
    source : path, Contents or xarray.Dataset
        A result file, what `thermospin.read` gives of it, or a dataset that xarray gives of it.
    at : mapping of str to float or str, optional
        The value at which each of these axes is cut; the nearest point is taken. Here and in the
        limits, numbers are in reduced units, and texts such as ``"100 mK"`` have their own.
    x, y : str, optional
        The horizontal and the vertical axis. Naming ``y`` asks for a map.
    show : str or sequence of str, optional
        The outputs shown; by default all.
    facet : str, optional
        The axis that has one panel for each of its values.
    display : {"si", "reduced"}, optional
        The units. By default those of SI if the spec has a material.
    xlim, ylim, clim : pair of float or str, optional
        Limits of the horizontal axis, the vertical axis and the colours of maps.
    scale : {"linear", "log", "symlog"}, optional
        The scale of outputs: on the vertical axis of curves, and in the colours of maps.
    cmap : str, optional
        A colour map of matplotlib, for maps and families of curves.
    layout : (int, int), optional
        The rows and columns in which the panels stand.
    overlay : path, MeasuredCurve or sequence of them, optional
        Measured curves that are drawn over the computed ones: files, or what
        `thermospin.measured.read_curve` gives of them.

    Returns
    -------
    matplotlib.figure.Figure
        The picture; a notebook shows it.

    Raises
    ------
    FileError
        If the file is not a result of thermospin.
    FigureError
        If there is nothing to draw, the file lacks something that is asked for, an option is not
        understood, or matplotlib is missing.
    MeasuredError
        If a measured curve cannot be read.

    Warns
    -----
    UserWarning
        If rows of a file with a measured curve are left out.

    Examples
    --------
    >>> figure = ts.plot("iv.h5", at={"T_S": "100 mK"}, xlim=("-200 uV", "200 uV"))
    >>> figure.savefig("iv.pdf")
    """
    shown = (show,) if isinstance(show, str) else tuple(show)
    view = View(
        at or {}, x, y, shown, facet, display, xlim, ylim, clim, scale, cmap, layout
    )  # fmt: skip
    check_matplotlib()
    return _drawn(opened_source(source), view, _curves(overlay))


def _curves(overlay: "Overlay | Sequence[Overlay]") -> list[MeasuredCurve]:
    """Return measured curves; files are read, and what is left out of them is warned of."""
    several = [overlay] if isinstance(overlay, str | os.PathLike | MeasuredCurve) else overlay
    found = []
    for one in several:
        if isinstance(one, MeasuredCurve):
            found.append(one)
            continue
        found.append(read_curve(one))
        for note in found[-1].notes:
            warnings.warn(f"{os.fspath(one)}: {note}", stacklevel=3)
    return found


def write_picture(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str] | None = None,
    *,
    view: View | None = None,
    overlay: Sequence[MeasuredCurve] = (),
) -> Path:
    """Write the picture of a result file, as `plot` draws it, to a file.

    Parameters
    ----------
    path : path
        The result file.
    output : path, optional
        The picture; its suffix, .png, .pdf or .svg, decides on the format. An existing file is
        replaced. By default it has the name of the result file with the suffix .png.
        `thermospin.interactive.write_page` writes .html.
    view : View, optional
        What is shown of the file, and how.
    overlay : sequence of MeasuredCurve
        Measured curves that are drawn over the computed ones.

    Returns
    -------
    Path
        The picture.

    Raises
    ------
    FileError, FigureError
        As of `plot`, and if the picture cannot be written there.
    """
    source = Path(path)
    target = source.with_suffix(".png") if output is None else Path(output)
    check_target(source, target, overlay, SUFFIXES)
    check_matplotlib()
    opened = opened_source(path)
    figure = _drawn(opened, View() if view is None else view, overlay)
    from thermospin.figures.drawing import rendered

    publish(rendered(figure, target.suffix.lower(), opened.contents), target)
    return target


def _drawn(source: Opened, view: View, curves: Sequence[MeasuredCurve]) -> "StyledFigure":
    view, display = checked(source, view, curves)
    from thermospin.figures.drawing import draw
    from thermospin.figures.measured import laid_over

    return draw(source.contents, view, display, laid_over(curves, source.material))


def checked(source: Opened, view: View, curves: Sequence[MeasuredCurve]) -> tuple[View, Display]:
    """Check that what is drawn has what is asked for.

    Parameters
    ----------
    source : Opened
        What is drawn.
    view : View
        What is to be shown of it, and how.
    curves : sequence of MeasuredCurve
        Measured curves that are to be drawn over it.

    Returns
    -------
    view : View
        The same view with the values of ``at`` in reduced units.
    display : Display
        The units of the picture.

    Raises
    ------
    FigureError
        If something is asked for that is not there.
    """
    name, contents, material = source
    if view.display == "si" and material is None:
        raise FigureError(
            f"{name}: display: si needs a material in the spec, such as"
            " material: {Delta_0: 200 ueV, G_T: 0.1 mS}"
        )
    display = Display(material, material is not None and view.display != "reduced")
    view = settled(name, contents, view, display)
    check_overlay(name, contents, view, curves)
    return view, display


def check_matplotlib() -> None:
    """Raise `FigureError`, which says what to install, unless matplotlib is there."""
    if find_spec("matplotlib") is None:
        raise FigureError('plotting needs matplotlib: pip install "thermospin[plot]"')


def check_target(
    source: Path, target: Path, overlay: Sequence[MeasuredCurve], suffixes: tuple[str, ...]
) -> None:
    """Check that a picture can be written to a file, before anything is drawn.

    Parameters
    ----------
    source : Path
        The result file.
    target : Path
        The picture.
    overlay : sequence of MeasuredCurve
        Measured curves that are drawn over it.
    suffixes : tuple of str
        The endings of the formats in which it can be written.

    Raises
    ------
    FigureError
        If it has another ending, its folder is missing, it is no regular file, or one of those that
        are drawn.
    """
    if target.suffix.lower() not in suffixes:
        raise FigureError(
            f"{target}: must end in {', '.join((*SUFFIXES, PAGE_SUFFIX))}, to say which format; "
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
