"""Sweeps on a dask.distributed cluster: its workers compute, this process alone stores.

Only chunks and their values travel, so a worker needs no access to the output. Each must compile
the same kernels as this process, or one file would hold two kinds of numbers.
"""

import asyncio
import logging
import pickle
import platform
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from itertools import islice
from typing import Any, TypeVar

import thermospin
from thermospin.execution.local_cluster import local_cluster
from thermospin.execution.numerics import code_digest
from thermospin.execution.schedulers import LOCAL, ClusterError, check_address, client_of, required
from thermospin.execution.selftest import check_kernels
from thermospin.execution.threads import thread_count

Task = TypeVar("Task")
Result = TypeVar("Result")

_FOR_WORKER = 60  # seconds to wait for a first worker
_FOR_RESULT = 60  # seconds in which a result that is ready must arrive
_REVIVALS = 10  # of a task, each after it was given up because its workers died
_SETTINGS = {  # of distributed, while a cluster is in use
    "distributed.scheduler.no-workers-timeout": "300s",  # local workers are back sooner or never
    "distributed.admin.large-graph-warning-threshold": "1TB",  # a long axis, which is sent once
}
_LOGGERS = ("distributed", "distributed.client", "distributed.gc")


class Cluster:
    """A cluster that will compute the same bits as this process.

    Attributes
    ----------
    link : str or None
        Address of the dashboard; None where bokeh, which draws it, is not installed, and for a
        local cluster, which has none: every user of this machine could look at it.
    """

    def __init__(self, client: Any, link: str | None) -> None:
        """Take a connected client, and the link if there is a dashboard."""
        self._client = client
        self.link = link

    @property
    def workers(self) -> int:
        """Number of workers at present; they may come and go."""
        return len(self._client.nthreads())

    def computed(
        self, compute: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Generator[tuple[Task, Result], None, None]:
        """Yield each task with its result as soon as it is there, in any order.

        Two tasks a worker and two more are in flight, and a result leaves the cluster when it is
        yielded. What a worker takes with it when it dies is computed by another. When the caller
        closes this generator, all that has not been yielded is dropped.

        Parameters
        ----------
        compute : callable
            What makes a result of a task; it is sent once and may carry what the tasks share.
        tasks : iterable
            What to compute; tasks, results and ``compute`` can be pickled.

        Raises
        ------
        ClusterError
            If a task takes worker after worker with it, or the scheduler is lost.
        Exception
            Whatever ``compute`` raises.
        """
        queue = iter(tasks)
        pending: dict[Any, tuple[Task, int]] = {}  # the task, and how often it was lost
        # The result of a task can be made again; scattered data die with the worker that has them.
        packed = pickle.dumps(compute)
        shared = self._submit(pickle.loads, packed)
        ready = required("distributed").as_completed(loop=self._client.loop)

        def begin(task: Task, losses: int = 0) -> None:
            future = self._submit(_work, shared, task, _identity())
            pending[future] = task, losses
            ready.add(future)

        def fill() -> None:
            for task in islice(queue, max(0, self._capacity() - len(pending))):
                begin(task)

        try:
            fill()
            for future in ready:
                task, losses = pending.pop(future)
                result, lost = _taken(future)
                if lost:
                    if losses == _REVIVALS:
                        raise ClusterError(
                            f"the same chunk took worker after worker with it, the last{lost};"
                            " did they run out of memory?"
                        )
                    shared = self._submit(pickle.loads, packed)  # it may be what was given up
                    begin(task, losses + 1)
                    continue
                fill()
                yield task, result
        finally:
            if self._client.status == "running":  # else they are lost already
                self._client.cancel([shared, *pending])

    def _capacity(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return 2 * sum(threads.values()) + 2

    def _submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return self._client.submit(function, *arguments, pure=False)


@contextmanager
def connected(address: str, threads: int | None = None) -> Iterator[Cluster]:
    """Connect to a cluster, or start one here, and check that its workers fit this process.

    Parameters
    ----------
    address : str
        ``"local"``, or the address of a scheduler: ``tcp://HOST:PORT`` or ``tls://HOST:PORT``.
    threads : int, optional
        Number of local workers, as for ``run_sweep``; any other cluster has the workers it has.

    Yields
    ------
    Cluster
        What computes.

    Raises
    ------
    ValueError
        If the address has another form.
    ClusterError
        If dask.distributed is not installed, no scheduler or no worker answers, dask is not
        configured for an encrypted address, or a worker has another version of thermospin or of
        what compiles its kernels.
    """
    check_address(address)
    distributed = required("distributed")
    with ExitStack() as stack:
        stack.enter_context(_silence())
        stack.enter_context(import_module("dask").config.set(_SETTINGS))
        where = address
        if address == LOCAL:
            where = stack.enter_context(local_cluster(thread_count(threads)))
        client = stack.enter_context(client_of(where, address))
        try:
            _check(client, address)
            drawn = address != LOCAL and client.run_on_scheduler(_draws)
            link = client.dashboard_link if drawn else None
            yield Cluster(client, link)
        except (distributed.CancelledError, distributed.comm.CommClosedError) as error:
            raise ClusterError(f"{address}: the scheduler is lost") from error


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the log messages of distributed off stderr; failures are raised as errors."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _taken(future: Any) -> tuple[Any, str]:
    """Return the result of a task and "", or None and the worker that was last lost with the task.

    The scheduler gives a task up whose workers died, and a result may be lost with its worker even
    after it was ready. Who asks for that result again may miss the answer and wait for ever: the
    task is submitted anew.
    """
    scheduler = required("distributed").scheduler
    try:
        return future.result(timeout=_FOR_RESULT), ""
    except (scheduler.NoWorkerError, scheduler.NoValidWorkerError):
        raise ClusterError("all workers are gone") from None
    except scheduler.KilledWorker as killed:
        return None, f" {killed.last_worker.address}"
    except TimeoutError:
        return None, " unknown"
    finally:
        future.release()


def _check(client: Any, address: str) -> None:
    """Refuse a cluster without workers, or with workers that would compute other bits."""
    try:
        client.wait_for_workers(1, timeout=_FOR_WORKER)
    except TimeoutError as error:
        raise ClusterError(
            f"{address}: no worker has joined it in {_FOR_WORKER} s; start some:"
            f" dask worker {address} --nthreads 1"
        ) from error
    for worker, found in client.run(_identify, on_error="return").items():
        if isinstance(found, OSError):
            continue  # it has left
        if isinstance(found, Exception):
            raise ClusterError(f"worker {worker} cannot compute: {found}")
        _refuse_stranger(worker, found, _identity())


def _refuse_stranger(worker: str, found: dict[str, str], wanted: dict[str, str]) -> None:
    differing = [
        f"{name} {found.get(name)} instead of {value}"
        for name, value in wanted.items()
        if found.get(name) != value
    ]
    if differing:
        raise ClusterError(
            f"worker {worker} has {', '.join(differing)}; install the same on all nodes"
        )


@cache
def _identity() -> dict[str, str]:
    """Return versions, the digest of the numerical code and the fingerprint of its golden points.

    Found once in a process, whose compiled code does not change when its source files do.
    """
    return {
        "thermospin": thermospin.__version__,
        "Python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "numba", "llvmlite")},
        "kernels": code_digest(),
        "golden points": check_kernels(),
    }


async def _identify() -> dict[str, str]:
    """Return `_identity` from a thread: a worker's event loop must go on while kernels compile."""
    return await asyncio.to_thread(_identity)


def _work(compute: Callable[[Task], Result], task: Task, identity: dict[str, str]) -> Result:
    """Compute a task on a worker, which may have joined after the others were checked."""
    _refuse_stranger(required("distributed").get_worker().address, _identity(), identity)
    return compute(task)


def _draws() -> bool:
    """Return whether this process can draw the dashboard that it serves."""
    return find_spec("bokeh") is not None
