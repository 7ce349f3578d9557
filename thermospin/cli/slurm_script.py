"""The script that runs a sweep on SLURM: an array job of shards, and a job that merges them."""

import re
import shlex
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from thermospin.cli.formatting import about, as_argument, points_of, threads_of

if TYPE_CHECKING:
    from thermospin.execution import Plan

_TASK = 3600.0  # seconds that each task takes, if the sweep has enough chunks
_FEWEST_CHUNKS = 8  # in each task, so that all tasks take about equally long
_RESERVE = 3  # time limit of a task over its estimated time; a task that exceeds it is requeued

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
if [ "$code" -eq 75 ]; then  # stopped near its time limit: a new task resumes it
  scontrol requeue "$SLURM_JOB_ID"
elif [ "$code" -eq 3 ]; then  # some points missed their tolerance: merge says how many
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


def slurm_script(
    plan: "Plan", name: str, spec: str, changes: tuple[str, ...], shards: int | None
) -> str:
    """Write a script that submits a sweep to SLURM.

    Parameters
    ----------
    plan : Plan
        The cost of the sweep.
    name : str
        The name of the sweep.
    spec : str
        The argument SPEC of the run.
    changes : tuple of str
        Its ``--set KEY=VALUE``.
    shards : int or None
        Number of tasks; by default so many that each takes about an hour.

    Returns
    -------
    str
        A bash script: it submits an array job with one shard for each task, and then a job that
        merges the shards.

    Raises
    ------
    click.UsageError
        If a name or change is not one printable line.
    """
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
    """Refuse line breaks and control characters, which would end a comment or a nested script."""
    for text in texts:
        if not text.isprintable():
            raise click.UsageError(
                f"--slurm: {text!r} must be one line of printable characters; rename the spec, or"
                " write the change into it"
            )
