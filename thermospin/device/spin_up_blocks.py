"""What a block of threads of a card does: each thread has an integral, and all share the pieces.

All of physics and of accuracy is called from ``thermospin.kernels``. Each thread cuts the energy
axis of its integral into pieces, and judges their sums. In between the block takes the pieces of
all its threads together, four threads to a piece: see ``tasks`` and ``lanes``.
"""

from collections.abc import Callable

from numba import cuda, float64, int32

from thermospin.device.interlocked import THREADS
from thermospin.device.lanes import LANE_SUMS, LANES, over_lanes
from thermospin.device.tasks import COUNTERS, fields_of, sorted_tasks
from thermospin.kernels.breakpoints import SINGULARITIES, WHOLE_TAIL, lost_beyond
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.leads import Leads, leads_of
from thermospin.kernels.node_sums import keep_sums
from thermospin.kernels.rounds import MAX_ROUNDS, begin, factor_of, first_tail, judge
from thermospin.kernels.rules import Quadrature
from thermospin.kernels.tunnelling import is_averaged, turned, turned_back
from thermospin.kernels.workspace import NONE, Workspace

MISSED, MET, LEFT = range(3)
"""What became of an integral: less accurate than asked, as accurate, or left to the processor."""
_GROUPS = THREADS // LANES
"""Pieces that a block integrates at the same time."""
_OF_EDGES = (SINGULARITIES, 4, THREADS)
_OF_ORDER = (3, SINGULARITIES, THREADS)
_OF_LEADS = (len(Leads._fields), THREADS)
_NOT_HERE = ()
"""In place of what a workspace has for a processor: values at nodes are summed as they come, nodes
of other lengths are not kept, and there are no films."""


@cuda.jit(device=True)
def _keep_leads(thread, leads, of_leads):
    """Write the leads of a thread where all threads of its block can read them."""
    of_leads[0, thread], of_leads[1, thread] = leads.kT_S, leads.kT_Sm
    of_leads[2, thread], of_leads[3, thread] = leads.h_S, leads.h_Sm
    of_leads[4, thread], of_leads[5, thread] = leads.gamma_S, leads.gamma_Sm
    of_leads[6, thread], of_leads[7, thread] = leads.gap_S, leads.gap_Sm
    of_leads[8, thread], of_leads[9, thread] = leads.rate_S, leads.rate_Sm
    of_leads[10, thread] = leads.rate_difference


@cuda.jit(device=True)
def _kept_leads(thread, of_leads):
    """Return the leads that a thread has written."""
    return Leads(
        of_leads[0, thread],
        of_leads[1, thread],
        of_leads[2, thread],
        of_leads[3, thread],
        of_leads[4, thread],
        of_leads[5, thread],
        of_leads[6, thread],
        of_leads[7, thread],
        of_leads[8, thread],
        of_leads[9, thread],
        of_leads[10, thread],
    )


def _integrating(kind):
    """Return what a block of threads does with its tasks, to be compiled."""
    whole_sums, short_sums = LANE_SUMS[kind]

    @cuda.jit(device=True)
    def integrate(number, thread, of_leads, quadrature, pieces, sums, tasks):
        lane, group, last = thread % LANES, thread // LANES, max(number - 1, 0)
        task = tasks[min(group, last)]
        for turn in range((number + _GROUPS - 1) // _GROUPS):
            # A group without a piece of its own takes the last one again: all threads have to be
            # there when sums go from one to another.
            q = turn * _GROUPS + group
            is_short, owner, j, rule, table = fields_of(task)
            task = tasks[min(q + _GROUPS, last)]  # on its way meanwhile
            piece, leads = pieces[j, owner], _kept_leads(owner, of_leads)
            if is_short:
                first, second = short_sums(piece, rule, table, lane, leads, quadrature)
            else:
                first, second = whole_sums(piece, rule, table, lane, leads, quadrature)
            found = over_lanes(first, second)
            if lane == 0 and q <= last:
                one_sign = kind == CURRENT and is_short
                keep_sums(j, found, factor_of(kind), one_sign, piece, sums[:, :, owner])

    return integrate


def spin_up_blocks(kind: int) -> Callable[..., None]:
    """Return what a block of threads of a card does for one kind of integral, to be compiled.

    Points at which an integral is a mean of eight others, next to V = 0 without exchange fields,
    are left to the processor: neighbours would wait for them.

    Parameters
    ----------
    kind : int
        ``CURRENT`` or ``CONDUCTANCE`` of ``thermospin.kernels.kinds``.

    Returns
    -------
    callable
        Takes V, row, table and rtol as ``spin_up_values`` does; the tables ``rules`` and ``nodes``;
        the arrays of ``interlocked.BlocksMemory``; and arrays of shape (n,) that receive values,
        errors and what became of them.
    """
    integrate = _integrating(kind)

    def blocks(V, row, table, rtol, rules, nodes, piece, queue, sums, task, value, error, state):
        block, thread = cuda.blockIdx.x, cuda.threadIdx.x
        edge = cuda.shared.array(_OF_EDGES, float64)
        order = cuda.shared.array(_OF_ORDER, int32)
        of_leads = cuda.shared.array(_OF_LEADS, float64)
        counters = cuda.shared.array(COUNTERS, int32)
        quadrature = Quadrature(rules, nodes)
        workspace = Workspace(
            edge[:, :, thread],
            order[:, :, thread],
            piece[block, :, thread],
            queue[block, :, :, thread],
            _NOT_HERE,
            sums[block, :, :, thread],
            quadrature,
            _NOT_HERE,
            _NOT_HERE,
        )
        tasks, shortest = task[block], first_tail(kind, rtol)
        for start in range(block * THREADS, V.size, cuda.gridDim.x * THREADS):
            i = start + thread
            going = i < V.size
            k = min(i, V.size - 1)
            leads = leads_of(table[row[k]])
            if going and is_averaged(kind, V[k], leads, ()):
                state[k] = LEFT
                going = False
            reverse, voltage, leads = turned(V[k], leads)
            _keep_leads(thread, leads, of_leads)
            tail, rounds, fresh = shortest, 0, True
            count = hidden = both = one_step = NONE
            while cuda.syncthreads_or(int32(going)):
                # Read again where they are needed: kept, they would take registers in between.
                leads = _kept_leads(thread, of_leads)
                if going and fresh:
                    count, hidden, both, one_step = begin(
                        tail, kind, voltage, leads, rtol, workspace
                    )
                    fresh = False
                number = sorted_tasks(
                    thread, both, one_step, kind, leads, workspace, counters, tasks
                )
                integrate(number, thread, of_leads, quadrature, piece[block], sums[block], tasks)
                cuda.syncthreads()
                both = one_step = NONE
                if going:
                    leads = _kept_leads(thread, of_leads)
                    loss = lost_beyond(tail, voltage, leads)
                    found, wrong, met, done, count, both, one_step = judge(
                        count, hidden, tail, loss, kind, leads, rtol, workspace
                    )
                    rounds += 1
                    if done or rounds == MAX_ROUNDS:
                        both = one_step = NONE
                        going = fresh = not (met or tail == WHOLE_TAIL)
                        tail, rounds = WHOLE_TAIL, 0
                        if not going:
                            value[k], error[k] = turned_back(found, reverse, kind), wrong
                            state[k] = MET if met else MISSED

    return blocks
