"""How the scheduler of a cluster is reached, and what is said where none answers."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import dask
import distributed
import pytest
from distributed.security import Security

from thermospin.execution import schedulers
from thermospin.execution.cluster import connected
from thermospin.execution.schedulers import ClusterError

PATIENCE = 60  # seconds, on a busy machine


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Local",
        "localhost:8786",
        "http://node1:8787",
        "inproc://1",
        "tcp://",
        "tls://",
        "tcp://node1",
        "tcp://node1:",
        "tcp://:8786",
        "tcp://node1:0",
        "tcp://node1:87867",
        "tcp://node1:8_7",
        "tcp://node1:٨",
        "tcp://node 1:8786",
        "tcp://node1:8786/x",
        "tcp://::1:8786",
        "tcp://node1:8786\n",
    ],
)
def test_what_is_no_address_is_refused(text):
    rule = "--dask: must be local, tcp://HOST:PORT or tls://HOST:PORT"
    with pytest.raises(ValueError, match=rule), connected(text):
        pass


@pytest.fixture
def impatient(monkeypatch):
    """Wait for no answer that does not come at once."""
    monkeypatch.setattr(schedulers, "_ANSWER", 0.5)


@contextmanager
def program(greeting):
    """Listen as a program of another kind does; yield its address. None as greeting hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        callers = []

        def answer():
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:  # the test is over
                    return
                callers.append(caller)
                caller.close() if greeting is None else caller.sendall(greeting)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for caller in callers:
            caller.close()


@pytest.mark.parametrize(
    "greeting",
    [b"", None, b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(4096),
     (10**9).to_bytes(8, "little") * 3],
    ids=["silent", "hangs up", "ssh", "http", "zeros", "promises more"],
)  # fmt: skip
@pytest.mark.usefixtures("impatient")
def test_a_program_that_is_no_scheduler_is_told_with_its_address(greeting):
    with (
        program(greeting) as address,
        pytest.raises(ClusterError, match=f"{address}: no scheduler answers there"),
        connected(address),
    ):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1:9", "a..b:8786", "a" * 64 + ":8786"])
@pytest.mark.usefixtures("impatient")
def test_so_is_a_host_that_nobody_answers_for_and_a_name_that_no_host_can_have(host):
    message = f"tcp://{host}: no scheduler answers there, or one that asks for tls://"
    with pytest.raises(ClusterError, match=message), connected(f"tcp://{host}"):
        pass


def test_a_scheduler_that_is_lost_before_it_is_used_is_told(monkeypatch):
    def fail(*_, **__):
        raise OSError("timed out")

    monkeypatch.setattr(schedulers, "_check_answer", lambda _: None)
    monkeypatch.setattr(distributed, "Client", fail)
    message = "tcp://node1:8786: the scheduler is lost"
    with pytest.raises(ClusterError, match=message), connected("tcp://node1:8786"):
        pass


# -- an encrypted cluster ------------------------------------------------------------------------


@pytest.fixture
def certificates(tmp_path):
    """Return the settings by which a user gives dask certificates."""
    made = Security.temporary()
    for name, text in (("cert", made.tls_ca_file), ("key", made.tls_client_key)):
        (tmp_path / name).write_text(text)
    parts = {
        f"{role}.{part}": str(tmp_path / part)
        for role in ("scheduler", "worker", "client")
        for part in ("cert", "key")
    }
    settings = {"ca-file": str(tmp_path / "cert")} | parts
    return {f"distributed.comm.tls.{name}": value for name, value in settings.items()}


@contextmanager
def process(*words, **options):
    """Run a part of a cluster for a while."""
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, **options) as running:
        try:
            yield
        finally:
            running.terminate()


def test_a_cluster_with_certificates_is_used_with_those_of_the_configuration(
    certificates, tmp_path
):
    variables = {
        f"DASK_{name.upper().replace('.', '__').replace('-', '_')}": value
        for name, value in certificates.items()
    }
    place = {"env": os.environ | variables, "cwd": tmp_path}
    file = tmp_path / "scheduler.json"
    shared = ["--protocol", "tls", "--host", "127.0.0.1", "--no-dashboard"]
    shared += ["--scheduler-file", str(file)]
    with process("distributed.cli.dask_scheduler", *shared, "--port", "0", **place):
        until(file.exists)
        address = json.loads(file.read_text())["address"]
        assert address.startswith("tls://")
        with (
            process("distributed.cli.dask_worker", *shared, "--nthreads", "1", **place),
            dask.config.set(certificates),
            connected(address) as connection,
        ):
            assert dict(connection.computed(abs, [-1])) == {-1: 1}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ca-file", None, "needs certificates: give dask distributed.comm.tls.ca-file"),
        ("ca-file", "/nowhere", "cannot be read: .*No such file"),
        ("client.key", os.devnull, "cannot be read: .*PEM"),
        ("ca-file", os.devnull, "cannot be read: "),
    ],
)
def test_certificates_that_are_missing_or_no_use_are_told(certificates, name, value, message):
    with (
        dask.config.set(certificates | {f"distributed.comm.tls.{name}": value}),
        pytest.raises(ClusterError, match=f"tls://node1:8786: .*{message}"),
        connected("tls://node1:8786"),
    ):
        pass


def test_an_address_without_certificates_is_refused_where_dask_requires_them():
    with (
        dask.config.set({"distributed.comm.require-encryption": True}),
        pytest.raises(ClusterError, match=r"tcp://node1:8786: dask is configured .* use tls://"),
        connected("tcp://node1:8786"),
    ):
        pass
