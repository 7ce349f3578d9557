"""Connecting to the scheduler of a dask.distributed cluster, and why that may be refused."""

import asyncio
import re
from importlib import import_module
from typing import Any

LOCAL = "local"
"""The address that asks for a cluster of this machine, started for one sweep."""

_ADDRESS = re.compile(r"(tcp|tls)://([\w.-]+|\[[\da-fA-F:.]+(%\w+)?\]):(?P<port>\d{1,5})", re.ASCII)
_PORTS = range(1, 65536)
_ANSWER = 10  # seconds to wait for one
_MISSING = '--dask needs {}: pip install "thermospin[cluster]"'


class ClusterError(ConnectionError):
    """A cluster cannot be reached or must not be used, or it failed."""


def check_address(address: str) -> None:
    """Raise ValueError if a text is not ``local`` and not the address of a scheduler."""
    found = _ADDRESS.fullmatch(address)
    if address != LOCAL and not (found and int(found["port"]) in _PORTS):
        raise ValueError(
            f"--dask: must be {LOCAL}, tcp://HOST:PORT or tls://HOST:PORT, got {address!r}"
        )


def required(name: str) -> Any:
    """Return a module of an optional package, imported now."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise ClusterError(_MISSING.format(error.name)) from error


def client_of(scheduler: Any, address: str) -> Any:
    """Connect to a scheduler.

    Parameters
    ----------
    scheduler : str or distributed.LocalCluster
        Its address, for which dask may have to be configured with certificates, or a local cluster,
        which knows its own.
    address : str
        What it is called in errors.

    Returns
    -------
    distributed.Client
        Connected; a context.

    Raises
    ------
    ClusterError
        If no scheduler answers, or dask is not configured for its address.
    """
    if address != LOCAL:
        _check_certificates(address)
        _check_answer(address)
    try:
        return required("distributed").Client(scheduler, timeout=_ANSWER, set_as_default=False)
    except OSError as error:
        raise ClusterError(f"{address}: the scheduler is lost") from error


def _check_answer(address: str) -> None:
    """Refuse an address where no scheduler answers.

    A client would wait for ever for a greeting from a program of another kind, and would take what
    that program says for the size of a message.
    """
    arguments = required("distributed.security").Security().get_connection_args("client")

    async def greet() -> None:
        comm = await required("distributed.comm").connect(address, **arguments)
        comm.abort()

    try:
        asyncio.run(asyncio.wait_for(greet(), _ANSWER))
    except Exception as error:  # whatever is made of another program's answer, or of no host's name
        other = "other certificates than these" if _is_encrypted(address) else "tls:// instead"
        raise ClusterError(
            f"{address}: no scheduler answers there, or one that asks for {other}"
        ) from error


def _is_encrypted(address: str) -> bool:
    return address.startswith("tls://")


def _check_certificates(address: str) -> None:
    """Refuse an address that dask is not configured for, before anything is sent there."""
    security = required("distributed.security").Security()
    if not _is_encrypted(address):
        if security.require_encryption:
            raise ClusterError(f"{address}: dask is configured to require encryption: use tls://")
        return
    try:
        known = security.get_connection_args("client")["ssl_context"] is not None
    except OSError as error:
        raise ClusterError(
            f"{address}: the certificates that dask is configured with cannot be read: {error}"
        ) from error
    if not known:
        raise ClusterError(
            f"{address}: needs certificates: give dask distributed.comm.tls.ca-file,"
            " distributed.comm.tls.client.cert and distributed.comm.tls.client.key"
        )
