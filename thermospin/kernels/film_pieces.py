"""How the energy axis is cut into pieces where a lead is a film.

As between ideal leads (``breakpoints``, ``pieces``), but for what films need: singularities of any
number and at any depth, scales that grow with the distance from sharper ones, and cuts where a
panel of a table ends, so that on each piece every lead is one series.
"""

import math

from thermospin.kernels.breakpoints import CLOSE, STEP_SCALE
from thermospin.kernels.convergence import log_rate, place_on_map
from thermospin.kernels.film_leads import count_of_edges, edge_of_lead
from thermospin.kernels.film_table import HIGH, IS_FILM, OF_S, OF_SM, PANELS, UP
from thermospin.kernels.pieces import NEGLIGIBLE, log_occupation
from thermospin.kernels.rules import HIGHEST, order_with
from thermospin.kernels.workspace import BOTH, FREE, NONE
from thermospin.machine.compilation import merged
from thermospin.machine.exponential import coarse_log

FROM_S, FROM_SM, POLE, WIDTH, REACH, SCALE = range(6)
"""Columns of a list of singular energies: from both chemical potentials, the distance of the
singularity from the line of integration, the scale of the map by itself, how near a breakpoint must
be to resolve it, and the scale of the map beside the others; all in Δ0."""
SLIVER = 1e-9
"""A cut is left out that is nearer to the end of a piece than this part of its distance."""
FEWEST = 4.0
"""Nodes of a piece beyond those that its convergence asks for."""


@merged
def _singularities(V, leads, films):
    """Write the singular energies of the integrand; return how many there are."""
    point = films.point
    count = 0
    for lead in range(2):
        is_S = lead == OF_S
        kT, shift = (leads.kT_S, V) if is_S else (leads.kT_Sm, -V)
        pole = math.pi * kT
        edges = count_of_edges(lead, leads, films)
        for k in range(2 * edges + 1):
            place, depth, width, reach = 0.0, pole, STEP_SCALE * kT, pole
            if k < 2 * edges:
                place, depth = edge_of_lead(lead, k, leads, films)
                width, reach = depth, CLOSE * depth
            row = point[count]
            row[FROM_S], row[FROM_SM] = place, place + shift
            if not is_S:
                row[FROM_S], row[FROM_SM] = place + shift, place
            row[POLE], row[WIDTH], row[REACH] = depth, width, reach
            count += 1
    return count


@merged
def _choose(count, films):
    """Choose breakpoints among the singular energies, the sharpest first; return how many."""
    point, sharpest, chosen = films.point, films.order[0], films.order[1]
    for k in range(count):
        j = k
        while j > 0 and point[sharpest[j - 1], REACH] > point[k, REACH]:
            sharpest[j] = sharpest[j - 1]
            j -= 1
        sharpest[j] = k
    breaks = 0
    for s in range(count):
        k = sharpest[s]
        at = point[k, FROM_SM]
        j = breaks
        resolved = False
        for i in range(breaks):
            above = at - point[chosen[i], FROM_SM]
            resolved = resolved or abs(above) <= point[k, REACH]
            if above < 0.0 and j == breaks:
                j = i
        if not resolved:
            for i in range(breaks, j, -1):
                chosen[i] = chosen[i - 1]
            chosen[j] = k
            breaks += 1
    return breaks


@merged
def _grade(breaks, films):
    """Set the scales of breakpoints: none is larger than the way to a singularity of another."""
    point, chosen = films.point, films.order[1]
    for i in range(breaks):
        at = point[chosen[i]]
        at[SCALE] = at[WIDTH]
        if i > 0:
            before = point[chosen[i - 1]]
            apart = at[FROM_SM] - before[FROM_SM]
            at[SCALE] = min(at[SCALE], before[SCALE] + apart)
    for i in range(breaks - 2, -1, -1):
        at, after = point[chosen[i]], point[chosen[i + 1]]
        at[SCALE] = min(at[SCALE], after[SCALE] + after[FROM_SM] - at[FROM_SM])


