"""Warnings of the library, as lines that people read."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import click


@contextmanager
def noticed() -> Iterator[None]:
    """Print the message of each warning on stderr, once, and not where in the code it arose."""
    printed = set()

    def show(
        message: Warning | str,
        category: type[Warning],  # noqa: ARG001
        filename: str,  # noqa: ARG001
        lineno: int,  # noqa: ARG001
        file: TextIO | None = None,  # noqa: ARG001
        line: str | None = None,  # noqa: ARG001
    ) -> None:
        if str(message) not in printed:
            printed.add(str(message))
            click.echo(str(message), err=True)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield
