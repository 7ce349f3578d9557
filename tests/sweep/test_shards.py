"""Shards computed anywhere, in any order, make up the same bits as one run, or they are refused."""

import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner
from faulty_disk import Killed, RecordedOS
from sweep_cases import MANY_CHUNKS, bits, commands_use, stopped_after

from thermospin import dataset, execution
from thermospin.cli import main
from thermospin.dataset import FileError, NumericalIdentity, OutputError, filesystem
from thermospin.execution import MergeError, Stopped
from thermospin.spec import parse_spec

TEXT = """\
fixed: {{gamma: 1e-3}}
axes: {{T_S: [0.3, 0.5, {last}], V: {{start: -0.3, stop: 0.3, num: 7}}, h_exc: [0, 0.1, 0.2]}}
outputs: [I_q, V_S]
"""
SPEC = parse_spec(TEXT.format(last=0.7), "small.yaml")
OTHER = parse_spec(TEXT.format(last=0.8), "other.yaml")
PARTS = 4


run_sweep = partial(execution.run_sweep, engine=MANY_CHUNKS)
merge = partial(execution.merge, engine=MANY_CHUNKS)


@pytest.fixture(autouse=True)
def _commands(monkeypatch):
    commands_use(monkeypatch, MANY_CHUNKS)


@pytest.fixture
def shards(tmp_path):
    """Return the shards of a sweep, computed in no particular order."""
    paths = [tmp_path / f"{number}.h5" for number in range(1, PARTS + 1)]
    for number in (3, 1, 4, 2):
        run_sweep(SPEC, paths[number - 1], shard=f"{number}/{PARTS}", threads=2)
    return paths


def test_merged_shards_have_the_bits_of_one_run(tmp_path, shards):
    whole = tmp_path / "whole.h5"
    report = run_sweep(SPEC, whole)
    merged = merge(tmp_path / "merged.h5", reversed(shards))
    assert bits(tmp_path / "merged.h5") == bits(whole)
    assert (merged.points, merged.missed, merged.bytes) == (report.points, 0, report.bytes)
    assert dataset.describe(merged.path).provenance["shards"] == PARTS
    assert {path.name for path in tmp_path.iterdir()} == {
        "1.h5", "2.h5", "3.h5", "4.h5", "whole.h5", "merged.h5",
    }  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 7])
def test_any_number_of_shards(tmp_path, count):
    run_sweep(SPEC, tmp_path / "whole.h5")
    paths = [tmp_path / f"{number}-of-{count}.h5" for number in range(1, count + 1)]
    points = sum(
        run_sweep(SPEC, path, shard=f"{number}/{count}").points
        for number, path in enumerate(paths, start=1)
    )
    assert points == SPEC.size
    merge(tmp_path / "merged.h5", paths)
    assert bits(tmp_path / "merged.h5") == bits(tmp_path / "whole.h5")


@pytest.mark.parametrize("command", ["plot", "verify"])
def test_a_shard_is_to_be_merged_before_it_is_looked_at(shards, command):
    result = CliRunner().invoke(main, [command, str(shards[0])])
    assert f"a shard: merge it, then {command} the whole" in result.output


def test_the_header_of_a_shard_is_told_by_all_that_read_it(shards):
    summary, contents = dataset.describe(shards[1]), dataset.read(shards[1])
    assert summary.shard == contents.shard == f"2/{PARTS}"
    assert summary.geometry == contents.geometry == dataset.shard_file(shards[1]).header.geometry
    assert (summary.rtol, contents.spec) == (SPEC.rtol, (SPEC.text, ()))
    found = json.loads(printed("info", str(shards[1]), "--json"))
    assert (found["shard"], found["geometry"]) == (summary.shard, list(summary.geometry))


def test_a_shard_is_resumed_like_any_run(tmp_path, shards):
    path = tmp_path / "again.h5"
    stopped_after(1, SPEC, path, shard="2/4")
    with pytest.raises(dataset.StoreError, match="another shard"):
        run_sweep(SPEC, path, shard="3/4", resume=True)
    with pytest.raises(dataset.StoreError, match="another shard"):
        run_sweep(SPEC, path, resume=True)
    assert run_sweep(SPEC, path, shard="2/4", resume=True).skipped > 0
    assert bits(path) == bits(shards[1])


@pytest.mark.parametrize(
    "shard", ["0/4", "5/4", "1", "1/", "/4", "1/0", "-1/4", "a/b", "1/4/2", "٣/4"]
)
def test_a_shard_is_written_as_i_of_n(tmp_path, shard):
    with pytest.raises(ValueError, match="shard: must be i/n with i from 1 to n"):
        run_sweep(SPEC, tmp_path / "out.h5", shard=shard)
    assert list(tmp_path.iterdir()) == []


def test_there_are_no_more_shards_than_chunks(tmp_path):
    with pytest.raises(ValueError, match=r"at most as many shards, got 1/1000"):
        run_sweep(SPEC, tmp_path / "out.h5", shard="1/1000")


