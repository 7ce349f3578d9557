"""Drawing of a measured I(V) over computed curves, with scales in volt and ampere."""

import math

from matplotlib.axes import Axes

from thermospin.figures.overlay import Measured

_PREFIXES = {0: "", -3: "m", -6: "µ", -9: "n", -12: "p", -15: "f"}


def draw_measured(axes: Axes, measured: Measured) -> None:
    """Draw a measured I(V) as open circles; with a material also scales in volt and ampere."""
    (points,) = axes.plot(
        measured.V,
        measured.current,
        linestyle="",
        marker="o",
        color="0.15",
        markerfacecolor="white",
        markeredgewidth=0.6,
        markersize=2.6,
        zorder=2.5,
    )
    handles, words, title = [points], ["measured"], None
    if (legend := axes.get_legend()) is not None:
        handles = [*legend.legend_handles, *handles]  # type: ignore[list-item]
        words = [*(text.get_text() for text in legend.get_texts()), *words]
        title = legend.get_title().get_text() or None
    axes.legend(handles, words, loc="upper left", title=title)
    if measured.volt is not None and measured.ampere is not None:
        _add_scales(axes, measured.volt, measured.ampere)


def _add_scales(axes: Axes, volt: float, ampere: float) -> None:
    """Add a scale in volt above and one in ampere on the right.

    ``volt`` and ``ampere`` are the SI values of one reduced unit.
    """
    axes.tick_params(which="both", top=False, right=False)
    factor, prefix = _scaled(volt, axes.get_xlim())
    above = axes.secondary_xaxis("top", functions=_conversion(factor))
    above.set_xlabel(f"$V$ ({prefix}V)")
    factor, prefix = _scaled(ampere, axes.get_ylim())
    beside = axes.secondary_yaxis("right", functions=_conversion(factor))
    beside.set_ylabel(f"$I$ ({prefix}A)")


def _conversion(factor: float):  # type: ignore[no-untyped-def]  # what matplotlib asks for
    return (lambda x: x * factor), (lambda x: x / factor)


def _scaled(unit: float, limits: tuple[float, float]) -> tuple[float, str]:
    """Return one reduced unit in a prefixed SI unit that suits an axis, and the prefix.

    The largest number on the axis has one to three digits before the point.
    """
    power = 3 * math.floor(math.log10(unit * max(map(abs, limits))) / 3.0)
    power = min(max(power, min(_PREFIXES)), max(_PREFIXES))
    return unit / 10.0**power, _PREFIXES[power]
