"""A worker that computes the newest of many requests, and leaves the older ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Request = TypeVar("Request")
Part = TypeVar("Part")


class NewestOnly(Generic[Request, Part]):
    """Computes requests in a thread of its own, part by part, as long as they are the newest.

    Parameters
    ----------
    compute : callable
        Yields the parts of the answer to a request.
    deliver : callable
        Takes a request and a part of its answer; called from the thread.
    threaded : bool
        Whether there is a thread; without one a request is answered before `ask` returns.
    """

    def __init__(
        self,
        compute: Callable[[Request], Iterator[Part]],
        deliver: Callable[[Request, Part], None],
        *,
        threaded: bool,
    ) -> None:
        """Keep what computes and what is told."""
        self._compute = compute
        self._deliver = deliver
        self._threaded = threaded
        self._lock = threading.Lock()
        self._wanted: Request | None = None
        self._busy = False

    def ask(self, request: Request) -> None:
        """Ask for a request in place of all that were asked for before."""
        with self._lock:
            self._wanted = request
            if self._busy:
                return
            self._busy = True
        if self._threaded:
            threading.Thread(target=self._work, daemon=True).start()
        else:
            self._work()

    def is_at_rest(self) -> bool:
        """Return whether nothing is being computed."""
        return not self._busy

    def forget(self) -> None:
        """Leave what was asked for."""
        with self._lock:
            self._wanted = None

    def is_newest(self, request: Request) -> bool:
        """Return whether nothing was asked for since."""
        return self._wanted is request

    def _work(self) -> None:
        done: Request | None = None
        while True:
            with self._lock:
                request = self._wanted
                if request is None or request is done:
                    self._busy = False
                    return
            for part in self._compute(request):
                if not self.is_newest(request):
                    break
                self._deliver(request, part)
            done = request
