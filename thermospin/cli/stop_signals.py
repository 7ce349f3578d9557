"""Signals that ask a run to stop: SIGINT (Ctrl-C), SIGTERM and SIGUSR1."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
_NOTICE = b"\nfinishing the chunks that are being computed, then stopping; Ctrl-C again quits now\n"


@contextmanager
def stop_on_signals() -> Iterator[Callable[[], bool]]:
    """Catch the first signal that asks to stop, so that the chunks in progress can be finished.

    After the first signal, all of them have their usual effect again: the next one ends the
    process at once. What is safe on the disk by then can be continued.

    Yields
    ------
    callable
        Returns whether a signal has come.
    """
    asked = False

    def catch(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        nonlocal asked
        asked = True
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        with suppress(OSError):  # the terminal may be gone
            os.write(2, _NOTICE)  # a handler must not use buffered streams

    before = {each: signal.signal(each, catch) for each in _SIGNALS}
    try:
        yield lambda: asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
