"""The commands: what they do, what they print where, and how they end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner
from sweep_cases import commands_use

import thermospin
from thermospin import bench, figures
from thermospin.cli import main
from thermospin.dataset import read, read_spec_text
from thermospin.execution import Engine
from thermospin.observables import evaluate
from thermospin.quantities import STATUS
from thermospin.spec import bundled_specs, bundled_text

SPEC = """\
title: A small sweep
fixed: {T_S: 0.7, gamma: 1e-2}
axes:
  h_exc: [0, 0.2]
  V: {start: -0.5, stop: 0.5, num: 5}
outputs: [I_q, G_0]
"""
POINTS = 10


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)  # the library obeyed it when imported
    monkeypatch.delenv("SLURM_CPUS_PER_TASK", raising=False)
    Path("small.yaml").write_text(SPEC)
    return tmp_path


def thermospin_(*arguments, **environment):
    return CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)


def done(*arguments, **environment):
    """Return what a command prints to stdout, if it succeeds."""
    result = thermospin_(*arguments, **environment)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_run_writes_the_sweep_under_the_name_of_its_spec():
    result = thermospin_("run", "small.yaml")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"small.h5: {POINTS} points in ")
    assert result.stdout.count("\n") == 1
    contents = read("small.h5")
    assert contents.title == "A small sweep"
    assert contents.dims["I_q"] == ("h_exc", "V")
    assert np.all(np.isfinite(contents.outputs["I_q"]))


def test_only_results_go_to_stdout():
    result = thermospin_("run", "small.yaml", "--json", "--threads", "1")
    assert "small: 10 points (h_exc 2 × V 5) on 1 thread" in result.stderr
    report = json.loads(result.stdout)
    assert report["path"] == str(Path("small.h5").resolve())
    assert (report["points"], report["missed"], report["threads"]) == (POINTS, 0, 1)
    assert report["bytes"] == Path("small.h5").stat().st_size
    assert report["seconds"] > 0


def test_quiet_is_quiet():
    assert thermospin_("run", "small.yaml", "-q").stderr == ""


def test_a_change_is_applied_and_recorded():
    done("run", "small.yaml", "-o", "hot.h5", "--set", "T_S=0.9", "--set", "axes.V.num=3")
    contents = read("hot.h5")
    assert contents.fixed["T_S"] == 0.9
    assert len(contents.axes["V"]) == 3
    assert read_spec_text("hot.h5") == (SPEC, ("T_S=0.9", "axes.V.num=3"))


def test_a_file_is_run_again_from_its_own_spec():
    done("run", "small.yaml", "-o", "hot.h5", "--set", "T_S=0.9")
    Path("small.yaml").unlink()
    done("run", "hot.h5", "-o", "again.h5")
    first, second = read("hot.h5"), read("again.h5")
    assert second.spec_sha256 == first.spec_sha256
    np.testing.assert_array_equal(second.outputs["I_q"], first.outputs["I_q"])


def test_a_file_run_again_is_known_by_its_content_not_its_name():
    done("run", "small.yaml", "-o", "result")
    assert "ok: result, 10 points" in done("check", "result")


@pytest.mark.parametrize("key", ["T_S", "fixed.T_S"])
def test_a_new_change_takes_the_place_of_the_recorded_one(key):
    done("run", "small.yaml", "-o", "hot.h5", "--set", "T_S=0.9", "--set", "gamma=0.02")
    done("run", "hot.h5", "-o", "cold.h5", "--set", f"{key}=0.3")
    contents = read("cold.h5")
    assert (contents.fixed["T_S"], contents.fixed["gamma"]) == (0.3, 0.02)
    assert read_spec_text("cold.h5").overrides == ("gamma=0.02", f"{key}=0.3")


def test_force_replaces_a_file():
    Path("small.h5").write_text("something else")
    done("run", "small.yaml", "--force")
    assert read("small.h5").complete


def test_points_that_miss_their_tolerance_are_counted_and_can_be_found(monkeypatch):
    def missing_two(*arguments, **keywords):
        evaluation = evaluate(*arguments, **keywords)
        evaluation.status[0, :2] = STATUS["tolerance_missed"]
        return evaluation

    commands_use(monkeypatch, Engine(evaluate=missing_two))
    result = thermospin_("run", "small.yaml", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["missed"] == 2
    assert "2 points missed the tolerance rtol = 1e-08" in result.stderr
    assert "in small.h5 the variable status or junction_status is 2 there" in result.stderr
    with h5py.File("small.h5") as file:
        assert np.count_nonzero(file["status"][()] == 2) == 2


def test_an_option_can_come_from_the_environment():
    report = json.loads(done("run", "small.yaml", "--json", THERMOSPIN_RUN_THREADS="3"))
    assert report["threads"] == 3


def test_plan_tells_the_cost_and_writes_nothing(folder):
    text = done("plan", "small.yaml", "--threads", "1")
    assert [line.split()[0] for line in text.splitlines()] == ["points", "chunks", "file", "time"]
    assert "10 points (h_exc 2 × V 5)" in text
    plan = json.loads(done("plan", "small.yaml", "--json"))
    assert plan["points"] == POINTS
    assert plan["seconds"] > 0
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]
    done("run", "small.yaml")
    assert plan["bytes"] == Path("small.h5").stat().st_size


def test_plan_warns_of_files_that_h5web_leaves_closed():
    vast = ("--set", "axes.V.num=100001", "--set", "axes.h_exc={start: 0, stop: 0.4, num: 4001}")
    result = thermospin_("plan", "small.yaml", *vast, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["bytes"] > 2e9
    assert "h5web in VS Code" in result.stderr
    assert thermospin_("plan", "small.yaml").stderr == ""


def test_check_goes_through_all_specs():
    Path("wrong.yaml").write_text(SPEC.replace("T_S", "T_s").replace("G_0", "g_0"))
    result = thermospin_("check", "small.yaml", "wrong.yaml", "nowhere.h5", "fig2b")
    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        "ok: small, 10 points (h_exc 2 × V 5), outputs I_q, G_0",
        "ok: fig2b, 26,931 points (T_S 191 × h_exc 141), outputs G_0",
    ]
    assert "wrong.yaml:2:9: fixed.T_s: unknown key" in result.stderr
    assert "did you mean 'G_0'?" in result.stderr
    assert "nowhere.h5: no such file" in result.stderr


def test_schema_is_json():
    assert json.loads(done("schema"))["title"] == "thermospin sweep"


def test_example_lists_and_prints_the_bundled_specs():
    listed = done("example").splitlines()
    assert [line.split()[0] for line in listed] == bundled_specs()
    assert "Zero-bias conductance" in listed[bundled_specs().index("fig2b")]
    assert done("example", "fig2b") == bundled_text("fig2b")


def test_info_on_a_file():
    done("run", "small.yaml", "--set", "T_S=0.9")
    text = done("info", "small.h5")
    assert text.startswith("small.h5: A small sweep\n")
    for line in (
        "status           10 ok",
        "overrides        T_S=0.9",
        "  V      5 points  -0.5 … 0.5",
    ):
        assert line in text
    summary = json.loads(done("info", "small.h5", "--json"))
    assert summary["status"]["status"] == {"not_computed": 0, "ok": POINTS, "tolerance_missed": 0}
    assert summary["spec"] == {"text": SPEC, "overrides": ["T_S=0.9"]}
    assert summary["outputs"][0]["shape"] == [2, 5]


def test_info_on_the_installation():
    assert done("info").startswith(f"thermospin  {thermospin.__version__}\n")
    found = json.loads(done("info", "--json", SLURM_CPUS_PER_TASK="3"))
    assert found["versions"]["numpy"] == np.__version__
    assert found["threads"] == 3


def test_plot_names_the_picture(monkeypatch):
    asked = []

    def plot(*given, view, overlay):
        asked.append((*given, view, [(curve.columns, *curve.values) for curve in overlay]))
        return Path("small.png")

    monkeypatch.setattr(figures, "write_picture", plot)
    Path("iv.csv").write_text("V (V),I (A)\n0,0\n1,2\n")
    Path("more.csv").write_text("top\n1 5\n2 7\n")
    assert done("plot", "small.h5") == "small.png\n"
    done("plot", "small.h5", "-o", "map.pdf", "--overlay", "iv.csv", "--overlay", "iv.csv")
    done("plot", "small.h5", "--overlay", "more.csv", "--columns", "2,1", "--data-units", "V,A",
         "--skip", "1", "--offset", "2 mV", "--factor", "-3")  # fmt: skip
    done("plot", "small.h5", "--at", "h_exc=0.2", "--at", "T_S = 0.7", "--x", "V", "--y", "T_S",
         "--show", "I_q", "--show", "G", "--facet", "gamma")  # fmt: skip
    assert asked == [
        ("small.h5", None, figures.View(), []),
        ("small.h5", "map.pdf", figures.View(), [(("V (V)", "I (A)"), 0.0, 2.0)] * 2),
        ("small.h5", None, figures.View(), [(("column 2", "column 1"), -3.0, -6.0)]),
        (
            "small.h5",
            None,
            figures.View({"h_exc": "0.2", "T_S": "0.7"}, "V", "T_S", ("I_q", "G"), "gamma"),
            [],
        ),
    ]


def test_what_is_left_out_of_a_measured_curve_is_said(monkeypatch):
    monkeypatch.setattr(figures, "write_picture", lambda *_, **__: Path("small.png"))
    Path("iv.csv").write_text("V (V),I (A)\n0,0\nnan,1\n1,2\n3\n")
    result = thermospin_("plot", "small.h5", "--overlay", "iv.csv")
    assert result.stdout == "small.png\n"
    assert result.stderr == (
        "iv.csv: left out 1 of 4 rows with other than 2 cells (line 5)\n"
        "iv.csv: left out 1 of 3 rows without a finite number (line 3)\n"
    )


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (["--columns", "1"], "must be two, with a comma between, got '1'"),
        (["--columns", "1,2,3"], "must be two, with a comma between, got '1,2,3'"),
        (["--data-units", "mV,"], "must be two, with a comma between, got 'mV,'"),
        (["--skip", "-1"], "must be a whole number from 0 to"),
        (["--factor", "twice"], "must be a finite decimal number"),
        (["--factor", "0"], "--factor must be a finite number other than 0"),
        (["--offset", "1 nA"], "--offset must be in V, mV, uV, nV"),
    ],
)
def test_how_a_measured_curve_is_read_is_checked(words, rule):
    Path("iv.csv").write_text("V (V),I (A)\n0,0\n1,2\n")
    result = thermospin_("plot", "small.h5", "--overlay", "iv.csv", *words)
    assert result.exit_code == 2
    assert rule in result.stderr


def test_options_of_measured_curves_without_a_curve_are_refused():
    for words in (["--data-units", "mV,nA"], ["--skip", "0"], ["--offset", "1 mV"]):
        result = thermospin_("plot", "small.h5", *words)
        assert result.exit_code == 2
        assert f"{words[0]} says how measured curves are read; name one by --over" in result.stderr


@pytest.mark.parametrize(
    ("cut", "rule"),
    [
        ("h_exc", "must be written AXIS=VALUE, got 'h_exc'"),
        ("h_exc=", "must be a number, got ''"),
        ("h_exc=wide", "must be a finite decimal number, got 'wide'"),
    ],
)
def test_a_cut_is_an_axis_and_a_value(cut, rule):
    result = thermospin_("plot", "small.h5", "--at", cut)
    assert result.exit_code == 2
    assert f"'--at': {rule}" in result.stderr


@pytest.mark.parametrize("number", ["1_0", "٣", "nan", "inf", "0,2", "1e999", "0x1"])
@pytest.mark.parametrize(
    "words", [("plot", "a.h5", "--at", "V={}"), ("reproduce", "--gamma", "{}")]
)
def test_a_number_on_the_command_line_is_decimal_as_in_a_spec(words, number):
    result = thermospin_(*(word.format(number) for word in words))
    assert result.exit_code == 2
    assert f"got '{number}'" in result.stderr


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("module://matplotlib_inline.backend_inline", ("plot", "small.h5")),
        ("qtagg", ("plot", "small.h5")),
        ("module://nowhere", ("reproduce", "3b", "--quick", "-q")),
    ],
)
def test_pictures_are_drawn_whatever_backend_the_environment_names(folder, backend, words):
    done("run", "small.yaml", "-q")
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_DISABLE_JIT"}
    command = [sys.executable, "-m", "thermospin", *words]
    subprocess.run(command, env=environment | {"MPLBACKEND": backend}, check=True)
    assert [*folder.glob("*.png"), *folder.glob("figures/*.png")] != []


def test_bench_prints_a_table_or_json(monkeypatch):
    monkeypatch.setattr(bench, "run", lambda **asked: asked | {"error": float("nan")})
    monkeypatch.setattr(bench, "table", lambda results: f"quick {results['quick']}")
    assert done("bench") == "quick False\n"
    asked = json.loads(done("bench", "--quick", "--all", "--json"))
    assert asked == {"quick": True, "every": True, "device": "cpu", "error": None}


def test_version():
    assert done("--version").split()[-1] == thermospin.__version__


@pytest.mark.parametrize("command", [None, *main.commands])
def test_help_is_complete_and_has_an_example(command):
    text = done(*filter(None, [command]), "--help")
    assert f"  thermospin {command or 'run'}" in text
    if command is None:
        assert all(f"  {name} " in text for name in main.commands)
    else:
        options = [p for p in main.commands[command].params if p.param_type_name == "option"]
        assert all(option.help and option.opts[-1] in text for option in options)


def test_the_list_of_commands_says_in_a_whole_sentence_what_each_does():
    lines = done("--help", COLUMNS="80").split("\nCommands:\n")[1].splitlines()
    listed = lines[: len(main.commands)]
    assert [line.split()[0] for line in listed] == list(main.commands)
    assert [line for line in listed if line.endswith("...") or not line.endswith(".")] == []


def test_completion_offers_the_bundled_specs():
    words = {"COMP_WORDS": "thermospin run fig3", "COMP_CWORD": "2"}
    result = CliRunner().invoke(
        main,
        prog_name="thermospin",
        env={"_THERMOSPIN_COMPLETE": "bash_complete", **words},
    )
    offered = [line.partition(",")[2] for line in result.stdout.splitlines()]
    assert offered[:5] == ["fig3a", "fig3b", "fig3b_film", "fig3c", "fig3d"]


@pytest.mark.parametrize(
    "program", [["-c", "from thermospin.cli import main; main()"], ["-m", "thermospin"]]
)
def test_a_process_of_its_own_says_the_same(program):
    command = [sys.executable, *program, "check", "fig2b"]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    assert finished.stdout == done("check", "fig2b")
    assert finished.stderr == ""
