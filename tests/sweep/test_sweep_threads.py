"""Threads: how many, and never more work in flight than asked."""

import os
import threading

import pytest

from thermospin.execution.threads import computed, thread_count


def test_the_request_goes_before_slurm_before_the_machine(monkeypatch):
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", "3")
    assert thread_count(5) == 5
    assert thread_count() == 3
    monkeypatch.delenv("SLURM_CPUS_PER_TASK")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 4, 6, 7}, raising=False)
    assert thread_count() == 4
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert thread_count() == 6


@pytest.mark.parametrize("number", [0, -1])
def test_no_threads_are_refused(number):
    with pytest.raises(ValueError, match=f"threads: must be at least 1, got {number}"):
        thread_count(number)


@pytest.mark.parametrize("text", ["two", "-1", "1.5", "0", "٣"])
def test_a_bad_slurm_variable_is_named(monkeypatch, text):
    monkeypatch.setenv("SLURM_CPUS_PER_TASK", text)
    with pytest.raises(ValueError, match="SLURM_CPUS_PER_TASK"):
        thread_count()


def test_every_task_is_computed_once():
    assert dict(computed(lambda x: x * x, range(100), 4)) == {x: x * x for x in range(100)}


def test_tasks_are_drawn_no_faster_than_results_are_taken():
    drawn = []

    def tasks():
        for task in range(100):
            drawn.append(task)
            yield task

    results = computed(lambda x: x, tasks(), 2)
    for taken in range(1, 50):
        next(results)
        assert len(drawn) - taken <= 4
    results.close()
    assert len(drawn) < 60


def test_closing_waits_for_what_runs_and_drops_the_rest():
    begun, proceed = [], threading.Event()

    def slow(task):
        begun.append(task)
        if task:
            proceed.wait(10)
        return task

    results = computed(slow, range(10), 1)
    assert next(results) == (0, 0)
    proceed.set()
    results.close()
    assert len(begun) < 10


def test_a_failure_reaches_the_caller():
    def fail(task):
        raise FloatingPointError(f"task {task}")

    with pytest.raises(FloatingPointError, match="task"):
        list(computed(fail, range(10), 2))
