"""Shards become one file, whose values have the same bits as those of an undivided run."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermospin.dataset import (
    Claim,
    FileError,
    Numerics,
    OutputError,
    Record,
    ShardHead,
    ShardValues,
    Store,
    check_output,
    shard_head,
    shard_values,
)
from thermospin.spec import SweepSpec, parse_spec
from thermospin.sweep.blocks import digest_of, missed_in
from thermospin.sweep.chunks import Mesh
from thermospin.sweep.run import Progress, Report
from thermospin.sweep.shares import Portion, Shard
from thermospin.sweep.threads import thread_count

_NAMED = 8  # missing shards that a message lists
_OWN = ("started", "resumed", "finished", "wall_seconds")  # provenance that is not of the merger


class MergeError(ValueError):
    """Shards that do not make up one sweep; the message names the files."""


def merge(
    output: str | os.PathLike[str],
    shards: Iterable[str | os.PathLike[str]],
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Put the shards of a sweep together.

    Parameters
    ----------
    output : path
        The file to write; it appears under this name only when it is finished.
    shards : iterable of path
        All shards of one sweep, in any order.
    force : bool
        Replace the file if it exists, and throw unfinished work away.
    progress : callable, optional
        Called with the number of points done and of all points after each chunk.

    Returns
    -------
    Report
        Number of points, how many missed their tolerance, file and time.

    Raises
    ------
    MergeError
        If shards are missing, given twice, or belong to different sweeps or versions.
    FileError
        If a file is not a finished shard, or is damaged.
    OutputError
        If the file cannot be written there.
    OSError
        If the disk is full or fails.
    """
    started = time.monotonic()
    heads = _in_order([shard_head(path) for path in shards])
    target = check_output(output, force=force)
    if target.path.exists() and any(target.path.samefile(head.path) for head in heads):
        raise OutputError(f"{target.path}: is one of the shards; choose another output")
    mesh = Mesh.of(_spec_of(heads[0]))
    portion = Portion.of(mesh)
    if portion.form.geometry != heads[0].geometry:
        raise MergeError(
            f"{heads[0].path}: was cut into other chunks, by another version of thermospin; "
            "merge with that version"
        )
    threads = thread_count()
    work = portion.work(threads, Numerics.of(heads[0].provenance))
    with Claim(target):
        if target.unfinished() and not force:
            raise OutputError(
                f"{target.path}: unfinished work lies beside it; throw it away with --force, or "
                "choose another output"
            )
        with Store.begin(work, target) as store:
            try:
                _copy(heads, portion, store, progress)
            except BaseException:
                store.abandon()  # merging is done again in less time than this is looked after
                raise
            store.publish(**_origin(heads))
            missed = sum(record.missed for record in store.records.values())
            size = store.size
    seconds = time.monotonic() - started
    return Report(target.path, portion.points, missed, size, seconds, threads, 0)


def _copy(
    heads: Iterable[ShardHead], portion: Portion, store: Store, progress: Progress | None
) -> None:
    done = 0
    for record, values in _chunks_of(heads, portion.mesh):
        store.add(record, values)
        done += record.points
        if progress is not None:
            progress(done, portion.points)


def _in_order(heads: Sequence[ShardHead]) -> list[ShardHead]:
    """Return the shards by their number, if they are all of one sweep and none is missing."""
    if not heads:
        raise MergeError("no shards are given")
    first = heads[0]
    count = Shard.of(first.shard).count
    found: dict[int, ShardHead] = {}
    for head in heads:
        _check_kin(head, first)
        number = Shard.of(head.shard).number
        if number in found:
            raise MergeError(
                f"{found[number].path} and {head.path} both hold shard {head.shard}; give one"
            )
        found[number] = head
    missing = [f"{number}/{count}" for number in range(1, count + 1) if number not in found]
    if missing:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        raise MergeError(
            f"missing: {'shard' if len(missing) == 1 else 'shards'} "
            f"{', '.join(missing[:_NAMED])}{more}; give their files, or compute them with --shard"
        )
    return [found[number] for number in sorted(found)]


def _check_kin(head: ShardHead, first: ShardHead) -> None:
    """Refuse a shard that does not belong to the same sweep as the first."""
    for what, mine, others in (
        ("another sweep (spec sha256", head.spec_sha256, first.spec_sha256),
        ("another division (shards", Shard.of(head.shard).count, Shard.of(first.shard).count),
        ("other chunks (geometry", head.geometry, first.geometry),
    ):
        if mine != others:
            raise MergeError(
                f"{head.path}: is of {what} {mine}, not {others} as {first.path}); "
                "merge only shards of one sweep"
            )
    if how := Numerics.of(head.provenance).described(Numerics.of(first.provenance)):
        raise MergeError(
            f"{head.path}: does not go with {first.path}: it was computed by {how}; "
            "compute it again where the others were computed"
        )


def _spec_of(head: ShardHead) -> SweepSpec:
    spec = parse_spec(head.spec.text, head.name, head.spec.overrides)
    if spec.sha256 != head.spec_sha256:
        raise MergeError(
            f"{head.path}: this version of thermospin reads its spec differently (sha256 "
            f"{spec.sha256}, not {head.spec_sha256}); merge with the version that computed it"
        )
    return spec


def _chunks_of(
    heads: Iterable[ShardHead], mesh: Mesh
) -> Iterator[tuple[Record, dict[str, NDArray[Any]]]]:
    for head in heads:
        portion = Portion.of(mesh, Shard.of(head.shard))
        with shard_values(head.path) as shard:
            for position, (index, chunk) in enumerate(portion.chunks.items()):
                values = _values(shard, portion, index)
                digest = digest_of(values)
                if digest != shard.digest(position):
                    raise FileError(f"chunk {index} is damaged; compute shard {head.shard} again")
                yield Record(index, chunk.points, missed_in(values), digest, 0.0), values


def _values(shard: ShardValues, portion: Portion, index: int) -> dict[str, NDArray[Any]]:
    return {place.name: np.ascontiguousarray(shard.read(place)) for place in portion.places(index)}


def _origin(heads: Sequence[ShardHead]) -> dict[str, Any]:
    """Return the provenance of the values: that of the shards, not of the merger."""
    of_first = {name: it for name, it in heads[0].provenance.items() if name not in _OWN}
    for name in ("host", "cpu"):
        every = sorted({str(head.provenance.get(name)) for head in heads})
        of_first[name] = ", ".join(every)[:120]
    return of_first | {"shards": len(heads)}
