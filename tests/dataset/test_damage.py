"""Whatever becomes of the files of a run: one line says so, or it makes no difference.

Never a traceback, a signal, a wait, or other numbers. A bounded sample, always the same.
"""

import os
import random
import re
import shutil
import tempfile
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from sweep_cases import MANY_CHUNKS, Metadata, bits, commands_use, patience, stopped_after

from thermospin import execution
from thermospin.cli import main
from thermospin.dataset import output_path_of
from thermospin.spec import parse_spec

SAMPLES = pytest.mark.parametrize(
    "sample", [25, pytest.param(200, marks=pytest.mark.slow)], ids=["few", "many"]
)
TEXT = """\
fixed: {gamma: 1e-3}
axes: {T_S: [0.3, 0.5, 0.7], V: {start: -0.3, stop: 0.3, num: 7}, h_exc: [0, 0.1, 0.2]}
outputs: [I_q, V_S]
"""
SPEC = parse_spec(TEXT, "a.yaml")


run_sweep = partial(execution.run_sweep, engine=MANY_CHUNKS)


@pytest.fixture(autouse=True)
def _commands(monkeypatch):
    commands_use(monkeypatch, MANY_CHUNKS)


@pytest.fixture
def top():
    """Return a folder, in memory where that can be."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def outcome(*words):
    """Return the exit code of a command, which says in a line what is wrong, if anything is."""
    with patience():
        done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code in ((0, 1, 2) if words[0] == "verify" else (0, 2)), done.output
    if done.exit_code == 2:
        assert done.stderr.startswith("/")
        several = re.match(r"(\d+) problems in /", done.stderr.splitlines()[-1])
        problems = int(several[1]) if several else 1
        # A line a problem; a spec is shown with the place, which takes two more.
        assert len(done.stderr.splitlines()) <= 3 * problems + 1
    return done.exit_code


def damaged(data, draw):
    """Return bytes in which something has happened to some of them."""
    found = bytearray(data)
    start = draw.randrange(len(found) + 1)
    end = min(len(found), start + draw.choice([1, 8, 100, 4096]))
    match draw.randrange(7):
        case 0:
            found[start - 1 : start] = bytes([draw.randrange(256)])
        case 1:
            found[start:end] = bytes(end - start)
        case 2:
            del found[start:]
        case 3:
            del found[start:end]
        case 4:
            found[start:start] = found[draw.randrange(len(found) + 1) :][: end - start]
        case 5:
            found += draw.randbytes(100)
        case 6:
            lines = bytes(found).split(b"\n")
            draw.shuffle(lines)
            found = bytearray(b"\n".join(lines))
    return bytes(found)


@SAMPLES
def test_a_damaged_store_is_refused_and_repaired_or_makes_no_difference(top, sample):
    (top / "a.yaml").write_text(TEXT)
    run_sweep(SPEC, top / "whole.h5")
    (top / "begun").mkdir()
    stopped_after(7, SPEC, top / "begun" / "out.h5")
    draw = random.Random(1)
    codes = set()
    for number in range(sample):
        out = top / str(number) / "out.h5"
        shutil.copytree(top / "begun", out.parent)
        store = (output_path_of(out).partial, output_path_of(out).journal)
        for path in draw.sample(store, draw.choice([1, 1, 2])):
            path.write_bytes(damaged(path.read_bytes(), draw))
        for command in ("info", "plot", "verify", "check"):
            for path in (out, *store):
                outcome(command, path)
        for words in (["--resume"], ["--resume", "--repair"], ["--force"]):
            code = outcome("run", top / "a.yaml", "-o", out, "-q", *words)
            codes.add((words[-1], code))
            if code == 0:
                break
        assert bits(out) == bits(top / "whole.h5")
        assert set(os.listdir(out.parent)) <= {"out.h5", "out.h5.png"}
        shutil.rmtree(out.parent)
    assert codes >= {("--resume", 0), ("--resume", 2), ("--repair", 0)}


@pytest.mark.parametrize("sealed", [True, False], ids=["seal as it would be", "seal as it was"])
@SAMPLES
def test_a_damaged_shard_is_refused_or_makes_no_difference(top, sealed, sample):
    run_sweep(SPEC, top / "whole.h5")
    for number in (1, 2):
        run_sweep(SPEC, top / f"{number}.h5", shard=f"{number}/2")
    data, metadata = (top / "2.h5").read_bytes(), Metadata(top / "2.h5")
    letters = [place for place in metadata.places() if 32 <= data[place] < 127]
    draw = random.Random(2)
    codes = set()
    for _ in range(sample):
        found = bytearray(data)
        for _ in range(draw.choice([1, 1, 3])):
            place = draw.choice(letters) if draw.random() < 0.7 else draw.randrange(len(data))
            found[place] = draw.choice(b'0123456789./[]{}",:-ae \n\0\xff')
        (top / "2.h5").write_bytes(metadata.sealed(found) if sealed else found)
        for words in (["info"], ["info", "--json"], ["verify"], ["plot"], ["check"]):
            outcome(*words, top / "2.h5")
        code = outcome("merge", top / "merged.h5", top / "1.h5", top / "2.h5", "-q")
        codes.add(code)
        if code == 0:
            assert bits(top / "merged.h5") == bits(top / "whole.h5")
            (top / "merged.h5").unlink()
        assert set(os.listdir(top)) == {"1.h5", "2.h5", "whole.h5"}
    assert codes >= ({0, 2} if sealed else {2})
