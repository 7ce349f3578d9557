"""Headless Chromium of the system, and an explorer that is served for it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium was found: install it, as with `apt-get install chromium`"
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable() -> str:
    """Return the path of Chromium.

    Raises
    ------
    FileNotFoundError
        If there is none; the message says what to install.
    """
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError(MISSING)
    return found


def arguments() -> list[str]:
    """Return the arguments of Chromium, which refuses its sandbox to the superuser."""
    return [*_ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@contextmanager
def served(*given: str) -> Iterator[tuple[int, str]]:
    """Serve `thermospin explore` with arguments; give the number of its process and its address."""
    command = [sys.executable, "-m", "thermospin", "explore", "--no-browser", *given]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.pid, process.stdout.readline().strip()
        process.send_signal(signal.SIGTERM)
        if process.wait(timeout=30):
            raise RuntimeError(f"the explorer ended with {process.returncode}")
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
