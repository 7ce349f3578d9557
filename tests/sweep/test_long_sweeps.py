"""A small file may ask for years: nobody waits for that without having been told, or asked."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from sweep_cases import commands_use, stopped_after

from thermospin.cli import main, run_command
from thermospin.cli.run_options import RunOptions
from thermospin.execution import CutSizes, Engine, estimated_seconds, plan, planning
from thermospin.spec import load_spec, spec_of

SPEC = """\
fixed: {T_S: 0.7, gamma: 1e-2}
axes: {V: {start: 0.1, stop: 0.5, num: 9}}
outputs: [I_q]
"""
CHANGE = ("--set", "gamma=1e-3")


@pytest.fixture(autouse=True)
def _in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    Path("small.yaml").write_text(SPEC)
    assert run("small.yaml", "-o", "old.h5")[0] == 0


@pytest.fixture
def _long(monkeypatch):
    """Let everything that takes any time take long."""
    monkeypatch.setattr(planning, "_SURELY_SHORT", 0)
    monkeypatch.setattr(run_command, "LONG_RUN", 0.0)


def run(*arguments, **environment):
    done = CliRunner().invoke(main, ["run", *arguments], env=environment, catch_exceptions=False)
    return done.exit_code, done.stderr


@pytest.mark.usefixtures("_long")
@pytest.mark.parametrize("words", [("small.yaml", *CHANGE), ("old.h5",), ("old.h5", *CHANGE)])
def test_a_long_sweep_that_nobody_may_have_seen_is_asked_about(words):
    before = sorted(os.listdir())
    code, message = run(*words, "-o", "new.h5")
    assert code == 2
    assert "9 points (V 9) take " in message
    assert "start it with --long if that is meant, divide it with --shard, or ask for" in message
    assert sorted(os.listdir()) == before
    assert run(*words, "-o", "new.h5", "--long")[0] == 0


@pytest.mark.usefixtures("_long")
def test_a_script_may_say_once_that_long_sweeps_are_meant():
    assert run("old.h5", "-o", "new.h5", THERMOSPIN_RUN_LONG="1")[0] == 0


@pytest.mark.usefixtures("_long")
def test_a_long_sweep_that_somebody_wrote_down_is_told_and_started():
    code, message = run("small.yaml", "-o", "new.h5")
    assert code == 0
    assert "9 points (V 9) take " in message
    assert "take" not in run("small.yaml", "-o", "other.h5", "-q")[1]


@pytest.mark.usefixtures("_long")
def test_what_is_divided_or_has_been_begun_is_not_asked_about(monkeypatch):
    code, message = run("small.yaml", *CHANGE, "--shard", "1/1", "-o", "shard.h5")
    assert code == 0
    assert "take" not in message
    engine = Engine(sizes=CutSizes(largest=2, smallest=1))
    commands_use(monkeypatch, engine)
    stopped_after(1, load_spec("small.yaml"), "begun.h5", engine=engine)
    code, message = run("begun.h5.partial", "-o", "begun.h5", "--resume")
    assert code == 0
    assert "take" not in message


def test_the_command_that_continues_says_again_what_was_said():
    request = RunOptions("a.yaml", None, CHANGE[1:], False, False, False, True, None, None, None)
    assert request.continuation() == "thermospin run a.yaml --set gamma=1e-3 --long --resume"


def test_a_sweep_of_years_is_told_at_once():
    """Without its chunks being made, of which there are millions."""
    changes = ["axes.T_S.num=40000", "axes.h_exc.num=45000", "outputs=[power_max, efficiency_max]"]
    assert estimated_seconds(load_spec("fig2b", changes), threads=2) > run_command.LONG_RUN
    code, message = run("fig2b", *(word for each in changes for word in ("--set", each)))
    assert code == 2
    assert "1,800,000,000 points" in message


def test_a_short_sweep_is_not_timed(monkeypatch):
    monkeypatch.delattr(planning, "_cost")
    assert estimated_seconds(load_spec("fig2b"), threads=2) == 0.0
    assert run("old.h5", "-o", "new.h5")[0] == 0


@pytest.mark.parametrize("compiled", [set(), {"ideal"}, {"film"}])
def test_what_a_plan_has_to_compile_is_not_part_of_the_time_that_it_states(compiled, monkeypatch):
    clock = [0.0]

    def evaluate(_outputs, _bias, junctions, *, rtol):
        assert rtol == 1e-8
        rates = np.atleast_1d(junctions.spin_orbit_Sm)
        needed = {"film" if rate else "ideal" for rate in rates} - compiled
        clock[0] += 1e-3 * rates.size + 100.0 * len(needed)
        compiled.update(needed)

    monkeypatch.setattr(planning, "evaluate", evaluate)
    monkeypatch.setattr(planning, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    axes = {"spin_orbit_Sm": [0, 0.1], "T_S": {"start": 0.1, "stop": 0.9, "num": 500}}
    spec = spec_of({"axes": axes, "outputs": ["V_S"]})
    assert plan(spec, threads=1).seconds == pytest.approx(1.0)
