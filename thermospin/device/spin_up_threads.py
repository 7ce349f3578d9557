"""What each thread of a card does: it computes one integral after another, as a processor does.

All of physics and of accuracy is called from ``thermospin.kernels``. Each thread has a workspace of
its own, interlocked with those of its neighbours: see ``interlocked``.
"""

from collections.abc import Callable

from numba import cuda

from thermospin.kernels.leads import leads_of
from thermospin.kernels.rules import Quadrature
from thermospin.kernels.tunnelling import is_averaged, summed
from thermospin.kernels.workspace import Workspace

MISSED, MET, LEFT = range(3)
"""What became of an integral: less accurate than asked, as accurate, or left to the processor."""


def spin_up_threads(kind: int) -> Callable[..., None]:
    """Return what the threads of a card do for one kind of integral, to be compiled.

    Points at which an integral is a mean of eight others, next to V = 0 without exchange fields,
    are left to the processor: neighbours would wait for them.

    Parameters
    ----------
    kind : int
        ``CURRENT`` or ``CONDUCTANCE`` of ``thermospin.kernels.tunnelling``.

    Returns
    -------
    callable
        Takes V, row, table and rtol as ``spin_up_values`` does; the tables ``rules`` and ``nodes``;
        the arrays of ``interlocked.ThreadsMemory``; and arrays of shape (n,) that receive values,
        errors and what became of them.
    """

    def threads(  # type: ignore[no-untyped-def] # compiled code
        V,
        row,
        table,
        rtol,
        rules,
        nodes,
        edge,
        order,
        piece,
        queue,
        values,
        sums,
        free,
        value,
        error,
        state,
    ):
        block, thread = cuda.blockIdx.x, cuda.threadIdx.x
        workspace = Workspace(
            edge[block, :, :, thread],
            order[block, :, :, thread],
            piece[block, :, thread],
            queue[block, :, :, thread],
            values[block, :, :, thread],
            sums[block, :, :, thread],
            Quadrature(rules, nodes),
            free[block, :, :, :, :, thread],
            (),
        )
        for i in range(cuda.grid(1), V.size, cuda.gridsize(1)):
            leads = leads_of(table[row[i]])
            if is_averaged(kind, V[i], leads, workspace.films):
                state[i] = LEFT
            else:
                value[i], error[i], met = summed(kind, V[i], leads, rtol, workspace)
                state[i] = MET if met else MISSED

    return threads
