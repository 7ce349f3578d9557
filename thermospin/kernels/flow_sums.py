"""Sums of the flows of one spin over pieces, with an error of each: what ``flows`` adds up."""

from thermospin.kernels.node_sums import fastest_fall
from thermospin.kernels.rules import error_estimate, order_for, with_reserve
from thermospin.machine.compilation import merged

CHARGE, HEAT_S, HEAT_SM, RATE = range(4)
FLOWS = 4
"""I, J_S, J_Sm and R: columns of what the kernels write."""
TOTAL, SIZE, ERROR, FALL = range(4)
"""Of each flow and piece: its integral, that of the modulus and what ``error_estimate`` says."""
ALLOWED, MISSED = range(2)
"""Rows of what flows may miss: each piece, and what errors of the densities make of a sum."""
BESIDE = 0.05
"""What densities miss makes an error that is less by this factor negligible."""
ROUNDING = 1e-14
"""Error of a sum from rounding, relative to the integral of the modulus."""


@merged
def store(flow, piece, value, modulus, last, middle):
    """Store one flow of a piece with its error.

    Parameters
    ----------
    flow : array of shape (4,)
        Receives the integral, that of the modulus, and the error with its fall.
    piece : record
        ``PIECE``.
    value, modulus, last, middle : float
        The integral, that of the modulus, and the sizes of the last Legendre coefficients and of
        the middle one, in the unit of the flow.
    """
    flow[TOTAL] = value
    flow[SIZE] = modulus
    flow[ERROR], flow[FALL] = error_estimate(last, abs(middle), fastest_fall(piece))


@merged
def largest(a, b, c):
    """Return the largest size of three numbers, in their unit.

    Parameters
    ----------
    a, b, c : float
        Numbers of one unit.

    Returns
    -------
    float
        The largest |number|.
    """
    return max(abs(a), max(abs(b), abs(c)))


@merged
def store_charge_and_heat(flow, piece, leads, charge, moment):
    """Store ∫ f and ∫ (energy + u) f of a piece, with the energy of its breakpoint.

    Parameters
    ----------
    flow : array of shape (4, 4)
        Receives both flows.
    piece : record
        ``PIECE``.
    leads : Leads
        Both leads.
    charge, moment : tuple of float
        The sums of f and of u f, in G_T Δ0/e and G_T Δ0²/e²: value, modulus, the last three
        Legendre coefficients and the middle one.
    """
    value, modulus, c1, c2, c3, c4 = charge
    first, size, m1, m2, m3, m4 = moment
    store(flow[CHARGE], piece, value, modulus, largest(c1, c2, c3), c4)
    for k in (HEAT_S, HEAT_SM):  # from either chemical potential
        energy = piece.x * leads.kT_S if k == HEAT_S else piece.y * leads.kT_Sm
        store(
            flow[k],
            piece,
            energy * value + first,
            abs(energy) * modulus + size,
            largest(energy * c1 + m1, energy * c2 + m2, energy * c3 + m3),
            energy * c4 + m4,
        )


@merged
def order_for_worst(j, share, first, workspace, flows):
    """Return the index of the order that the worst flow of a piece needs.

    Parameters
    ----------
    j : int
        Index of the piece.
    share : array of shape (2, 4)
        What a piece may miss of each flow, in its unit.
    first : int
        The first flow that counts.
    workspace : Workspace
        Memory of the evaluation.
    flows : array of shape (pieces, 4, 4)
        Each flow of each piece.

    Returns
    -------
    int
        Index of an order, or ``HIGHEST + 1``.
    """
    before = workspace.piece[j].rule
    rule = before
    for k in range(first, FLOWS):
        error = flows[j, k, ERROR]
        if error > share[ALLOWED, k]:
            rule = max(rule, order_for(error, 0.5 * share[ALLOWED, k], flows[j, k, FALL], before))
    return rule


@merged
def sum_up(count, lost, rtol, first, flows, total, share):
    """Add the pieces up and set what each may miss of each flow.

    Parameters
    ----------
    count : int
        How many pieces there are.
    lost : float
        What is lost beyond the tails, as a part of the integral of the modulus.
    rtol : float
        Relative accuracy that is asked for.
    first : int
        The first flow that counts.
    flows : array of shape (pieces, 4, 4)
        Each flow of each piece.
    total : array of shape (4, 2)
        Receives the integrals and their errors.
    share : array of shape (2, 4)
        Receives what a piece may miss of each flow; ``MISSED`` holds what counts as rounding.

    Returns
    -------
    met, hopeless : bool
        Whether all flows are accurate, and whether they cannot be with tails cut there.
    """
    met = True
    hopeless = False
    for k in range(FLOWS):
        value = modulus = error = 0.0
        for j in range(count):
            value += flows[j, k, TOTAL]
            modulus += flows[j, k, SIZE]
            error += flows[j, k, ERROR]
        rounding = ROUNDING * modulus
        target = max(rtol * abs(value) - share[MISSED, k], rounding + BESIDE * share[MISSED, k])
        tail = lost * modulus
        reported = with_reserve(error + tail, target - rounding, rtol)
        total[k, 0], total[k, 1] = value, reported + (rounding + share[MISSED, k])
        share[ALLOWED, k] = (target - tail) / count
        if k >= first:
            met = met and error + tail <= target
            hopeless = hopeless or tail > 0.5 * target
    return met, hopeless


@merged
def worse_than(j, share, first, flows):
    """Return whether a flow of a piece misses more than its share.

    Parameters
    ----------
    j, share, first, flows
        As in ``order_for_worst``.

    Returns
    -------
    bool
        True if one does, from the first that counts on.
    """
    worse = False
    for k in range(first, FLOWS):
        worse = worse or flows[j, k, ERROR] > share[ALLOWED, k]
    return worse
