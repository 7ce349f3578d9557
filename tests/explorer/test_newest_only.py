"""Only the newest of many requests is computed to its end."""

import threading

from thermospin.explorer.newest_only import NewestOnly


def test_what_is_no_longer_wanted_is_left_after_the_part_at_hand():
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    computed, delivered = [], []

    def compute(request):
        for part in ("first", "second"):
            computed.append((request, part))
            if request == "old":
                begun.set()
                go_on.wait(10)
            yield part

    def deliver(request, part):
        delivered.append((request, part))
        if part == "second":
            ended.set()

    worker = NewestOnly(compute, deliver, threaded=True)
    worker.ask("old")
    assert begun.wait(10)
    worker.ask("never")
    worker.ask("new")
    go_on.set()
    assert ended.wait(10)
    assert computed == [("old", "first"), ("new", "first"), ("new", "second")]
    assert delivered == [("new", "first"), ("new", "second")]


def test_without_a_thread_the_answer_is_there_at_once():
    delivered = []
    worker = NewestOnly(lambda n: iter(range(n)), lambda _, part: delivered.append(part),
                        threaded=False)  # fmt: skip
    worker.ask(3)
    worker.ask(2)
    assert delivered == [0, 1, 2, 0, 1]


def test_what_is_forgotten_is_not_delivered():
    delivered = []

    def compute(request):
        worker.forget()
        yield request

    worker = NewestOnly(compute, lambda _, part: delivered.append(part), threaded=False)
    worker.ask(1)
    assert delivered == []
