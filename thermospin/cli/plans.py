"""The command that tells what a sweep takes: plan."""

import re
import shlex
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from thermospin.cli import memory, options
from thermospin.cli.behaviour import StrictCommand
from thermospin.cli.specs import extent, load
from thermospin.cli.text import about, aligned, as_argument, points_of, size, threads_of, to_json

if TYPE_CHECKING:
    from thermospin.sweep import Plan

_H5WEB_LIMIT = 2_000_000_000  # bytes that h5web in VS Code opens unasked
_TASK = 3600.0  # seconds of a task of a job array, where there are enough chunks
_FEWEST_CHUNKS = 8  # of a task, so that tasks take about the same time
_RESERVE = 3  # a task may take so many times as long as planned before it has to be requeued


@click.command(cls=StrictCommand, room=memory.KERNELS)
@options.spec
@options.changes
@options.threads
@click.option(
    "--slurm", is_flag=True, help="Print a script that runs the sweep on a SLURM cluster."
)
@click.option(
    "--shards",
    metavar="N",
    callback=options.whole_number,
    help="With --slurm: number of tasks; by default so that each takes an hour.",
)
@options.as_json
def plan(
    spec: str,
    changes: tuple[str, ...],
    threads: int | None,
    slurm: bool,
    shards: int | None,
    as_json: bool,
) -> None:
    """Say what a sweep takes: points, chunks, bytes and seconds.

    The time follows from a few of the sweep's own points, which are computed; nothing is written.

    \b
    Example:
      thermospin plan fig3c --threads 8
      thermospin plan mine.yaml --slurm --threads 16 | bash
    """
    from thermospin.sweep import plan as planned

    if slurm and as_json:
        raise click.UsageError("--slurm prints a script, --json an object: give only one.")
    if shards is not None and not slurm:
        raise click.UsageError("--shards needs --slurm.")
    sweep = load(spec, changes)
    found = planned(sweep, threads=threads)
    if slurm:
        click.echo(_slurm_script(found, sweep.name, spec, changes, shards), nl=False)
    elif as_json:
        click.echo(to_json(found))
    else:
        rows = [
            ("points", extent(sweep)),
            ("chunks", f"{found.chunks:,} of up to {points_of(found.chunk_points)}"),
            ("file", f"{found.bytes:,} bytes ({size(found.bytes)})"),
            ("time", f"{about(found.seconds)} on {threads_of(found.threads)}"),
        ]
        click.echo(aligned(rows))
    if found.bytes > _H5WEB_LIMIT:
        click.echo(
            f"{size(found.bytes)}: h5web in VS Code does not open files above"
            f" {size(_H5WEB_LIMIT)} by itself",
            err=True,
        )


_SCRIPT = """\
#!/bin/bash
# {name}: {points} in {count} shards, each {seconds} on {threads}.
# Submit with: bash THIS_FILE. Sites differ: add --account, --partition or modules where needed.
set -euo pipefail
array=$(sbatch --parsable <<'ARRAY'
#!/bin/bash
#SBATCH --job-name={job}
#SBATCH --array=1-{count}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task={cpus}
#SBATCH --time={limit}
#SBATCH --signal=USR1@120
#SBATCH --requeue
#SBATCH --open-mode=append
export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK
code=0
srun {run} --shard "$SLURM_ARRAY_TASK_ID/{count}" \\
  -o {stem}."$SLURM_ARRAY_TASK_ID"-of-{count}.h5 --resume -q || code=$?
if [ "$code" -eq 75 ]; then  # stopped before its time was over: it goes on where it was
  scontrol requeue "$SLURM_JOB_ID"
elif [ "$code" -eq 3 ]; then  # some points missed their tolerance: the merger says how many
  code=0
fi
exit "$code"
ARRAY
)
sbatch --dependency="afterok:${{array%%;*}}" --kill-on-invalid-dep=yes <<'MERGE'
#!/bin/bash
#SBATCH --job-name={job}-merge
#SBATCH --ntasks=1
#SBATCH --time=01:00:00
#SBATCH --requeue
{merge}
MERGE
"""


def _slurm_script(
    plan: "Plan", name: str, spec: str, changes: tuple[str, ...], shards: int | None
) -> str:
    """Return a script that submits an array job, one task a shard, and a job that merges them."""
    count = shards or min(
        max(1, plan.chunks // _FEWEST_CHUNKS), max(1, round(plan.seconds / _TASK))
    )
    seconds = plan.seconds / count
    hours = max(1, round(_RESERVE * seconds / 3600))
    words = ["thermospin", "run", as_argument(spec)]
    words += [word for change in changes for word in ("--set", change)]
    _refuse_unprintable((*words, name))
    output = as_argument(f"{name}.h5")
    parts = [as_argument(f"{name}.{number}-of-{count}.h5") for number in range(1, count + 1)]
    return _SCRIPT.format(
        name=name,
        points=points_of(plan.points),
        count=count,
        seconds=about(seconds),
        threads=threads_of(plan.threads),
        cpus=plan.threads,
        limit=f"{hours:02d}:00:00",
        job=re.sub(r"[^\w.-]", "_", name, flags=re.ASCII),
        run=shlex.join(words),
        stem=shlex.quote(as_argument(name)),
        merge=shlex.join(["thermospin", "merge", output, *parts, "--force", "-q"]),
    )


def _refuse_unprintable(texts: Iterable[str]) -> None:
    """Refuse what a script cannot carry: a line break would end a comment, or the script within."""
    for text in texts:
        if not text.isprintable():
            raise click.UsageError(
                f"--slurm: {text!r} must be one line of printable characters; rename the spec, or"
                " write the change into it"
            )