def test_a_gap_is_named(tmp_path, shards):
    with pytest.raises(MergeError, match="missing: shards 2/4, 3/4;"):
        merge(tmp_path / "merged.h5", [shards[0], shards[3]])
    assert not (tmp_path / "merged.h5").exists()


def test_an_overlap_is_named(tmp_path, shards):
    with pytest.raises(MergeError, match=r"2\.h5 and .*2\.h5 both hold shard 2/4"):
        merge(tmp_path / "merged.h5", [*shards, shards[1]])


def test_a_shard_of_another_sweep_is_named(tmp_path, shards):
    run_sweep(OTHER, shards[2], shard="3/4", force=True)
    with pytest.raises(MergeError, match=r"3\.h5: is of another sweep \(spec sha256"):
        merge(tmp_path / "merged.h5", shards)


def test_a_shard_of_another_division_is_named(tmp_path, shards):
    run_sweep(SPEC, shards[2], shard="3/5", force=True)
    with pytest.raises(MergeError, match=r"3\.h5: is of another division \(shards 5, not 4"):
        merge(tmp_path / "merged.h5", shards)


def test_a_shard_of_another_version_is_named(tmp_path, shards):
    other = replace(MANY_CHUNKS, numerics=lambda: NumericalIdentity("other", "fingerprint"))
    run_sweep(SPEC, shards[2], shard="3/4", force=True, engine=other)
    with pytest.raises(MergeError, match=r"3\.h5: does not go with .*kernels other"):
        merge(tmp_path / "merged.h5", shards)


def test_what_is_not_a_finished_shard_is_named(tmp_path, shards):
    run_sweep(SPEC, tmp_path / "whole.h5")
    with pytest.raises(FileError, match=r"whole\.h5: is not a shard"):
        merge(tmp_path / "merged.h5", [*shards, tmp_path / "whole.h5"])
    stopped_after(1, SPEC, shards[1], shard="2/4", force=True)
    with pytest.raises(FileError, match=r"2\.h5\.partial: is not finished"):
        merge(tmp_path / "merged.h5", [shards[0], dataset.output_path_of(shards[1]).partial])


def test_a_damaged_chunk_is_named(tmp_path, shards):
    with h5py.File(shards[1]) as file:
        place = file["I_q"].id.get_offset()
    with shards[1].open("r+b") as file:
        file.seek(place + 3)
        byte = file.read(1)[0]
        file.seek(place + 3)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(FileError, match=r"2\.h5: chunk 1 is damaged; compute shard 2/4 again"):
        merge(tmp_path / "merged.h5", shards)
    assert not dataset.output_path_of(tmp_path / "merged.h5").unfinished()


def test_the_output_is_none_of_the_shards(shards):
    with pytest.raises(OutputError, match="is one of the shards"):
        merge(shards[0], shards, force=True)


@pytest.mark.parametrize("fault", ["kill", "ENOSPC"])
def test_every_call_of_a_merger_may_fail(tmp_path, shards, monkeypatch, fault):
    undisturbed = RecordedOS()
    with monkeypatch.context() as patch:
        patch.setattr(filesystem, "os", undisturbed)
        merge(tmp_path / "reference.h5", shards)
    for failing in range(1, len(undisturbed.calls) + 1, 9):
        path = tmp_path / str(failing) / "merged.h5"
        path.parent.mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(filesystem, "os", RecordedOS(failing, fault))
            with suppress(OSError, Killed):
                merge(path, shards)
        if path.exists():
            assert bits(path) == bits(tmp_path / "reference.h5")
        merge(path, shards, force=True)
        assert bits(path) == bits(tmp_path / "reference.h5")
        assert os.listdir(path.parent) == ["merged.h5"]


SLURM = {
    "sbatch": """\
#!/bin/bash
# Stands for a batch system: runs an array job task after task, in turn requeues what asks for it.
script=$(cat)
echo "sbatch $*" >> "$FAKE/log"
count=$(sed -n 's/^#SBATCH --array=1-//p' <<< "$script")
export SLURM_CPUS_PER_TASK=1 SLURM_JOB_ID=7
for task in $(seq 1 "${count:-1}"); do
  SLURM_ARRAY_TASK_ID=$task bash <<< "$script" >> "$FAKE/output" 2>&1 || exit 1
done
echo 7
""",
    "srun": '#!/bin/bash\nexec "$@"\n',
    "scontrol": '#!/bin/bash\necho "scontrol $*" >> "$FAKE/log"\n',
}


def test_the_batch_script_computes_all_shards_and_merges_them(tmp_path, monkeypatch):
    monkeypatch.undo()  # the tasks are other processes, with the real chunks and the physics
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my sweep.yaml").write_text(TEXT.format(last=0.7))
    script = printed(
        "plan", "my sweep.yaml", "--set", "axes.V.num=4097", "--slurm", "--shards", "2"
    )
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, text in SLURM.items():
        (commands / name).write_text(text)
        (commands / name).chmod(0o755)
    path = f"{commands}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "FAKE": str(tmp_path)}
    subprocess.run(["bash"], input=script, env=environment, text=True, check=True)
    assert (tmp_path / "my sweep.h5").exists(), (tmp_path / "output").read_text()
    log = (tmp_path / "log").read_text()
    assert "--dependency=afterok:7" in log
    assert "--signal=USR1@120" in script
    assert "--requeue" in script
    printed("run", "my sweep.yaml", "--set", "axes.V.num=4097", "-o", "whole.h5")
    assert bits(tmp_path / "my sweep.h5") == bits(tmp_path / "whole.h5")


