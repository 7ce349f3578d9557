"""A cluster computes the same bits as threads, whatever becomes of its workers."""

import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial

import dask
import distributed
import numpy as np
import pytest
from sweep_cases import bits, make_spec

from thermospin import execution
from thermospin.execution import CutSizes, Engine, cluster
from thermospin.execution.chunk_values import compute
from thermospin.execution.chunks import Mesh
from thermospin.execution.cluster import connected
from thermospin.execution.schedulers import ClusterError

WORKERS = 2
IN_FLIGHT = 2 * WORKERS + 2
PATIENCE = 60  # seconds, on a busy machine
SPEC = make_spec(
    {"h_exc": [0.0, 0.2, 0.4], "V": np.linspace(-0.3, 0.3, 7), "T_S": [0.3, 0.7]}, ["I_q", "V_S"]
)


@pytest.fixture(scope="module")
def connection():
    with connected("local", WORKERS) as connection:
        yield connection


@pytest.fixture(scope="module")
def unhurt():
    """Return a connection to a cluster whose workers no other test has killed.

    Where workers die one after the other while they start, one may not be replaced.
    """
    with connected("local", WORKERS) as connection:
        yield connection


def configured(security):
    """Give dask certificates, as a user would by its configuration."""
    parts = {
        f"distributed.comm.tls.{role}.{part}": getattr(security, f"tls_{role}_{part}")
        for role in ("scheduler", "worker", "client")
        for part in ("cert", "key")
    }
    return dask.config.set(parts | {"distributed.comm.tls.ca-file": security.tls_ca_file})


@pytest.fixture
def address(connection):
    """Return where others find the scheduler of the local cluster, with its certificates."""
    with configured(connection._client.security):
        yield connection._client.scheduler.address


@pytest.fixture
def in_process():
    """A cluster of one worker in a thread, which starts and stops at once."""
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    ) as started:
        yield started


SMALL_CHUNKS = Engine(sizes=CutSizes(largest=16, smallest=4))
"""The engine of the real physics that cuts a small sweep into many chunks."""
run_sweep = partial(execution.run_sweep, engine=SMALL_CHUNKS)


def square(task):
    return task * task


def fail_at(bad, task):
    if task == bad:
        raise FloatingPointError(f"task {task}")
    return task


def processes(connection):
    connection._client.wait_for_workers(WORKERS, timeout=PATIENCE)
    return set(connection._client.run(os.getpid).values())


def die(signs, deaths, compute, task):
    """Kill the worker that computes this, the first few times anything is computed."""
    for death in range(deaths):
        try:
            (signs / str(death)).touch(exist_ok=False)
        except FileExistsError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)
    return compute(task)


def sweep_on(connection, path, *, wrap=lambda compute: compute):
    def executor(compute, tasks, _):
        return connection.computed(wrap(compute), tasks)

    run_sweep(SPEC, path, executor=executor)
    return bits(path)


@pytest.fixture
def reference(tmp_path):
    assert len(list(Mesh.of(SPEC, SMALL_CHUNKS.sizes).chunks())) > IN_FLIGHT
    run_sweep(SPEC, tmp_path / "threads.h5", threads=2)
    return bits(tmp_path / "threads.h5")


def test_the_same_bits_as_threads(connection, tmp_path, reference):
    assert sweep_on(connection, tmp_path / "cluster.h5") == reference


def test_the_same_bits_although_a_worker_is_killed_while_it_computes(
    connection, tmp_path, reference
):
    signs = tmp_path / "signs"
    signs.mkdir()
    before = processes(connection)
    path = tmp_path / "cluster.h5"
    assert sweep_on(connection, path, wrap=lambda f: partial(die, signs, 1, f)) == reference
    assert len(list(signs.iterdir())) == 1
    assert len(before - processes(connection)) == 1


def test_a_task_that_was_given_up_is_revived(connection, tmp_path, monkeypatch):
    monkeypatch.setattr(connection._client.cluster.scheduler, "allowed_failures", 0)
    work = partial(die, tmp_path, 1, square)
    assert dict(connection.computed(work, range(3))) == {0: 0, 1: 1, 2: 4}
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.slow
def test_results_lost_with_their_workers_before_they_were_taken_are_made_again(
    connection, monkeypatch
):
    monkeypatch.setattr(connection._client.cluster.scheduler, "allowed_failures", 0)
    monkeypatch.setattr(cluster, "_FOR_RESULT", 5)
    workers = processes(connection)
    results = connection.computed(square, range(2 * IN_FLIGHT))
    found = dict([next(results)])
    time.sleep(0.5)  # by then the other tasks in flight are done, too
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    assert found | dict(results) == {task: task * task for task in range(2 * IN_FLIGHT)}


def test_a_task_that_kills_worker_after_worker_is_an_error(connection, tmp_path, monkeypatch):
    monkeypatch.setattr(connection._client.cluster.scheduler, "allowed_failures", 0)
    monkeypatch.setattr(cluster, "_REVIVALS", 0)
    with pytest.raises(ClusterError, match=r"worker after worker.* tls://127\.0\.0\.1:\d+"):
        list(connection.computed(partial(die, tmp_path, 10, square), [1]))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_failure_reaches_the_caller_and_leaves_the_cluster_usable(connection):
    with pytest.raises(FloatingPointError, match="task 3"):
        list(connection.computed(partial(fail_at, 3), range(10)))
    assert dict(connection.computed(square, range(10))) == {x: x * x for x in range(10)}


