"""A local cluster: nobody else uses it, it imports nothing that lies about, it leaves nothing."""

import http.client
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import dask
import distributed
import psutil
import pytest

from thermospin.execution.cluster import connected
from thermospin.execution.schedulers import ClusterError

PATIENCE = 200  # seconds, on a busy machine that compiles kernels first
SPEC = """\
fixed: {T_S: 0.7, gamma: 1e-3}
axes: {h_exc: {start: 0, stop: 0.7, num: 401}, V: {start: -1, stop: 1, num: 2001}}
outputs: [I_q]
"""
PAGES = ("", "status", "info/main/workers.html", "json/counts.json", "metrics", "health")
# Ask every address for a function to be run there, as whoever may use the cluster can.
INTRUDE = """
import asyncio, json, os, pickle, sys
from distributed.comm import connect
from distributed.security import Security

ports, files, sign = json.loads(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
securities = {"none": Security(), "others": Security.temporary()}
if files:
    securities = {"ours": Security(require_encryption=True, **files)}
request = {"op": "run_function", "function": pickle.dumps(os.mkdir), "wait": True, "reply": True,
           "args": pickle.dumps((sign,)), "kwargs": pickle.dumps({})}

async def attempt(port, scheme, security):
    try:
        arguments = security.get_connection_args("worker")
        comm = await connect(f"{scheme}://127.0.0.1:{port}", timeout=3, **arguments)
        await comm.write(request)
        answer = await asyncio.wait_for(comm.read(), 3)
    except (Exception, asyncio.CancelledError) as error:
        return type(error).__name__
    return answer.get("status") if isinstance(answer, dict) else str(answer)

async def all_attempts():
    attempts = {f"{port} {scheme} {name}": asyncio.create_task(attempt(port, scheme, security))
                for port in ports for scheme in ("tls", "tcp")
                for name, security in securities.items()}
    await asyncio.wait(attempts.values(), timeout=6)
    print(json.dumps({name: task.result() if task.done() else "no answer"
                      for name, task in attempts.items()}), flush=True)
    os._exit(0)  # what waits for an answer would wait on

asyncio.run(all_attempts())
"""


def listening():
    """Return the host and port of all that this process and its children listen to."""
    me = psutil.Process()
    return {
        tuple(found.laddr)
        for process in [me, *me.children(recursive=True)]
        for found in process.net_connections()
        if found.status == psutil.CONN_LISTEN
    }


@pytest.fixture(scope="module")
def elsewhere():
    """Return what is listened to before the cluster starts, which an earlier test may have left."""
    return listening()


@pytest.fixture(scope="module")
def connection(elsewhere):  # noqa: ARG001
    with connected("local", 2) as connection:
        yield connection


@pytest.fixture(scope="module")
def addresses(elsewhere, connection):
    """Return the host and port of all that the cluster listens to."""
    connection._client.wait_for_workers(2, timeout=PATIENCE)
    return listening() - elsewhere


@pytest.fixture(scope="module")
def ports(addresses):
    return sorted(port for _, port in addresses)


def intrusion(ports, sign, files=None):
    """Return what came of every attempt to run a function by what listens to some ports."""
    command = [sys.executable, "-c", INTRUDE, json.dumps(ports), json.dumps(files or {}), str(sign)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_nobody_without_its_certificate_runs_anything_on_a_local_cluster(
    connection, ports, tmp_path
):
    assert connection._client.scheduler.address.startswith("tls://")
    assert len(ports) >= 2 + 1  # workers and the scheduler
    found = intrusion(ports, tmp_path / "sign")
    assert len(found) == 4 * len(ports)
    assert "OK" not in found.values()
    assert not (tmp_path / "sign").exists()
    assert dict(connection.computed(abs, [-1, -2])) == {-1: 1, -2: 2}  # it works all the same


def test_with_its_certificate_the_same_attempt_succeeds(connection, ports, tmp_path):
    """The test above would notice."""
    security = connection._client.security
    names = ("tls_ca_file", "tls_worker_cert", "tls_worker_key")
    found = intrusion(ports, tmp_path / "sign", {name: getattr(security, name) for name in names})
    assert "OK" in found.values()
    assert (tmp_path / "sign").is_dir()


def test_its_certificate_is_for_the_user_alone(connection):
    for name in ("tls_ca_file", "tls_scheduler_key", "tls_worker_key", "tls_client_key"):
        path = Path(getattr(connection._client.security, name))
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0
        assert path.stat().st_uid == path.parent.stat().st_uid == os.geteuid()


def test_its_folder_is_not_made_where_others_could_exchange_it(tmp_path, monkeypatch):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "open"))
    message = "local cluster did not start: .*open: others can write to it; .* where TMPDIR says"
    with pytest.raises(ClusterError, match=message), connected("local", 1):
        pass
    assert list((tmp_path / "open").iterdir()) == []