RECORDING = """\
#!/bin/sh
for word; do printf '%s\\0' "$word"; done >> "$FAKE/words"
printf '\\n' >> "$FAKE/words"
"""
EVIL_NAMES = [
    "$(touch PWNED)",
    "`touch PWNED`",
    "a;touch PWNED;b",
    "a' ; touch PWNED ; '",
    'a" ; touch PWNED ; "',
    "a\\",
    "a # b",
    "$PWD",
    "~",
    "-o",
    "--force",
    "#SBATCH --wrap=x",
    "ARRAY",
    "MERGE",
    "{name}",
    "Δ₀ * ?",
    "a & touch PWNED &",
    "a > PWNED",
]


@pytest.mark.parametrize("name", EVIL_NAMES)
def test_the_batch_script_takes_a_name_for_a_name(tmp_path, monkeypatch, name):
    """Whatever a spec is called: its commands get that name, and nothing else is run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{name}.yaml").write_text(TEXT.format(last=0.7))
    quoted = name.replace("'", "''")
    change = f"title='{quoted}'"
    words = ("plan", "--slurm", "--shards", "1", "--set", change, "--", f"{name}.yaml")
    script = printed(*words)
    commands = tmp_path / "bin"
    commands.mkdir()
    for program, text in {**SLURM, "thermospin": RECORDING}.items():
        (commands / program).write_text(text)
        (commands / program).chmod(0o755)
    environment = {"PATH": f"{commands}:{os.environ['PATH']}", "FAKE": str(tmp_path)}
    subprocess.run(["bash"], input=script, env=environment, text=True, check=True)
    ran, merged = ((tmp_path / "words").read_text()).splitlines()
    prefix = "./" if name.startswith("-") else ""
    assert ran.split("\0")[:-1] == [
        "run", f"{prefix}{name}.yaml", "--set", change, "--shard", "1/1",
        "-o", f"{prefix}{name}.1-of-1.h5", "--resume", "-q",
    ]  # fmt: skip
    whole = [f"{prefix}{name}.h5", f"{prefix}{name}.1-of-1.h5"]
    assert merged.split("\0")[:-1] == ["merge", *whole, "--force", "-q"]
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize("name", ["evil\ntouch PWNED #", "a\rb", "a\x1b[1m", "a\u2028b", "\udcff"])
def test_a_name_that_a_batch_script_cannot_carry_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{name}.yaml").write_text(TEXT.format(last=0.7))
    (tmp_path / "good.yaml").write_text(TEXT.format(last=0.7))
    for words in ([f"{name}.yaml"], ["good.yaml", "--set", f"outputs=[I_q,{name} G]"]):
        result = CliRunner().invoke(main, ["plan", "--slurm", *words])
        assert result.exit_code == 2
        assert result.stdout == ""


def test_the_command_that_continues_a_run_takes_a_name_for_a_name(tmp_path, monkeypatch):
    def stopped(*_, **__):
        raise Stopped(1, 2)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("thermospin.execution.run_sweep", stopped)
    (tmp_path / "-q; x.yaml").write_text(TEXT.format(last=0.7))
    result = CliRunner().invoke(main, ["run", "-q", "--", "-q; x.yaml"])
    assert result.exit_code == 75
    assert "thermospin run './-q; x.yaml' --resume" in result.stderr


def printed(*arguments):
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_line_names_shards_after_themselves(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(TEXT.format(last=0.7))
    for number in (1, 2):
        printed("run", "small.yaml", "--shard", f"{number}/2")
    assert printed("merge", "small.h5", "small.2-of-2.h5", "small.1-of-2.h5").startswith(
        "small.h5:"
    )
    printed("run", "small.yaml", "-o", "whole.h5")
    assert bits(tmp_path / "small.h5") == bits(tmp_path / "whole.h5")
    assert np.isfinite(dataset.read("small.h5").outputs["I_q"]).all()


def test_the_documentation_shows_the_script_as_it_is_printed():
    page = Path(__file__).parents[2] / "docs" / "howto" / "clusters.md"
    text = page.read_text(encoding="utf-8")
    command = re.search(r"`thermospin (plan fig2b --slurm[^`]*)`", text).group(1)
    shown = re.search(r"```bash\n(.*?)```", text, re.DOTALL).group(1)
    estimate = re.compile(r"each (about|less than) \S+ \S+ on")  # of the machine that printed it
    script = printed(*command.split())
    assert estimate.sub("", shown) == estimate.sub("", script)
