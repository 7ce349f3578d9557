"""Headless Chromium of the system, and an explorer that is served for it."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "no Chromium was found: install it, as with `apt-get install chromium`"
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable():
    """Return the path of Chromium; a plain error if there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError(MISSING)
    return found


def arguments():
    """Return the arguments of Chromium, which refuses its sandbox to the superuser."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@contextmanager
def served(*given):
    """Serve `thermospin explore` with arguments; give its process and its address."""
    command = [sys.executable, "-m", "thermospin", "explore", "--no-browser", *given]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process, process.stdout.readline().strip()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
