"""A task keeps what it is made of, up to the largest numbers there are."""

from types import SimpleNamespace

import pytest

from thermospin.device import interlocked, tasks
from thermospin.kernels.kinds import CURRENT
from thermospin.kernels.rules import HIGHEST, STEPS
from thermospin.kernels.workspace import MAX_PIECES


@pytest.mark.parametrize("both", [0, 1])
@pytest.mark.parametrize("rule", [0, HIGHEST])
@pytest.mark.parametrize("table", [0, STEPS])
@pytest.mark.parametrize("thread", [0, interlocked.THREADS - 1])
def test_the_fields_of_a_task(both, rule, table, thread):
    j = MAX_PIECES - 1
    piece = SimpleNamespace(rule=rule, table=table)
    queue = dict.fromkeys([(0, 0), (1, 0)], j)
    workspace = SimpleNamespace(piece={j: piece}, queue=queue)
    task, bucket = tasks._task_of.py_func(0, both, thread, CURRENT, None, workspace)
    assert 0 <= task < 2**32  # of ``interlocked.ARRAYS.task``
    assert 0 <= bucket < tasks.COUNTERS - 1 < interlocked.THREADS
    assert tasks.fields_of.py_func(task) == (both == 0, thread, j, rule, table)


def test_those_with_most_nodes_come_first():
    def bucket(both, rule):
        piece = SimpleNamespace(rule=rule, table=1)
        workspace = SimpleNamespace(piece=[piece], queue={(0, 0): 0, (1, 0): 0})
        return tasks._task_of.py_func(0, both, 0, CURRENT, None, workspace)[1]

    found = [bucket(both, rule) for rule in range(HIGHEST, -1, -1) for both in (1, 0)]
    assert found == list(range(tasks.COUNTERS - 1))
