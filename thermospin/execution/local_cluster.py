"""A cluster of this machine for one sweep, which no other user can reach and which leaves nothing.

Whoever is connected to a scheduler can run code as the one who started it, and every user of a
machine reaches its loopback interface. Everything that this cluster listens to asks for a
certificate that is made for it alone.
"""

import logging
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from thermospin.execution.schedulers import ClusterError, required
from thermospin.machine.private_files import make_private

_STOPPING = {signal.SIGINT, signal.SIGTERM, signal.SIGUSR1}
_HERE = "127.0.0.1"
_ROLES = ("scheduler", "worker", "client")
_REMOVER = """
read -r ended
rm -rf -- "$0"
if [ -z "$ended" ]; then sleep 2; rm -rf -- "$0"; fi
"""
"""Waits for the end of a process and removes a folder; the workers of one that was killed may
still have written to it."""


@contextmanager
def local_cluster(workers: int) -> Iterator[Any]:
    """Start workers with one thread each, and yield the distributed.LocalCluster.

    Raises
    ------
    ClusterError
        If what it needs is not installed, or it does not start: among other reasons, since others
        could exchange a folder where temporary files are.
    """
    required("distributed")
    required("cryptography")  # which makes certificates
    with ExitStack() as stack:
        try:
            cluster = _started(workers, stack)
        except (OSError, RuntimeError) as error:
            raise ClusterError(
                f"the local cluster did not start: {error}; its files are where TMPDIR says"
            ) from error
        yield cluster


def _started(workers: int, stack: ExitStack) -> Any:
    """Start a cluster that ends with a stack of contexts."""
    scratch = stack.enter_context(_scratch())
    stack.enter_context(import_module("dask").config.set(_settings(scratch)))
    stack.enter_context(_safe_path())
    with _stopping_signals_blocked():
        return stack.enter_context(
            import_module("distributed").LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host=_HERE,
                security=_credentials(scratch),
                dashboard_address=f"{_HERE}:0",  # None would stand for port 8787
                scheduler_kwargs={"dashboard": False},
                memory_limit=None,
                silence_logs=logging.CRITICAL,  # failures are raised as errors
                env={"NUMBA_NUM_THREADS": "1"},
            )
        )


def _settings(scratch: Path) -> dict[str, Any]:
    """Return how distributed is configured while a cluster runs.

    The lists are made anew each time: any other cluster that this process starts meanwhile may
    append pages to those that are configured, which the next local cluster would serve.
    """
    return {
        "temporary_directory": str(scratch),
        # It serves pages by HTTP, to whoever asks.
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        # This long after a worker died, distributed gives its place up for good if no replacement
        # is there at that moment, as when it is slow to start on a busy machine or died as well.
        "distributed.deploy.lost-worker-timeout": "365d",
    }


@contextmanager
def _scratch() -> Iterator[Path]:
    """Yield a folder for all that distributed writes; it is gone after the end of this process.

    Also after SIGKILL: a shell, which signals to the process or its group do not reach, notices
    that its input is closed.
    """
    folder = Path(tempfile.gettempdir()) / f"thermospin-{secrets.token_hex(8)}"
    remover = subprocess.Popen(
        ["/bin/sh", "-c", _REMOVER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    try:
        make_private(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        remover.communicate("ended\n")


def _credentials(folder: Path) -> Any:
    """Return the certificate and key of a cluster, which lie in a private folder."""
    security = import_module("distributed.security").Security
    made = security.temporary()  # as text, which each part would write into a folder of its own
    files = {}
    for name, text in (("certificate", made.tls_ca_file), ("key", made.tls_client_key)):
        files[name] = str(folder / f"{name}.pem")
        with open(os.open(files[name], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    certificates = {f"tls_{role}_cert": files["certificate"] for role in _ROLES}
    keys = {f"tls_{role}_key": files["key"] for role in _ROLES}
    return security(
        require_encryption=True, tls_ca_file=files["certificate"], **certificates, **keys
    )


@contextmanager
def _safe_path() -> Iterator[None]:
    """Keep processes that are started meanwhile from importing modules of the current folder.

    Else they would execute a ``socket.py`` that lies in it.
    """
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        os.environ.pop("PYTHONSAFEPATH")
        if before is not None:
            os.environ["PYTHONSAFEPATH"] = before


@contextmanager
def _stopping_signals_blocked() -> Iterator[None]:
    """Block the signals that stop a sweep in all processes that are started meanwhile.

    A terminal and a batch system send them to all processes, but the workers must finish what is
    in flight; they end with this process in any case. Threads inherit the mask as well, so that
    it reaches workers which replace dead ones. This process hears the signals afterwards.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        resource_tracker.ensure_running()  # now, since its start unblocks some of them
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
