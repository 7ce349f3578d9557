"""No sweep is computed by code that misses the golden points."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import make_golden
import numpy as np
import pytest
from click.testing import CliRunner
from frozen_records import INTERPRETED
from reference import stable_gap

import thermospin
from thermospin import dataset, parse_spec, run_sweep
from thermospin.cli import main
from thermospin.execution import SelfTestError, check_kernels, golden, selftest
from thermospin.machine.code_cache import SUFFIX
from thermospin.machine.compilation import CACHE_DIRECTORY

PACKAGE = Path(thermospin.__file__).parent
SECONDS = 10.0 if INTERPRETED else 0.05  # of the processor, once the kernels are compiled
SLIGHT = 1e-8  # relative error that is noticed
ROUNDING = 1e-13
SPEC = "fixed: {T_S: 0.7, gamma: 1e-3}\naxes: {V: [0.1, 0.2]}\noutputs: [I_q]\n"


def test_the_kernels_meet_the_golden_points_in_milliseconds():
    fingerprint = check_kernels()
    took = []
    for _ in range(3):
        started = time.process_time()
        assert check_kernels() == fingerprint
        took.append(time.process_time() - started)
    assert min(took) < SECONDS
    assert len(fingerprint) == 16
    int(fingerprint, 16)


def test_the_golden_points_are_those_of_the_reference():
    frozen = selftest._table(golden.POINTS).T
    assert [tuple(row[:9]) for row in frozen] == list(make_golden.POINTS)
    gaps = selftest._table(golden.GAPS).T
    assert [tuple(row[:3]) for row in gaps] == list(make_golden.GAPS)
    assert gaps[0][3] == float(stable_gap(*gaps[0][:3]))


@pytest.mark.parametrize("name", ["currents", "differential_conductance", "bcs_gap"])
@pytest.mark.parametrize("error", [SLIGHT, -1.0, np.nan, np.inf])
def test_a_kernel_that_is_off_is_noticed(monkeypatch, tmp_path, name, error):
    right = getattr(selftest, name)

    def wrong(*arguments, **options):
        found = right(*arguments, **options)
        values = found.down if name == "currents" else found
        values[-1] += error * values[-1]
        return found

    monkeypatch.setattr(selftest, name, wrong)
    with pytest.raises(SelfTestError, match="stale or broken"):
        run_sweep(parse_spec(SPEC, "spec.yaml"), tmp_path / "out.h5")
    assert list(tmp_path.iterdir()) == []


def test_the_command_names_the_way_out(monkeypatch, tmp_path):
    monkeypatch.setattr(selftest, "AGREEMENT", 0.0)
    (tmp_path / "spec.yaml").write_text(SPEC)
    out = str(tmp_path / "out.h5")
    done = CliRunner().invoke(main, ["run", str(tmp_path / "spec.yaml"), "-q", "-o", out])
    assert done.exit_code == 1
    assert "self-test failed" in done.stderr
    assert str(CACHE_DIRECTORY or "reinstall") in done.stderr
    assert "Traceback" not in done.stderr


def test_code_that_does_not_run_is_named_with_the_way_out(monkeypatch):
    def broken(_device):
        raise TypeError("no such function")

    monkeypatch.setattr(selftest, "_computed", broken)
    told = r"does not run \(TypeError: no such function\): (delete .* and run again|reinstall)"
    with pytest.raises(SelfTestError, match=told):
        check_kernels()


def test_of_a_card_that_is_off_the_processor_is_the_way_out(monkeypatch):
    computed = selftest._computed

    def off_on_the_card(device):
        found = computed("cpu")
        return found if device == "cpu" else [(name, 1.001 * x, right) for name, x, right in found]

    monkeypatch.setattr(selftest, "_computed", off_on_the_card)
    told = r"on device cuda I_up of golden point 1 is .* must be .*: compute with device cpu"
    with pytest.raises(SelfTestError, match=told):
        check_kernels("cuda")


def test_a_lack_of_memory_is_not_blamed_on_the_code(monkeypatch):
    def without_memory(_device):
        raise MemoryError

    monkeypatch.setattr(selftest, "_computed", without_memory)
    with pytest.raises(MemoryError):
        check_kernels()


DENSITY = "from thermospin import density_of_states as N; print(float(N(0.3, 0.9, 1e-3)).hex())"


@pytest.mark.skipif(INTERPRETED or CACHE_DIRECTORY is None, reason="no compiled code is kept")
def test_a_damaged_cache_changes_no_bit_of_a_result(tmp_path):
    """One bit of machine code that was lost could kill the process or change a last digit."""
    right = in_copy(PACKAGE, tmp_path / "cache", DENSITY)
    assert right.returncode == 0
    (path,) = (tmp_path / "cache").rglob(f"density.*{SUFFIX}")
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[len(damaged) // 3] ^= 4
    path.write_bytes(damaged)
    again = in_copy(PACKAGE, tmp_path / "cache", DENSITY)
    assert (again.returncode, again.stdout, again.stderr) == (0, right.stdout, "")
    assert path.read_bytes() != damaged  # it was compiled anew


def test_the_fingerprint_is_in_the_provenance(tmp_path):
    run_sweep(parse_spec(SPEC, "spec.yaml"), tmp_path / "out.h5")
    provenance = dataset.describe(tmp_path / "out.h5").provenance
    assert provenance["fingerprint"] == check_kernels()


def in_copy(package, cache, code):
    """Run code with a copy of the package and a cache of its own."""
    environment = os.environ | {"PYTHONPATH": str(package.parent), "NUMBA_CACHE_DIR": str(cache)}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=package.parent, check=False
    )


@pytest.mark.slow
def test_stale_code_from_the_cache_is_noticed(tmp_path):
    package = tmp_path / "copy" / "thermospin"
    shutil.copytree(Path(thermospin.__file__).parent, package)
    test = "from thermospin.execution import check_kernels as c; c()"
    where = "from thermospin.machine.compilation import CACHE_DIRECTORY as d; print(d)"
    # Compiled from a wrong source, then found in the place of the right one.
    density = package / "kernels" / "density.py"
    right = density.read_text(encoding="utf-8")
    times = {path: path.stat().st_mtime_ns for path in package.rglob("*.py")}
    wrong = right.replace("g2 = gamma * gamma", "g2 = 1.001 * gamma * gamma")
    density.write_text(wrong, encoding="utf-8")
    stale = Path(in_copy(package, tmp_path / "cache", where).stdout.strip())
    assert in_copy(package, tmp_path / "cache", test).returncode == 1
    density.write_text(right, encoding="utf-8")
    for path, stamp in times.items():
        os.utime(path, ns=(stamp, stamp))
    fresh = Path(in_copy(package, tmp_path / "cache", where).stdout.strip())
    assert fresh != stale
    shutil.rmtree(fresh)
    stale.rename(fresh)
    refused = in_copy(package, tmp_path / "cache", test)
    assert "SelfTestError" in refused.stderr
    assert str(fresh) in refused.stderr
    shutil.rmtree(fresh)  # the way out
    assert in_copy(package, tmp_path / "cache", test).returncode == 0


def test_provenance_holds_what_repeats_a_file_and_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("API_TOKEN", "token-7f3a9c1e5b2d")
    monkeypatch.setenv("THERMOSPIN_PASSWORD", "correct horse battery staple")
    folder = tmp_path / "home" / "somebody"
    folder.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)
    (folder / "private.yaml").write_text(SPEC)
    run_sweep(thermospin.load_spec(folder / "private.yaml"), folder / "out.h5")
    data = (folder / "out.h5").read_bytes()
    provenance = dataset.describe(folder / "out.h5").provenance
    public = {provenance["host"], *provenance["versions"].values()}
    for name, value in os.environ.items():
        if len(value) > 7 and value not in public:
            assert value.encode() not in data, name
    for text in (str(folder), str(Path.home()), str(tmp_path), "somebody", sys.prefix):
        assert text.encode() not in data
    versions = {"thermospin", "python", "numpy", "numba", "llvmlite", "h5py", "hdf5"}
    assert versions <= provenance["versions"].keys()
    assert {"kernels", "fingerprint", "cpu", "system", "threads", "started"} <= provenance.keys()
    again = parse_spec(dataset.read_spec_text(folder / "out.h5").text, "again.yaml")
    assert again.sha256 == dataset.read(folder / "out.h5").spec_sha256
