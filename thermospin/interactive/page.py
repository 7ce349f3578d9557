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
_SQUEEZED = 5  # from so many times this size on, no compression of the values is counted on
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
    if (most := _uncompressed_bytes(page)) > _SQUEEZED * MOST_BYTES:
        raise _too_large(target, page, most)
    from thermospin.figures.measured import laid_over
    from thermospin.interactive.html_page import rendered

    content = rendered(page, laid_over(overlay, opened.material)).encode()
    if len(content) > MOST_BYTES:
        raise _too_large(target, page, len(content))
    publish(content, target)
    return target


def _uncompressed_bytes(page: Arranged) -> int:
    """Return how large the values of a page are without compression, before any of them is read."""
    values = {
        name: _count(page.whole, name) for panel in page.panels for name in _needed(page, panel)
    }
    shades = sum(_count(page.whole, panel.output) for panel in page.maps)
    return int(_ENCODED * (_OF_VALUE * sum(values.values()) + _OF_SHADE * shades))


def _needed(page: Arranged, panel: Panel) -> list[str]:
    """Return the outputs whose values a panel needs: those that it shows, and their errors."""
    outputs = panel.outputs if isinstance(panel, Curves) else (panel.output,)
    errors = [error_of(page.whole, name) for name in outputs]
    return [*outputs, *(error[0] for error in errors if error is not None)]


def _count(contents: Contents, name: str) -> int:
    return prod(len(contents.axes[axis]) for axis in contents.dims[name])


def _too_large(target: Path, page: Arranged, size: int) -> FigureError:
    """Return the error of a page that would be too large, which says how it gets smaller."""
    axes = page.whole.axes
    longest = sorted(page.sliders or axes, key=lambda name: -len(axes[name]))
    cuts = " ".join(f"--at {name}={axes[name][len(axes[name]) // 2]:.4g}" for name in longest[:1])
    return FigureError(
        f"{target}: would have {size / 1e6:,.0f} MB, a page at most {MOST_BYTES / 1e6:.0f} MB;"
        f" cut an axis, as with {cuts}, show fewer outputs with --show, or write a .png"
    )