@merged
def _cuts(V, films):
    """Write, ascending, where panels of tables end; return how many."""
    cut = films.cut
    count = 0
    for lead in (OF_SM, OF_S):
        if films.numbers[lead, IS_FILM] == 0:
            continue
        shift = V if lead == OF_S else 0.0
        panels = films.numbers[lead, PANELS]
        for end in range(-panels, panels + 1):
            at = shift
            if end != 0:
                at += math.copysign(films.panel[lead, abs(end) - 1, HIGH], end)
            j = count
            while j > 0 and cut[j - 1] > at:
                cut[j] = cut[j - 1]
                j -= 1
            cut[j] = at
            count += 1
    return count


@merged
def _panel_at(lead, energy, films):
    """Return the panel of a table on which an energy of either sign is."""
    size = abs(energy)
    low, high = 0, films.numbers[lead, PANELS] - 1
    while low < high:
        middle = (low + high) // 2
        if size > films.panel[lead, middle, HIGH]:
            low = middle + 1
        else:
            high = middle
    return low


@merged
def _on_map(row, base, scale):
    """Return where a singular energy stands on the map of a breakpoint, of energy ``base``."""
    return place_on_map(row[FROM_SM] - base, row[POLE], scale)


@merged
def limit_rate(piece, from_Sm, breaks, films):
    """Set how fast the sums on a piece converge at least, with all breakpoints and steps.

    Parameters
    ----------
    piece : record
        ``PIECE``, written to.
    from_Sm : float
        Energy of its breakpoint from μ_Sm in Δ0.
    breaks : int
        How many breakpoints there are.
    films : Films
        The leads, with their singular energies.
    """
    rate = math.inf
    for i in range(breaks):
        place = _on_map(films.point[films.order[1, i]], from_Sm, piece.scale)
        rate = min(rate, log_rate(place, piece.start, piece.length))
    piece.log_rate = rate


@merged
def _place(piece, lead, energy, h, gap, gamma, films):
    """Note where a piece lies in a lead, and return ln of its density there, or 0 if more.

    ``energy`` is that of the breakpoint from the chemical potential of the lead.
    """
    middle = 0.5 * (piece.near + piece.far)
    above, below, panel, size = energy + h - gap, energy + h + gap, 0, 0.0
    if films.numbers[lead, IS_FILM] == 1:
        above = below = energy
        panel = _panel_at(lead, energy + middle, films)
        size = min(0.0, films.series[lead, panel, UP, 0])
    elif (above + middle) * (below + middle) < 0.0:
        size = coarse_log(gamma)
    if lead == OF_S:
        piece.S_above, piece.S_below, piece.panel_S = above, below, panel
        piece.S_middle = energy + h
    else:
        piece.Sm_above, piece.Sm_below, piece.panel_Sm = above, below, panel
        piece.Sm_middle = energy + h
    return size


@merged
def _add(count, at, near, far, start, end, scale, places, V, leads, digits, workspace):
    """Add the piece between two distances from a breakpoint, if anything flows there.

    On the map it goes from ``start`` to ``end``; what slows its sums stands at two ``places``.
    """
    films = workspace.films
    from_S, from_Sm = at[FROM_S], at[FROM_SM]
    x, y = from_S * leads.rate_S, from_Sm * leads.rate_Sm
    x0, y0 = x + near * leads.rate_S, y + near * leads.rate_Sm
    x1, y1 = x + far * leads.rate_S, y + far * leads.rate_Sm
    occupation = max(log_occupation(x0, y0), log_occupation(x1, y1))
    if occupation < -NEGLIGIBLE:
        return count
    piece = workspace.piece[count]
    piece.table, piece.kind = FREE, BOTH
    piece.scale, piece.near, piece.far = scale, near, far
    piece.start = start
    piece.length = end - start
    piece.x, piece.y = x, y
    if leads.rate_Sm < leads.rate_S:
        piece.y_minus_x = from_S * leads.rate_difference + V * leads.rate_Sm
    else:
        piece.y_minus_x = from_Sm * leads.rate_difference + V * leads.rate_S
    digits += occupation
    digits += _place(piece, OF_S, from_S, leads.h_S, leads.gap_S, leads.gamma_S, films)
    digits += _place(piece, OF_SM, from_Sm, leads.h_Sm, leads.gap_Sm, leads.gamma_Sm, films)
    rate = min(log_rate(places[0], start, piece.length), log_rate(places[1], start, piece.length))
    piece.log_rate = rate
    piece.rule = order_with(0.5 * max(digits, 0.0) / rate + FEWEST)
    return count + 1


