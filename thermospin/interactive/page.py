"""`write_page`: the picture of a result file as one page for a browser, which needs no network."""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from math import prod
from pathlib import Path

from thermospin.dataset import Contents
from thermospin.figures import FigureError, View, check_matplotlib, publish
from thermospin.figures.arrangement import Curves, Panel
from thermospin.figures.picture import PAGE_SUFFIX, check_target, checked
from thermospin.figures.sources import opened_source
from thermospin.interactive.arranged import Arranged, arranged
from thermospin.interactive.readings import error_of
from thermospin.measured import MeasuredCurve

MOST_BYTES = 20_000_000
"""Size of the largest page that is written."""
_LIBRARY = 3_500_000  # bytes of a page without values
_ENCODED = 4 / 3  # letters that a byte takes
_OF_VALUE, _OF_SHADE = 4, 1  # bytes


def check_bokeh() -> None:
    """Raise `FigureError`, which says what to install, unless bokeh is there."""
    if find_spec("bokeh") is None:
        raise FigureError('a picture in .html needs bokeh: pip install "thermospin[explore]"')


def write_page(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    view: View | None = None,
    overlay: Sequence[MeasuredCurve] = (),
) -> Path:
    """Write the picture of a result file as a page for a browser.

    The page is one file, which holds the values and all that draws them. The panels are those of
    `thermospin.plot`, and each axis that is not drawn, nor cut by the view, has a slider.

    Parameters
    ----------
    path : path
        The result file.
    output : path
        The page, which must end in .html. An existing file is replaced.
    view : View, optional
        What is shown of the file, and how.
    overlay : sequence of MeasuredCurve
        Measured curves that are drawn over the computed ones.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    FileError
        If the file is not a result of thermospin.
    FigureError
        If there is nothing to draw, the file lacks something that is asked for, the page would be
        larger than 20 MB, cannot be written there, or bokeh is missing.
    """
    target = Path(output)
    check_target(Path(path), target, overlay, (PAGE_SUFFIX,))
    check_bokeh()
    check_matplotlib()
    opened = opened_source(path)
    view, display = checked(opened, View() if view is None else view, overlay)
    page = arranged(opened.contents, view, display)
    _check_size(target, page, _estimated_bytes(page))
    from thermospin.figures.measured import laid_over
    from thermospin.interactive.page_layout import rendered

    content = rendered(page, laid_over(overlay, opened.material)).encode()
    _check_size(target, page, len(content))
    publish(content, target)
    return target


def _estimated_bytes(page: Arranged) -> int:
    """Return about how large a page is, before any of its values is read."""
    values = {
        name: _count(page.whole, name) for panel in page.panels for name in _needed(page, panel)
    }
    shades = sum(_count(page.whole, panel.output) for panel in page.maps)
    return _LIBRARY + int(_ENCODED * (_OF_VALUE * sum(values.values()) + _OF_SHADE * shades))


def _needed(page: Arranged, panel: Panel) -> list[str]:
    """Return the outputs whose values a panel needs: those that it shows, and their errors."""
    outputs = panel.outputs if isinstance(panel, Curves) else (panel.output,)
    errors = [error_of(page.whole, name) for name in outputs]
    return [*outputs, *(error[0] for error in errors if error is not None)]


def _count(contents: Contents, name: str) -> int:
    return prod(len(contents.axes[axis]) for axis in contents.dims[name])


def _check_size(target: Path, page: Arranged, size: int) -> None:
    if size <= MOST_BYTES:
        return
    axes = page.sliders or sorted(page.whole.axes, key=lambda name: len(page.whole.axes[name]))[:1]
    cuts = " ".join(
        f"--at {name}={page.whole.axes[name][len(page.whole.axes[name]) // 2]:.4g}" for name in axes
    )
    raise FigureError(
        f"{target}: would have {size / 1e6:,.0f} MB, a page at most {MOST_BYTES / 1e6:.0f} MB;"
        f" cut axes, as with {cuts}, show fewer outputs with --show, or write a .png"
    )
