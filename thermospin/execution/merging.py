"""Merging of shards into one file, whose values have the bits of an undivided run."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from numpy.typing import NDArray

from thermospin.dataset import (
    Checkpoint,
    FileError,
    OutputError,
    OutputLock,
    Record,
    ShardFile,
    ShardValues,
    check_ours,
    check_output,
    shard_file,
    shard_values,
)
from thermospin.dataset.provenance import plain
from thermospin.execution.chunk_values import digest_of, missed_in
from thermospin.execution.chunks import Mesh
from thermospin.execution.engine import Engine, engine_on
from thermospin.execution.portion import Portion
from thermospin.execution.run import Progress, Report
from thermospin.execution.threads import thread_count
from thermospin.spec import parse_spec

_NAMED = 8  # missing shards that a message lists
_OF_SHARDS = (
    "versions", "commit", "kernels", "fingerprint", "cpu_count", "threads", "system",
)  # fmt: skip
"""Provenance that is taken from the shards."""


class MergeError(ValueError):
    """Shards that do not make up one sweep; the message names the files."""


def merge(
    output: str | os.PathLike[str],
    shards: Iterable[str | os.PathLike[str]],
    *,
    force: bool = False,
    engine: Engine | None = None,
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
    engine : Engine, optional
        How the sweep was cut into chunks; by default as on the device of the shards.
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
    found = _in_order([shard_file(path) for path in shards])
    engine = engine_on(found[0].header.numerics.kind_of_device) if engine is None else engine
    output_path = check_output(output, force=force)
    for path in (output_path.path, *output_path.beside):
        if path.exists() and any(path.samefile(shard.path) for shard in found):
            raise OutputError(f"{path}: is one of the shards; choose another output")
    portion = Portion.of(_mesh_of(found, engine))
    if portion.geometry != found[0].header.geometry:
        raise MergeError(
            f"{found[0].path}: was cut into other chunks, by another version of thermospin; "
            "merge with that version"
        )
    threads = thread_count()
    job = portion.job(found[0].header.numerics, threads=threads, group=engine.group)
    with OutputLock(output_path):
        check_output(output, force=force)  # another run may have come and gone
        if not force:
            check_ours(output_path)
        if output_path.unfinished() and not force:
            raise OutputError(
                f"{output_path.path}: unfinished work lies beside it; throw it away with --force, "
                "or choose another output"
            )
        with Checkpoint.begin(job, output_path) as checkpoint:
            try:
                _copy(found, portion, checkpoint, progress)
            except BaseException:
                checkpoint.abandon()  # to merge again takes less time than to check what is there
                raise
            checkpoint.publish(**_origin(found))
            missed = sum(record.missed for record in checkpoint.records.values())
            size = checkpoint.size
    seconds = time.monotonic() - started
    return Report(output_path.path, portion.points, missed, size, seconds, threads, 0)


def _copy(
    shards: Iterable[ShardFile], portion: Portion, checkpoint: Checkpoint, progress: Progress | None
) -> None:
    done = 0
    for record, values in _chunks_of(shards, portion.mesh):
        checkpoint.add(record, values)
        done += record.points
        if progress is not None:
            progress(done, portion.points)


def _in_order(shards: Sequence[ShardFile]) -> list[ShardFile]:
    """Return the shards by their number, if they are all of one sweep and none is missing."""
    if not shards:
        raise MergeError("no shards are given")
    first = shards[0]
    count = first.shard.count
    found: dict[int, ShardFile] = {}
    for shard in shards:
        _check_kin(shard, first)
        number = shard.shard.number
        if number in found:
            raise MergeError(
                f"{found[number].path} and {shard.path} both hold shard {shard.shard}; give one"
            )
        found[number] = shard
    if len(found) < count:
        missing = islice((k for k in range(1, count + 1) if k not in found), _NAMED)
        rest = count - len(found) - _NAMED
        raise MergeError(
            f"missing: {'shard' if count - len(found) == 1 else 'shards'} "
            f"{', '.join(f'{number}/{count}' for number in missing)}"
            f"{f' and {rest} more' if rest > 0 else ''}"
            "; give their files, or compute them with --shard"
        )
    return [found[number] for number in sorted(found)]


def _check_kin(shard: ShardFile, first: ShardFile) -> None:
    """Refuse a shard that does not belong to the same sweep as the first."""
    header, other = shard.header, first.header
    for what, mine, others in (
        ("another sweep (spec sha256", header.spec_sha256, other.spec_sha256),
        ("another division (shards", shard.shard.count, first.shard.count),
        ("other chunks (geometry", header.geometry, other.geometry),
    ):
        if mine != others:
            raise MergeError(
                f"{shard.path}: is of {what} {mine}, not {others} as {first.path}); "
                "merge only shards of one sweep"
            )
    if how := header.numerics.described(other.numerics):
        raise MergeError(
            f"{shard.path}: does not go with {first.path}: it was computed by {how}; "
            "compute it again where the others were computed"
        )


def _mesh_of(shards: Sequence[ShardFile], engine: Engine) -> Mesh:
    """Return the mesh of all shards together, which must have as many points as it has."""
    first = shards[0]
    # What the text asks for must not cost more than what is there.
    spec = parse_spec(
        first.header.spec.text,
        f"{first.header.name}.yaml",
        first.header.spec.overrides,
        largest=first.mesh_size,
    )
    if spec.sha256 != first.header.spec_sha256:
        raise MergeError(
            f"{first.path}: this version of thermospin reads its spec differently "
            f"(sha256 {spec.sha256}, not {first.header.spec_sha256}); "
            "merge with the version that computed it"
        )
    mesh = Mesh.of(spec, engine.sizes)
    there = sum(shard.points for shard in shards), sum(shard.junctions for shard in shards)
    wanted = (
        mesh.points if spec.biased_outputs else 0,
        mesh.junctions if spec.unbiased_outputs else 0,
    )
    if there != wanted:
        raise MergeError(
            f"{first.path} and the others hold {there[0]:,} points and {there[1]:,} junctions, "
            f"their sweep has {wanted[0]:,} and {wanted[1]:,}; one of them is damaged"
        )
    return mesh


def _chunks_of(
    shards: Iterable[ShardFile], mesh: Mesh
) -> Iterator[tuple[Record, dict[str, NDArray[Any]]]]:
    for shard in shards:
        portion = Portion.of(mesh, shard.shard)
        with shard_values(shard.path) as stored:
            for position, (index, chunk) in enumerate(portion.chunks.items()):
                values = _values(stored, portion, index)
                digest = digest_of(values)
                if digest != stored.digest(position):
                    raise FileError(f"chunk {index} is damaged; compute shard {shard.shard} again")
                yield Record(index, chunk.points, missed_in(values), digest, 0.0), values


def _values(stored: ShardValues, portion: Portion, index: int) -> dict[str, NDArray[Any]]:
    return {place.name: stored.read(place) for place in portion.places(index)}


def _origin(shards: Sequence[ShardFile]) -> dict[str, Any]:
    """Return the provenance of the values: that of the shards, not of the merger."""
    of_first = shards[0].header.provenance
    kept = {name: plain(of_first.get(name)) for name in _OF_SHARDS}
    for name in ("host", "cpu"):
        every = sorted({str(shard.header.provenance.get(name)) for shard in shards})
        kept[name] = plain(", ".join(every))
    return kept | {"shards": len(shards)}
