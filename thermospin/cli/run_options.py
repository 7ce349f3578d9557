"""What `thermospin run` is asked for, and the command that continues it."""

import shlex
from typing import TYPE_CHECKING, NamedTuple

from thermospin.cli.formatting import as_argument
from thermospin.cli.options import DEVICES
from thermospin.cli.spec_argument import STANDARD_INPUT, is_result

if TYPE_CHECKING:
    from thermospin.spec import SweepSpec


class RunOptions(NamedTuple):
    """The argument and the options of `thermospin run` that say what to compute, and how."""

    spec: str
    output: str | None
    changes: tuple[str, ...]
    resume: bool
    repair: bool
    force: bool
    long: bool
    threads: int | None
    shard: str | None
    dask: str | None
    device: str = DEVICES[0]

    def output_path(self, sweep: "SweepSpec") -> str:
        """Return the file to write: the given one, or the default for the sweep."""
        if self.output is not None:
            return self.output
        part = "" if self.shard is None else f".{self.shard.replace('/', '-of-')}"
        return f"{sweep.name}{part}.h5"

    def continuation(self) -> str:
        """Return the command that continues this run after it was stopped."""
        if self.spec == STANDARD_INPUT:  # it is gone; the unfinished file holds what it said
            output = self.output or "stdin.h5"
            return self._replace(spec=f"{output}.partial", output=output, changes=()).continuation()
        words = ["thermospin", "run", as_argument(self.spec)]
        for option, value in (
            ("-o", self.output),
            *(("--set", change) for change in self.changes),
            ("--threads", self.threads),
            ("--shard", self.shard),
            ("--dask", self.dask),
            ("--device", None if self.device == DEVICES[0] else self.device),
        ):
            words += [] if value is None else [option, str(value)]
        return shlex.join([*words, *(["--long"] if self.long else []), "--resume"])

    @property
    def size_may_surprise(self) -> bool:
        """Whether the user may not know the size: no spec was written for exactly this sweep."""
        return bool(self.changes) or is_result(self.spec)

    @property
    def on_card(self) -> bool:
        """Whether a graphics card computes."""
        return self.device != DEVICES[0]

    @property
    def is_distributed(self) -> bool:
        """Whether several processes share the sweep; who sets that up knows its size."""
        return self.shard is not None or self.dask is not None
