"""Signals that ask a run to stop: the first lets it finish what it has begun."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
_NOTICE = b"\nstopping when the chunks in flight are finished; once more stops at once\n"


@contextmanager
def stopping() -> Iterator[Callable[[], bool]]:
    """Hear the signals that ask to stop, and yield a function that tells whether one came.

    After the first one they have their usual effect again: the next ends the process at once,
    whatever it is doing. What is safe on the disk by then can be continued.
    """
    asked = False

    def hear(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        nonlocal asked
        asked = True
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        with suppress(OSError):  # the terminal may be gone
            os.write(2, _NOTICE)  # a handler must not use buffered streams

    before = {each: signal.signal(each, hear) for each in _SIGNALS}
    try:
        yield lambda: asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
