"""Values of different numerical code, or of machines that round differently, are never mixed."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from package_sources import MODULES, PACKAGE, imports, room_of
from sweep_cases import TINY_CHUNKS, bits, sound_kernels, stopped_after

import thermospin
from thermospin import execution
from thermospin.cli import main
from thermospin.dataset import StoreError, describe
from thermospin.execution import MergeError, numerics
from thermospin.spec import parse_spec

ELSEWHERE = {"spec", "dataset"}  # whose part in a value is hashed with the spec, or with the bytes
COVERED = {
    path
    for name in numerics.SOURCES
    for path in ((PACKAGE / name).rglob("*.py") if (PACKAGE / name).is_dir() else [PACKAGE / name])
}
SPEC = parse_spec(
    "axes: {T_S: [0.3, 0.5, 0.7], V: [-0.2, -0.1, 0, 0.1, 0.2]}\noutputs: [I_q, V_S]\n", "a.yaml"
)


def file_of(name):
    """Return the file of a dotted name: of a module, or of the module that something is in."""
    path = PACKAGE.joinpath(*name.split(".")[1:])
    tried = [path.with_suffix(".py"), path / "__init__.py"]
    return next((each for each in tried if each.exists()), None) or file_of(name.rpartition(".")[0])


def modules_behind(module):
    """Return the modules that a module imports, directly or not, but for those of some rooms."""
    found, new = set(), {module}
    while new:
        found |= new
        names = {name for path in new for name in imports(path.read_text(encoding="utf-8"))}
        files = {file_of(name) for name in names if name.startswith("thermospin.")}
        new = {path for path in files if room_of(path) not in ELSEWHERE} - found
    return found


def test_the_digest_covers_every_module_through_which_a_value_comes():
    behind = modules_behind(PACKAGE / "execution" / "chunk_values.py")
    assert PACKAGE / "kernels" / "tunnelling.py" in behind
    assert PACKAGE / "observables" / "spin_currents.py" in behind
    assert behind <= COVERED


def test_every_numerical_source_changes_the_digest_and_no_other_does(tmp_path, monkeypatch):
    package = tmp_path / "thermospin"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    nested = package / "kernels" / "deeper" / "still" / "constants.py"
    nested.parent.mkdir(parents=True)
    nested.write_text("ONE = 1.0\n", encoding="utf-8")
    monkeypatch.setattr(thermospin, "__file__", str(package / "__init__.py"))
    before = numerics.code_digest.__wrapped__()
    for source in [nested, *(package / path.relative_to(PACKAGE) for path in MODULES)]:
        text = source.read_text(encoding="utf-8")
        source.write_text(text + "\n", encoding="utf-8")
        decides = source == nested or PACKAGE / source.relative_to(package) in COVERED
        assert (numerics.code_digest.__wrapped__() != before) is decides, source
        source.write_text(text, encoding="utf-8")
    assert numerics.code_digest.__wrapped__() == before


run_sweep = partial(execution.run_sweep, engine=TINY_CHUNKS)
merge = partial(execution.merge, engine=TINY_CHUNKS)


def other(**changes):
    """Return the engine of another installation or machine."""
    numerics = sound_kernels()._replace(**changes)
    return replace(TINY_CHUNKS, numerics=lambda: numerics)


OTHERS = pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("code", r"other numerical code .*kernels another, not [0-9a-f]{16}"),
        ("fingerprint", r"code that gave other bits .*fingerprint another, not fingerprint"),
        ("device", r"another device \(another, not cpu\)"),
    ],
)


@OTHERS
def test_shards_of_other_numerics_are_not_merged(tmp_path, name, reason):
    shards = [tmp_path / "1.h5", tmp_path / "2.h5"]
    run_sweep(SPEC, shards[0], shard="1/2")
    run_sweep(SPEC, shards[1], shard="2/2", engine=other(**{name: "another"}))
    with pytest.raises(MergeError, match=rf"2\.h5: does not go with .*1\.h5: .*{reason}"):
        merge(tmp_path / "merged.h5", shards)
    assert not (tmp_path / "merged.h5").exists()


@OTHERS
def test_work_begun_with_other_numerics_is_not_continued(tmp_path, name, reason):
    stopped_after(2, SPEC, tmp_path / "out.h5", engine=other(**{name: "another"}))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(StoreError, match=f"was begun with {reason}.*--force"):
        run_sweep(SPEC, tmp_path / "out.h5", resume=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@OTHERS
def test_a_result_of_other_numerics_is_not_taken_for_what_is_asked(tmp_path, name, reason):
    del reason
    run_sweep(SPEC, tmp_path / "out.h5", engine=other(**{name: "another"}))
    with pytest.raises(ValueError, match="exists, but is not what is asked for"):
        run_sweep(SPEC, tmp_path / "out.h5", resume=True)


def test_a_processor_that_gives_the_same_bits_is_as_good(tmp_path, monkeypatch):
    run_sweep(SPEC, tmp_path / "whole.h5")
    shards = [tmp_path / "1.h5", tmp_path / "2.h5"]
    run_sweep(SPEC, shards[0], shard="1/2")
    monkeypatch.setattr("thermospin.dataset.provenance._processor", lambda: "another processor")
    run_sweep(SPEC, shards[1], shard="2/2")
    merge(tmp_path / "merged.h5", shards)
    assert bits(tmp_path / "merged.h5") == bits(tmp_path / "whole.h5")
    assert "another processor" in describe(tmp_path / "merged.h5").provenance["cpu"]


SMALL_CHUNKS = """
from functools import partial
from thermospin import execution
engine = execution.Engine(sizes=execution.CutSizes(smallest=1, largest=2))
execution.run_sweep = partial(execution.run_sweep, engine=engine)
from thermospin.cli import main
main()
"""
SMALL = "fixed: {T_S: 0.7, h_exc: 0.3}\naxes: {V: [0.1, 0.2], T_Sm: [0.1, 0.2]}\noutputs: [I_s]\n"


def computed_by(package, folder, shard, **environment):
    """Compute a shard in a process with the sources of a package."""
    command = [sys.executable, "-c", SMALL_CHUNKS]
    words = ["run", "small.yaml", "--shard", shard, "-q"]
    kept = {key: value for key, value in os.environ.items() if key != "NUMBA_DISABLE_JIT"}
    sources = {"PYTHONPATH": str(package.parent)}
    subprocess.run([*command, *words], cwd=folder, env=kept | sources | environment, check=True)


@pytest.mark.parametrize("how", ["edited", "uncompiled"])
def test_a_shard_of_edited_or_uncompiled_code_does_not_slip_in(tmp_path, monkeypatch, how):
    """Processes of their own, the real chunks and the real physics."""
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SMALL)
    package = tmp_path / "copy" / "thermospin"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PACKAGE.parent / "sweeps", package / "sweeps")
    computed_by(package, tmp_path, "1/2")
    if how == "edited":
        source = package / "observables" / "spin_currents.py"
        text = source.read_text(encoding="utf-8")
        assert text.count("return self.up - self.down") == 1
        doubled = text.replace("return self.up - self.down", "return 2.0 * (self.up - self.down)")
        source.write_text(doubled, encoding="utf-8")
        computed_by(package, tmp_path, "2/2")
    else:
        computed_by(package, tmp_path, "2/2", NUMBA_DISABLE_JIT="1")
    refused = CliRunner().invoke(main, ["merge", "m.h5", "small.1-of-2.h5", "small.2-of-2.h5"])
    assert refused.exit_code == 2
    assert "small.2-of-2.h5: does not go with small.1-of-2.h5" in refused.stderr
    assert not Path("m.h5").exists()