def test_tasks_are_drawn_no_faster_than_results_are_taken(connection):
    drawn = []

    def tasks():
        for task in range(60):
            drawn.append(task)
            yield task

    results = connection.computed(square, tasks())
    for taken in range(1, 30):
        next(results)
        assert len(drawn) - taken <= IN_FLIGHT
    results.close()
    assert len(drawn) < 40
    until(lambda: not connection._client.who_has())  # nothing is kept for a caller who left


def test_what_the_tasks_share_is_sent_once(connection, monkeypatch):
    sizes = []
    submit = connection._client.submit

    def weighing(*arguments, **options):
        sizes.append(sum(len(part) for part in arguments if isinstance(part, bytes)))
        return submit(*arguments, **options)

    monkeypatch.setattr(connection._client, "submit", weighing)
    long_axis = make_spec({"T_S": np.linspace(0.2, 0.8, 1000), "V": [0.1]}, ["I_q"])
    work = partial(compute, Mesh.of(long_axis))
    tasks = list(Mesh.of(long_axis).chunks())
    monkeypatch.setattr(cluster, "_work", lambda compute, task, identity: None)  # noqa: ARG005
    assert len(list(connection.computed(work, tasks * 5))) == 5 * len(tasks)
    assert len([size for size in sizes if size]) == 1
    assert sizes[0] < 2 * 8 * 1000


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGUSR1"])
def test_workers_do_not_hear_what_stops_the_client(unhurt, name):
    before = processes(unhurt)
    for pid in before:
        os.kill(pid, signal.Signals[name])
    assert processes(unhurt) == before


def test_a_local_cluster_is_silent_and_leaves_nothing(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with connected("local", 1) as connection:
        assert connection.workers == 1
        results = connection.computed(square, range(100))
        next(results)
        assert list(tmp_path.iterdir()) != []
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("installed", [True, False])
def test_the_dashboard_is_linked_where_it_can_be_drawn(in_process, monkeypatch, installed):
    monkeypatch.setattr(cluster, "find_spec", lambda _: object() if installed else None)
    with connected(in_process.scheduler_address) as connection:
        assert connection.workers == 1
        link = connection.link
    assert (link or "").startswith("http://127.0.0.1:") == installed
    assert (link is None) != installed


@pytest.mark.parametrize("item", ["thermospin", "kernels", "golden points"])
def test_a_worker_with_other_versions_is_refused_by_name(address, monkeypatch, item):
    theirs = cluster._identity()
    monkeypatch.setattr(cluster, "_identity", lambda: theirs | {item: "another"})
    differs = rf"worker tls://127\.0\.0\.1:\d+ has {item} {theirs[item]} instead of another;"
    with pytest.raises(ClusterError, match=differs), connected(address):
        pass


def test_a_worker_that_joins_later_is_refused_before_it_computes(connection, tmp_path, monkeypatch):
    theirs = cluster._identity()
    monkeypatch.setattr(cluster, "_identity", lambda: theirs | {"kernels": "another"})
    with pytest.raises(ClusterError, match=r"worker tls://127.* has kernels .* instead of another"):
        list(connection.computed(os.mkdir, [tmp_path / "computed"]))
    assert list(tmp_path.iterdir()) == []


def test_a_worker_without_this_package_is_refused_by_name(in_process, tmp_path):
    (tmp_path / "thermospin").mkdir()
    (tmp_path / "thermospin" / "__init__.py").write_text("__version__ = '0.0.1'\n")
    command = [sys.executable, "-m", "distributed.cli.dask_worker", in_process.scheduler_address]
    options = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--name", "stranger"]
    with subprocess.Popen(
        [*command, *options, "--local-directory", str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
    ) as stranger:
        try:
            until(lambda: len(in_process.scheduler.workers) == 2)
            name = in_process.scheduler.aliases["stranger"]
            with (
                pytest.raises(ClusterError, match=rf"worker {name} cannot compute: .*thermospin"),
                connected(in_process.scheduler_address),
            ):
                pass
        finally:
            stranger.kill()


def compute_until_the_end(started):
    with connected(started.scheduler_address) as connection:
        for _ in connection.computed(square, range(1000)):
            started.close()


def test_a_scheduler_that_is_lost_is_an_error(in_process):
    with pytest.raises(ClusterError, match="the scheduler is lost"):
        compute_until_the_end(in_process)


def test_no_workers_are_an_error(monkeypatch):
    monkeypatch.setattr(cluster, "_FOR_WORKER", 0.1)
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, protocol="tcp://", dashboard_address=None
        ) as empty,
        pytest.raises(ClusterError, match=f"{empty.scheduler_address}: no worker has joined"),
        connected(empty.scheduler_address),
    ):
        pass


@pytest.mark.parametrize("package", ["distributed", "cryptography"])
def test_a_missing_package_is_named_with_the_way_to_get_it(monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ClusterError) as error, connected("local"):
        pass
    assert str(error.value) == (f'--dask needs {package}: pip install "thermospin[cluster]"')


def until(condition):
    """Wait for what other processes do."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