def test_a_disk_without_room_for_its_folder_is_told(monkeypatch):
    def full(folder):
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr("thermospin.execution.local_cluster.make_private", full)
    message = "local cluster did not start: .*No space left on device.* where TMPDIR says"
    with pytest.raises(ClusterError, match=message), connected("local", 1):
        pass


def served(addresses):
    """Return the pages that anybody gets by HTTP."""
    found = []
    for host, port in addresses:
        for page in PAGES:
            address = f"http://{host}:{port}/{page}"
            try:
                urllib.request.urlopen(address, timeout=5).close()
            except urllib.error.HTTPError as error:
                error.close()
                if error.code == 404:
                    continue
            except (OSError, http.client.HTTPException):  # HTTP is not spoken there
                continue
            found.append(address)
    return found


def test_it_has_no_dashboard_and_serves_no_page(connection, addresses):
    assert connection.link is None
    assert {host for host, _ in addresses} == {"127.0.0.1"}
    assert served(addresses) == []


def test_it_serves_no_page_although_another_cluster_of_this_process_does(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed.dashboard.scheduler", None)  # as without bokeh
    before = listening()
    with (
        connected("local", 1),
        distributed.LocalCluster(
            n_workers=0, processes=False, protocol="tcp://", dashboard_address="127.0.0.1:0"
        ),
    ):
        assert served(listening() - before) != []
    before = listening()
    with connected("local", 1):
        assert served(listening() - before) == []


def test_what_a_worker_logs_stays_off_the_terminal(capfd):
    """A worker that has not heard of the end of its scheduler reports that as an error."""
    log = logging.getLogger("distributed.worker").error
    with connected("local", 1) as connection:
        assert dict(connection.computed(log, ["a lost heartbeat"])) == {"a lost heartbeat": None}
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_died_is_replaced_however_long_that_takes():
    """Here it takes longer than dask is configured to wait for the replacement."""
    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": "0s"}),
        connected("local", 1) as connection,
    ):
        client = connection._client
        (lost,) = client.nthreads()
        for worker in client.run(os.getpid).values():
            os.kill(worker, signal.SIGKILL)
        until(lambda: lost not in client.nthreads())
        client.wait_for_workers(1, timeout=PATIENCE)
        assert dict(connection.computed(abs, [-1])) == {-1: 1}


# -- processes of their own ----------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder for a sweep, with a folder for temporary files beside it."""
    (tmp_path / "work").mkdir()
    (tmp_path / "tmp").mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "work" / "mesh.yaml").write_text(SPEC)
    # As the installed command, which does not import from the current folder.
    program = "from thermospin.cli import main\nif __name__ == '__main__':\n    main()\n"
    (tmp_path / "bin" / "thermospin").write_text(program)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    return tmp_path


def started(folder, *words, workers=2):
    command = [sys.executable, str(folder / "bin" / "thermospin"), "run", "mesh.yaml", *words]
    return subprocess.Popen(
        [*command, "--dask", "local", "--threads", str(workers)],
        cwd=folder / "work",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def of_the_run(folder):
    """Return the processes that have the run's folder for temporary files, whoever started them."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # it has just ended
            if process.environ().get("TMPDIR") == str(folder / "tmp"):
                found.append(process)
    return found


@pytest.mark.parametrize(
    ("moment", "whom"),
    [
        ("at once", "process"),
        pytest.param("computing", "process", marks=pytest.mark.slow),
        ("at once", "group"),
    ],
)
def test_a_killed_run_leaves_no_folder_behind(folder, moment, whom):
    with started(folder) as process:
        if moment == "computing":
            journal = folder / "work" / "mesh.h5.journal"
            until(lambda: process.poll() is not None or
                  (journal.exists() and journal.read_bytes().count(b"\n") > 1))  # fmt: skip
        else:
            until(lambda: list((folder / "tmp").iterdir()))
        assert process.poll() is None
        assert of_the_run(folder) != []
        assert list((folder / "tmp").iterdir()) != []
        (os.kill if whom == "process" else os.killpg)(process.pid, signal.SIGKILL)
    until(lambda: not of_the_run(folder))  # a worker that was starting may write to it once more
    assert list((folder / "tmp").iterdir()) == []


MODULES = ("socket", "multiprocessing", "signal", "logging", "asyncio", "distributed", "numpy")


def test_modules_in_the_current_folder_are_not_imported(folder):
    for name in MODULES:
        sign = folder / "signs" / name
        text = f"import os\nos.makedirs({str(sign)!r}, exist_ok=True)\n"
        (folder / "work" / f"{name}.py").write_text(text)
    with started(folder, "-q", workers=1) as process:
        _, messages = process.communicate(timeout=10 * PATIENCE)
    assert process.returncode == 0, messages
    assert not (folder / "signs").exists()
    assert list((folder / "tmp").iterdir()) == []


def test_the_environment_is_as_before(connection, monkeypatch):  # noqa: ARG001
    monkeypatch.setenv("PYTHONSAFEPATH", "")
    with connected("local", 1):
        assert os.environ["PYTHONSAFEPATH"] == "1"
    assert os.environ["PYTHONSAFEPATH"] == ""
