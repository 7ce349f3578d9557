"""Without a card, or without what it needs, the error says what is missing and what to do."""

import os
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from sweep_cases import stand_in

import thermospin as ts
from thermospin import device
from thermospin.cli import main, options
from thermospin.cli.run_options import RunOptions
from thermospin.dataset import NumericalIdentity, describe
from thermospin.device import selection
from thermospin.execution import engine, merge

JUNCTION = ts.Junction(T_S=0.5, T_Sm=0.1)


def test_commands_offer_the_devices_there_are():
    assert options.DEVICES == device.DEVICES


@pytest.mark.parametrize(
    "call",
    [
        lambda: ts.currents(0.1, JUNCTION, device="gpu"),
        lambda: ts.differential_conductance(0.1, JUNCTION, device="gpu"),
        lambda: ts.evaluate(["I_q"], [0.1], JUNCTION, device="gpu"),
        lambda: ts.sweep("fig2b", device="gpu"),
        lambda: ts.run_sweep("fig2b", "never.h5", device="gpu"),
        lambda: ts.explore(JUNCTION, device="gpu"),
    ],
)
def test_another_device_is_refused_by_name(call):
    with pytest.raises(ValueError, match="device must be among cpu, cuda, not 'gpu'"):
        call()


@pytest.fixture
def _no_compiler_for_cards(monkeypatch):
    monkeypatch.setattr(selection, "find_spec", lambda name: None if name == "numba_cuda" else 1)
    selection._opened.cache_clear()
    yield
    selection._opened.cache_clear()


@pytest.mark.usefixtures("_no_compiler_for_cards")
def test_without_its_compiler_the_extra_is_named():
    with pytest.raises(ModuleNotFoundError, match=r'pip install "thermospin\[cuda\]"'):
        ts.currents(0.1, JUNCTION, device="cuda")


@pytest.mark.usefixtures("_no_compiler_for_cards")
@pytest.mark.parametrize("command", [["run", "fig2b"], ["explore", "--no-browser"]])
def test_commands_name_the_extra(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, [*command, "--device", "cuda"])
    assert done.exit_code == 1
    assert 'needs numba_cuda: pip install "thermospin[cuda]"' in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_a_card_nothing_is_computed_and_the_way_out_is_named():
    code = (
        "import thermospin.device.selection as s; s.find_spec = lambda _: 1; s.check_device('cuda')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "NoCardError: no NVIDIA graphics card can be used: " in done.stderr
    assert "CUDA_VISIBLE_DEVICES leaves of it, or compute with device cpu" in done.stderr


class DriverError(Exception):
    """An error as a driver raises it."""


class FailingCard:
    def spin_up(self, *_):
        raise DriverError("out of memory")


def test_a_card_that_fails_is_named_with_the_way_out(monkeypatch):
    monkeypatch.setattr(selection, "opened_card", FailingCard)
    told = r"the graphics card failed \(DriverError: out of memory\); .* compute with device cpu"
    with pytest.raises(device.NoCardError, match=told):
        ts.currents(0.1, JUNCTION, device="cuda")


def test_a_cluster_computes_on_processors():
    done = CliRunner().invoke(main, ["run", "fig2b", "--device", "cuda", "--dask", "local"])
    assert done.exit_code == 2
    assert "--dask computes on processors" in done.stderr


def test_the_command_that_continues_a_run_names_the_card():
    asked = RunOptions("a.yaml", None, (), False, False, False, False, None, None, None, "cuda")
    assert asked.continuation() == "thermospin run a.yaml --device cuda --resume"


@pytest.mark.parametrize("on", ["cpu", "cuda: NVIDIA H200, numba-cuda 0.30.4", "cuda: a/b"])
def test_a_journal_and_a_file_keep_the_device(on):
    numerics = NumericalIdentity("code", "bits", on)
    assert NumericalIdentity.parse(str(numerics)) == numerics
    provenance = {"kernels": "code", "fingerprint": "bits", "device": on}
    assert NumericalIdentity.of(provenance) == numerics
    assert numerics.kind_of_device in device.DEVICES


def test_work_of_the_processor_is_named_as_it_always_was():
    assert str(NumericalIdentity("code", "bits")) == "code/bits"


def test_a_card_gets_larger_chunks(tmp_path):
    card, processor = engine.engine_on("cuda"), engine.engine_on("cpu")
    assert card.sizes.smallest > processor.sizes.largest
    assert processor is engine.ENGINE
    spec = {"axes": {"V": np.linspace(0, 1, 7).tolist(), "T_S": [0.3, 0.5]}, "outputs": ["I_q"]}
    of_card = engine.Engine(stand_in, card.sizes, lambda: NumericalIdentity("a", "b", "cuda: c"))
    shards = [tmp_path / "1.h5"]
    ts.run_sweep(spec, shards[0], shard="1/1", engine=of_card)
    merge(tmp_path / "merged.h5", shards)
    assert describe(tmp_path / "merged.h5").provenance["device"] == "cuda: c"
