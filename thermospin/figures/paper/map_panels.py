"""Panels of the paper that are maps over h_exc and T_S: Figs. 2(b), 2(d) and 3(c)."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import Normal, Stroke

from thermospin.dataset import Contents
from thermospin.figures.arrangement import Map
from thermospin.figures.labels import axis_label, number
from thermospin.figures.look import Limits, Look
from thermospin.figures.map_lines import THRESHOLD, ZERO, draw_threshold, key_of
from thermospin.figures.maps import add_bar, draw_map
from thermospin.figures.paper.field_panels import draw_cut
from thermospin.figures.paper.palette import graded
from thermospin.figures.scales import positive
from thermospin.figures.style import set_ticks
from thermospin.gap import lead_gap
from thermospin.junction import FloatArray
from thermospin.quantities import OUTPUTS, GapModel

_CUTS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""T_S of the curves of Fig. 3(d), in T_c, which are marked in Fig. 3(c)."""

_GREYS = LinearSegmentedColormap.from_list("light_greys", ["#ffffff", "#666666"])
_VIOLET = "#7a2fe0"
"""Colour of the hatching of the dissipative side, between which the greys are seen as they are."""
_CONDUCTANCES = Look(scale="symlog", c=Limits(OUTPUTS["G_0"].unit, -10.0, 10.0))
"""The colours of conductances: the peaks, which grow like 1/Γ, lie beyond them."""


def draw_2b(axes: Axes, data: Contents) -> None:
    """Draw Fig. 2(b): G_0, blue where thermoactive, red where dissipative, and the threshold."""
    _draw_conductance(axes, data, "G_0")


def draw_2d(axes: Axes, data: Contents) -> None:
    """Draw Fig. 2(d): G_max, in the colours of Fig. 2(b)."""
    _draw_conductance(axes, data, "G_max")


def _draw_conductance(axes: Axes, data: Contents, name: str) -> None:
    drawn = draw_map(axes, data, Map("h_exc", "T_S", name), _CONDUCTANCES)
    add_bar(drawn, [axes])
    keys: list[Any] = [key_of(line) for line in (THRESHOLD, ZERO)]
    axes.legend(
        keys, [THRESHOLD, ZERO], loc="upper center", bbox_to_anchor=(0.5, -0.19), ncols=2,
        handlelength=2.4,
    )  # fmt: skip


def draw_3c(axes: Axes, data: Contents) -> None:
    """Draw Fig. 3(c): I_s(V_p_minus), the T_S of Fig. 3(d), the exact and approximate threshold."""
    h, T_S, I_s = data.axes["h_exc"], data.axes["T_S"], data.outputs["I_s_peak"]
    low, high = positive(I_s)
    mesh = axes.pcolormesh(
        h, T_S, I_s, shading="nearest", rasterized=True, cmap=_GREYS, norm=Normalize(low, high)
    )
    extend = "max" if float(np.nanmax(I_s)) > high else "neither"
    bar = axes.figure.colorbar(mesh, ax=axes, extend=extend, pad=0.02)
    bar.set_label(axis_label(("I_s_peak",)))
    bar.ax.tick_params(which="both", direction="out", left=False)
    fine = np.linspace(T_S[0], T_S[-1], 801)
    exact = threshold_field(data, fine, "self-consistent")
    axes.fill_betweenx(
        fine, h[0], np.clip(exact, h[0], h[-1]), facecolor="none", edgecolor=_VIOLET, hatch="//",
        lw=0,
    )  # fmt: skip
    halo = [Stroke(linewidth=2.2, foreground="white"), Normal()]
    for colour, cut in zip(graded(len(_CUTS)), _CUTS, strict=True):
        active = h >= threshold_field(data, np.array(cut), "self-consistent")
        draw_cut(axes, h, np.full(h.shape, cut), active, color=colour, lw=1.1, path_effects=halo)
        axes.text(
            0.985 * h[-1], cut + 0.006, f"${number(cut)}\\,T_c$", color=colour, fontsize=6,
            ha="right", va="bottom", path_effects=halo,
        )  # fmt: skip
    axes.plot(threshold_field(data, fine, "tanh"), fine, "--", color="black", lw=0.9)
    draw_threshold(axes, data, "h_exc")
    axes.set_xlim(h[0], h[-1])
    axes.set_ylim(T_S[0], T_S[-1])
    set_ticks(axes)
    axes.set_xlabel(axis_label(("h_exc",)))
    axes.set_ylabel(axis_label(("T_S",)))
    _add_legend(axes)


def threshold_field(data: Contents, T_S: FloatArray, model: GapModel) -> FloatArray:
    """Return the threshold field h_t = Δ_Sm − Δ_S.

    Parameters
    ----------
    data : Contents
        Gives T_Sm and the zero-temperature gaps.
    T_S : ndarray
        Temperatures of S, in T_c.
    model : str
        The gap model.

    Returns
    -------
    ndarray
        h_t in Δ0, of the shape of T_S.
    """
    cold = lead_gap(data.fixed["T_Sm"], 0.0, data.fixed["gap_Sm"], model)
    return np.asarray(cold - lead_gap(T_S, 0.0, data.fixed["gap_S"], model))


def _add_legend(axes: Axes) -> None:
    lines: list[Any] = [
        key_of(THRESHOLD),
        Line2D([], [], color="black", ls="--", lw=0.9),
        Patch(facecolor="none", edgecolor=_VIOLET, hatch="////", lw=0),
    ]
    words = [r"$h_\mathrm{t}$", r"$h_\mathrm{t}$, tanh", "dissipative"]
    axes.legend(lines, words, loc="lower right", handlelength=2.4)