@merged
def _add_side(count, i, reach, scale, breaks, cuts, V, leads, digits, workspace):
    """Add the pieces from breakpoint i to a distance on the side that the sign of scale tells."""
    films = workspace.films
    point, chosen = films.point, films.order[1]
    at = point[chosen[i]]
    base = at[FROM_SM]
    side = math.copysign(1.0, scale)
    other = i + int(side)
    there = point[chosen[other]] if 0 <= other < breaks else at
    places = _on_map(at, base, scale), _on_map(there, base, scale)
    near = start = 0.0
    low, high = 0, cuts  # the first cut above the breakpoint
    while low < high:
        middle = (low + high) // 2
        if films.cut[middle] > base:
            high = middle
        else:
            low = middle + 1
    k = low if side > 0.0 else low - 1
    last = False
    while not last:
        far = side * (films.cut[k] - base) if 0 <= k < cuts else reach
        last = far >= reach * (1.0 - SLIVER)
        far = reach if last else far
        if last or far - near > SLIVER * reach:
            end = math.asinh(side * far / scale)
            count = _add(
                count, at, side * near, side * far, start, end, scale, places, V, leads, digits,
                workspace,
            )  # fmt: skip
            near, start = far, end
        k += 1 if side > 0.0 else -1
    return count


@merged
def lay_film_pieces(V, leads, digits, tail, workspace):
    """Cut the energy axis into pieces; return how many, and how many breakpoints there are.

    Parameters
    ----------
    V : float
        Bias voltage in Δ0/e.
    leads : Leads
        Both leads, of which one at least is a film.
    digits : float
        −ln of the relative accuracy of the first orders.
    tail : float
        Length of the tails in k_BT of the hotter lead.
    workspace : Workspace
        Memory of the evaluation, with tables of the films; written to.

    Returns
    -------
    count, breaks : int
        How many pieces and breakpoints there are.
    """
    films = workspace.films
    point, chosen = films.point, films.order[1]
    breaks = _choose(_singularities(V, leads, films), films)
    _grade(breaks, films)
    cuts = _cuts(V, films)
    margin = tail * max(leads.kT_S, leads.kT_Sm)
    count = NONE
    for end in range(2 * breaks):  # a loop over both sides, so that what is merged is compiled once
        i, side = end // 2, 2.0 * (end % 2) - 1.0
        at = point[chosen[i], FROM_SM]
        if 0 < end < 2 * breaks - 1:
            reach = 0.5 * abs(point[chosen[i + int(side)], FROM_SM] - at)
        else:
            beyond = at - min(V, 0.0) if end == 0 else max(V, 0.0) - at
            reach = max(0.0, beyond) + margin
        scale = side * point[chosen[i], SCALE]
        count = _add_side(count, i, reach, scale, breaks, cuts, V, leads, digits, workspace)
    return count, breaks


@merged
def bisect_film_piece(j, count, breaks, leads, workspace):
    """Cut piece j in two; the second half becomes the last piece.

    Parameters
    ----------
    j, count, breaks : int
        The piece, and how many pieces and breakpoints there are.
    leads : Leads
        Both leads.
    workspace : Workspace
        Memory of the evaluation, written to.

    Returns
    -------
    int
        How many pieces there are afterwards.
    """
    workspace.piece[count] = workspace.piece[j]
    half = 0.5 * workspace.piece[j].length
    workspace.piece[count].start += half
    middle = workspace.piece[j].scale * math.sinh(workspace.piece[count].start)
    workspace.piece[j].far = workspace.piece[count].near = middle
    for k in (j, count):
        piece = workspace.piece[k]
        piece.length, piece.rule = half, HIGHEST // 2
        limit_rate(piece, piece.y * leads.kT_Sm, breaks, workspace.films)
    return count + 1
