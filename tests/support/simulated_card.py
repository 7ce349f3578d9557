"""What Numba's simulator of graphics cards lacks. Imported by what runs in the simulator.

There threads are threads of Python. The simulator has no shuffles, by which numbers go from a
thread to its neighbours. And it knows ``cuda`` in the module of a kernel only: while a thread is in
a function of another module it is exchanged there, but another thread may put it back.
"""

import math
import threading
import time
from collections import defaultdict

from numba import cuda
from numba.cuda.simulator import kernel, kernelapi

GROUP = 4
"""Threads that exchange numbers."""
SMALLEST, LARGEST = 1e-300, 1e300
"""Between these, ``machine.arithmetic`` takes roots and quotients on a card."""
PAUSE, PATIENCE = 1e-5, 60.0
"""Seconds: between two looks of the simulator, and until a thread that never comes is an error."""
_barriers = defaultdict(lambda: threading.Barrier(GROUP))
_numbers = defaultdict(dict)
_one_at_a_time = threading.Lock()


def root(x):
    """Return √x of an x for which a card has one."""
    assert SMALLEST <= x <= LARGEST, x
    return math.sqrt(x)


def quotient(a, b):
    """Return a/b of a b by which a card can divide."""
    assert SMALLEST <= abs(b) <= LARGEST, b
    return a / b


def shfl_xor_sync(_mask, number, bits):
    """Return the number of the thread whose place differs in some bits.

    The threads of a group write, wait for each other, and read. What they write next goes to
    another place: by the time that this one is written to again, all have read it. On a card all
    32 threads of a warp wait for each other.
    """
    thread = threading.current_thread()
    group, place = divmod(thread.thread_id, GROUP)
    thread.exchanges = getattr(thread, "exchanges", 0) + 1
    with _one_at_a_time:
        barrier = _barriers[thread._manager, group]
        numbers = _numbers[thread._manager, group, thread.exchanges % 2]
    numbers[place] = number
    barrier.wait(PATIENCE)
    return numbers[place ^ bits]


def syncthreads():
    """Wait for all threads of the block."""
    threading.current_thread().syncthreads()


kernelapi.FakeCUDAModule.shfl_xor_sync = staticmethod(shfl_xor_sync)
cuda.shfl_xor_sync, cuda.syncthreads = shfl_xor_sync, syncthreads
cuda.atomic = kernelapi.FakeCUDAAtomic()


def is_alive(thread):
    """Return whether a thread works, which the simulator asks all the time, and let others work."""
    time.sleep(PAUSE)
    return threading.Thread.is_alive(thread)


kernel.BlockThread.is_alive = is_alive
