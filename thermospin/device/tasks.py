"""The pieces that a block of threads integrates next, in an order in which neighbours do the same.

A task is one piece of one thread's integral. They are sorted by the number of nodes and by the
integrand: tasks that are taken at the same time then take equally long, and the same way through
the code.
"""

from numba import cuda

from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.node_integrands import sm_is_settled
from thermospin.kernels.rules import HIGHEST
from thermospin.kernels.workspace import BOTH, ONE_STEP

_THREAD_AT, _PIECE_AT, _RULE_AT, _TABLE_AT = 1, 8, 15, 18
"""A task in the bits of a number: whether its integrand is the shorter one, then, from these bits
on, the thread, the piece, and the indices of its order and length, which stand in the piece too."""
_A_THREAD, _A_PIECE, _A_RULE = 127, 127, 7
"""Largest numbers that there is room for."""
_BUCKETS = 2 * (HIGHEST + 1)
COUNTERS = _BUCKETS + 1
"""One a bucket of equal tasks, and one for all of them."""


@cuda.jit(device=True)
def fields_of(task):
    """Return what a task says.

    Parameters
    ----------
    task : int
        Element of the list of ``sorted_tasks``.

    Returns
    -------
    is_short : bool
        Whether the shorter integrand is to be taken, with one Fermi function.
    thread, j : int
        Thread whose piece it is, and index of the piece.
    rule, table : int
        Indices of its order and length.
    """
    thread, j = (task >> _THREAD_AT) & _A_THREAD, (task >> _PIECE_AT) & _A_PIECE
    return (task & 1) != 0, thread, j, (task >> _RULE_AT) & _A_RULE, task >> _TABLE_AT


@cuda.jit(device=True)
def _task_of(q, both, thread, kind, leads, workspace):
    """Return the task of number q in the queues of a thread, and the bucket that it belongs to."""
    is_alone = q >= both
    j = workspace.queue[ONE_STEP, q - both] if is_alone else workspace.queue[BOTH, q]
    piece = workspace.piece[j]
    is_short = is_alone if kind == CURRENT else sm_is_settled(piece, leads)
    rule = piece.rule
    task = (
        int(is_short)
        | (thread << _THREAD_AT)
        | (j << _PIECE_AT)
        | (rule << _RULE_AT)
        | (piece.table << _TABLE_AT)
    )
    return task, 2 * (HIGHEST - rule) + int(is_short)


@cuda.jit(device=True)
def sorted_tasks(thread, both, one_step, kind, leads, workspace, counters, tasks):
    """List the pieces in the queues of all threads of a block: those with most nodes first.

    Parameters
    ----------
    thread, both, one_step : int
        The thread, and the lengths of its queues.
    kind : int
        ``CURRENT`` or ``CONDUCTANCE``.
    leads : Leads
        Both leads of the thread's integral.
    workspace : Workspace
        That of the thread.
    counters : array of int, shape (COUNTERS,)
        Shared by the block, written to.
    tasks : array of int
        Of the block; receives the tasks.

    Returns
    -------
    int
        How many tasks there are, the same for all threads, which have waited for each other.
    """
    if thread < COUNTERS:
        counters[thread] = 0
    cuda.syncthreads()
    for q in range(both + one_step):
        _, bucket = _task_of(q, both, thread, kind, leads, workspace)
        cuda.atomic.add(counters, bucket, 1)
    cuda.syncthreads()
    if thread == 0:  # from how many there are to where the first one goes
        before = 0
        for bucket in range(COUNTERS):
            here = counters[bucket]
            counters[bucket] = before
            before += here
    cuda.syncthreads()
    for q in range(both + one_step):
        task, bucket = _task_of(q, both, thread, kind, leads, workspace)
        tasks[cuda.atomic.add(counters, bucket, 1)] = task
    cuda.syncthreads()
    return counters[_BUCKETS]
