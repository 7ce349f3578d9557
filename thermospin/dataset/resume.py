"""Judgement of what a former run left beside an output: is it of the same job, and is it sound?

Nothing is changed here but by `discard` and `take_published`; every refusal names the file, what is
wrong with it and the ways out.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

from thermospin.dataset import filesystem
from thermospin.dataset.file_header import DamageError, FileError, FileHeader
from thermospin.dataset.hdf5_objects import SIGNATURE
from thermospin.dataset.job import Job
from thermospin.dataset.journal import JournalContents, JournalHeader, Record, StoreError, examine
from thermospin.dataset.opening import opened
from thermospin.dataset.output_path import OutputError, OutputPath
from thermospin.dataset.partial_file import PartialFile
from thermospin.dataset.provenance import NumericalIdentity
from thermospin.dataset.regular_files import beginning_of, may_begin_with
from thermospin.spec import SpecError, SweepSpec, parse_spec

_DIFFERENCES = {
    "spec_sha256": "was begun from another spec",
    "layout": "was begun with another layout of the file",
    "shard": "is another shard",
    "geometry": "was cut into other chunks, by another version of thermospin",
    "size": "was laid out by another version of HDF5",
    "offsets": "was laid out by another version of HDF5",
}
_NAMED = 8  # damaged parts that a message lists


def take_published(job: Job, output: OutputPath) -> bool:
    """Return whether the result is there already; if so, remove what its run may have left.

    A run may die after the result has got its name, or be started again after its end.

    Raises
    ------
    StoreError
        If it is the result, but damaged.
    """
    if not output.path.exists() or (
        output.partial.exists() and not output.partial.samefile(output.path)
    ):
        return False
    try:
        with opened(output.path) as file:
            if not _is_result(file.header, job):
                return False
            altered = file.altered()
    except DamageError as error:
        raise StoreError(f"{error}; move it away, or replace it with --force") from None
    except FileError:
        return False
    if altered:
        raise StoreError(
            f"{output.path}: is damaged: not the values that were written are those of "
            f"{_listed(altered)}; compute it again with --force"
        )
    discard(output)
    filesystem.sync_folder(output.path.parent)
    return True


def _is_result(header: FileHeader, job: Job) -> bool:
    """Return whether a file holds what a job is asked for, bit for bit."""
    found = (header.spec_sha256, header.shard, header.numerics)
    return header.complete and found == (job.spec.sha256, job.shard_text, job.numerics)


def discard(output: OutputPath) -> None:
    """Remove unfinished work, first the partial file, which must never lack its journal."""
    filesystem.remove(output.partial)
    filesystem.remove(output.journal)


def check_ours(output: OutputPath) -> None:
    """Refuse, and so leave alone, files that have the names of unfinished work and are not ours."""
    found = _findings(output)
    foreign = output.journal if found.is_foreign else None
    if found.header is None and os.path.lexists(output.partial):
        start = beginning_of(output.partial, len(SIGNATURE), follow=False)
        foreign = foreign if may_begin_with(start, SIGNATURE) else output.partial
    if foreign is not None:
        raise OutputError(
            f"{foreign}: is not unfinished work; move it away, throw it away with --force, or "
            "choose another output with -o"
        )


def _findings(output: OutputPath) -> JournalContents:
    """Return what the journal says, nothing if there is none."""
    try:
        return examine(output.journal)
    except FileNotFoundError:
        return JournalContents()
    except StoreError as error:
        raise StoreError(f"{output.journal}: {error}") from None


def examined(output: OutputPath, *, repair: bool) -> JournalContents:
    """Return what the journal says; no header if the work is to begin from nothing."""
    found = _findings(output)
    if found.header is None and os.path.lexists(output.partial) and not repair:
        what = "is damaged in its first line" if output.journal.exists() else "is missing"
        raise StoreError(
            f"{output.journal}: {what}, so nothing in {output.partial.name} can be trusted; "
            "compute all of it again with --resume --repair, or choose another output with -o"
        )
    return found


def check_same(ours: JournalHeader, theirs: JournalHeader, output: OutputPath) -> None:
    """Refuse unfinished work of another job."""
    for each in fields(JournalHeader):
        now, then = getattr(ours, each.name), getattr(theirs, each.name)
        if now == then:
            continue
        reason = _DIFFERENCES.get(each.name, "was begun differently")
        detail = "" if isinstance(then, (dict, list)) else f" ({each.name} {then}, not {now})"
        if each.name == "spec_sha256":
            detail = _changes(ours, theirs) or detail
        if each.name == "kernels":
            how = NumericalIdentity.parse(theirs.kernels).described(
                NumericalIdentity.parse(ours.kernels)
            )
            reason, detail = f"was begun with {how}", ""
        raise StoreError(
            f"{output.journal}: the unfinished work {reason}{detail}; continue it with what it "
            "was begun with, start again with --force, or choose another output with -o"
        )


def _changes(ours: JournalHeader, theirs: JournalHeader) -> str:
    """Return in which settings two specs differ; empty where that cannot be told."""
    try:
        then, now = (_settings(parse_spec(h.text, h.name, h.overrides)) for h in (theirs, ours))
    except SpecError:
        return ""
    names = [name for name in {**now, **then} if now.get(name) != then.get(name)]
    found = [
        f"{name} {then.get(name, 'not set')}, not {now.get(name, 'not set')}" for name in names
    ]
    return f" ({'; '.join(found[:_NAMED])})" if found else ""


def _settings(spec: SweepSpec) -> dict[str, str]:
    """Return what the hash of a spec covers, in words; different points may have the same words."""
    axes = {
        name: f"from {points[0]:g} to {points[-1]:g} in {len(points)} points"
        for name, points in spec.axes.items()
    }
    material = spec.material and f"{spec.material.Delta_0:g} eV, {spec.material.G_T:g} S"
    return {
        "title": repr(spec.title),
        "order of axes": ", ".join(spec.axes),
        **axes,
        **{name: repr(value) for name, value in spec.fixed.items()},
        "outputs": ", ".join(spec.outputs),
        "gap_model": spec.gap_model,
        "rtol": f"{spec.rtol:g}",
        "material": material or "none",
    }


def check_final(output: OutputPath) -> None:
    """Refuse to go on where something else has the final name."""
    if os.path.lexists(output.path) and not output.force:
        raise OutputError(
            f"{output.path}: exists, but is not what is asked for; move it away and continue with "
            "--resume, replace it with --force, or choose another output with -o"
        )


def damaged_chunks(partial: PartialFile, job: Job, records: Mapping[int, Record]) -> list[int]:
    """Return the recorded chunks whose bytes are not those that were recorded."""
    foreign = sorted(records.keys() - set(job.chunks))
    ours = sorted(records.keys() & set(job.chunks))
    with ThreadPoolExecutor(job.threads) as pool:
        digests = pool.map(lambda index: partial.digest(job.places(index)), ours)
        return foreign + [
            index
            for index, digest in zip(ours, digests, strict=True)
            if digest != records[index].sha256
        ]


def refuse_damage(output: OutputPath, found: JournalContents, chunks: list[int]) -> None:
    """Refuse damage of the journal or of some chunks, by name."""
    what = []
    if found.damaged_lines:
        lines = "line" if len(found.damaged_lines) == 1 else "lines"
        what.append(f"{output.journal.name} in {lines} {_listed(found.damaged_lines)}")
    if chunks:
        what.append(f"{output.partial.name} in {named(chunks)}")
    if what:
        raise StoreError(
            f"{output.path}: the unfinished work is damaged: {' and '.join(what)}; "
            "compute what is damaged again with --resume --repair"
        )


def named(chunks: list[int]) -> str:
    """Return how chunks are named in messages."""
    return f"{'chunk' if len(chunks) == 1 else 'chunks'} {_listed(chunks)}"


def _listed(damaged: Sequence[object]) -> str:
    more = len(damaged) - _NAMED
    shown = ", ".join(map(str, damaged[:_NAMED]))
    return shown if more <= 0 else f"{shown} and {more} more"
