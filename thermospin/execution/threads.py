"""Computing tasks on threads: a bounded number in flight, results yielded to the caller."""

import os
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD = 2  # tasks beyond the number of threads, so that none idles while a result is stored


def thread_count(requested: int | None = None) -> int:
    """Return the number of threads to use.

    Parameters
    ----------
    requested : int, optional
        The number asked for; else that of the SLURM task, else the processors this process may
        run on.

    Raises
    ------
    ValueError
        If the number is not positive.
    """
    if requested is not None:
        return _positive("threads", requested)
    if slurm := os.environ.get("SLURM_CPUS_PER_TASK"):
        if not (slurm.isascii() and slurm.isdigit()):
            raise ValueError(f"SLURM_CPUS_PER_TASK: must be a whole number, got {slurm!r}")
        return _positive("SLURM_CPUS_PER_TASK", int(slurm))
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def computed(
    compute: Callable[[Task], Result], tasks: Iterable[Task], threads: int
) -> Generator[tuple[Task, Result], None, None]:
    """Yield each task with its result as soon as it is there, in any order.

    Threads suffice, since compiled code releases the interpreter. When the caller closes this
    generator, tasks that have not begun are dropped and those that have are waited for.
    """
    queue = iter(tasks)
    pending: dict[Future[Result], Task] = {}
    with ThreadPoolExecutor(threads, thread_name_prefix="thermospin") as pool:
        try:
            for task in islice(queue, threads + _AHEAD):
                pending[pool.submit(compute, task)] = task
            while pending:
                finished, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in finished:
                    task = pending.pop(future)
                    for following in islice(queue, 1):
                        pending[pool.submit(compute, following)] = following
                    yield task, future.result()
        finally:
            for future in pending:
                future.cancel()


def _positive(name: str, number: int) -> int:
    if number < 1:
        raise ValueError(f"{name}: must be at least 1, got {number}")
    return number
