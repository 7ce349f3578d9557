"""What is written can be read: whatever a spec, its title, its name and its overrides hold."""

import json
import os
import tempfile
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_cases import STAND_IN, bits

from thermospin import dataset, execution
from thermospin.cli import main
from thermospin.cli.spec_argument import load
from thermospin.spec import LARGEST, SpecError, load_spec, parse_spec

EXAMPLES = 60
SPEC = "axes: {V: [0.1, 0.2], T_S: [0.3]}\noutputs: [I_q, V_S]\n"
STRANGE = (
    "\x85\x9b\x1b\x00\x07\x7f\t\r\n\xa0\xad\u2028\u2029\u200d\ufeff\ufffe\ud800\udcfc"
    "\"'\\#:{}[],&*!|>%@`~ Δé€"
)
TEXTS = st.text(st.one_of(st.sampled_from(STRANGE), st.characters()), max_size=12)
NAMES = TEXTS.filter(lambda name: "/" not in name and "\0" not in name)


run_sweep = partial(execution.run_sweep, engine=STAND_IN)
merge = partial(execution.merge, engine=STAND_IN)


@pytest.fixture(scope="module")
def folder():
    memory = Path("/dev/shm")  # where fsync takes no time
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def read_again(spec, folder):
    """Run a sweep and read the file in every way in which it can be read."""
    path = folder / "out.h5"
    run_sweep(spec, path, force=True, threads=1)
    summary = dataset.describe(path)
    assert summary.title == dataset.read(path).title == spec.title
    assert summary.name == spec.name
    assert load(str(path), ()).sha256 == spec.sha256 == summary.spec_sha256
    assert run_sweep(spec, path, resume=True, threads=1).skipped == spec.size
    run_sweep(spec, folder / "shard.h5", shard="1/1", force=True, threads=1)
    merge(folder / "merged.h5", [folder / "shard.h5"], force=True)
    assert bits(folder / "merged.h5") == bits(path)
    assert dataset.describe(folder / "merged.h5").name == spec.name


@settings(max_examples=EXAMPLES, deadline=None)
@given(title=TEXTS, comment=TEXTS, stem=NAMES, override=TEXTS, quotes=st.sampled_from("\"' "))
def test_whatever_is_accepted_is_stored_so_that_it_can_be_read(
    folder, title, comment, stem, override, quotes
):
    quoted = f"{quotes}{title}{quotes}"
    text = f"title: {quoted}\n{SPEC}#{comment}"
    for overrides in ((), (f"title={quotes}{override}{quotes}",)):
        try:
            spec = parse_spec(text, f"{stem}.yaml", overrides)
        except SpecError:
            continue
        read_again(spec, folder)


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        (f"{SPEC}#{'x' * (LARGEST - len(SPEC) - 1)}", ()),
        (f"{SPEC}#{'Δ' * ((LARGEST - len(SPEC) - 1) // 2)}", ()),
        (f"title: {'x' * 200_000}\n{SPEC}", ()),
        (SPEC.replace("[0.1, 0.2]", f"[{', '.join(f'{i / 100}' for i in range(20_000))}]"), ()),
        (SPEC, (f"title={'x' * (LARGEST - 6)}",)),
        (SPEC, (f"title={'Δ' * ((LARGEST - 6) // 2)}",)),
        (SPEC, (f"outputs=[I_q{chr(0x85) * 130_000}]",)),
        (SPEC, (f"title='{'x' * 130_000}'", f"outputs=[I_q]{' ' * 130_000}")),
        (SPEC + "# a\x85# b\n", ()),
        (f'title: "a\x85b"\n{SPEC}', ()),
        (SPEC.replace("\n", "\r\n"), ()),
        (f"\ufeff{SPEC}", ()),
    ],
    ids=["spec", "spec of letters", "title", "axis", "override", "of letters", "of line ends",
         "overrides", "comment", "quotes", "line ends", "byte order mark"],
)  # fmt: skip
def test_the_longest_and_the_strangest_texts_can_be_read(folder, text, overrides):
    read_again(parse_spec(text, "a.yaml", overrides), folder)


@pytest.mark.parametrize(
    "name",
    ["a b.c.yaml", "Müller.yaml", "Δ — 実験.yaml", "-", "👩‍🔬.yaml", "a\u2028b.yaml", ".yaml"],
)
def test_names_of_all_scripts_can_be_read(folder, name, monkeypatch):
    monkeypatch.chdir(folder)
    Path(name).write_text(SPEC)
    read_again(load_spec(name), folder)


@pytest.mark.parametrize(
    "name", [b"a\x85b.yaml", b"a\xc2\x85b.yaml", b"a\xc2\x9bb.yaml", b"a\x1bb.yaml"]
)
def test_a_spec_with_another_name_is_refused_before_anything_is_computed(
    tmp_path, monkeypatch, name
):
    monkeypatch.chdir(tmp_path)
    Path(os.fsdecode(name)).write_text(SPEC)
    for command in ("check", "plan", "run"):
        done = CliRunner().invoke(main, [command, os.fsdecode(name)])
        assert done.exit_code == 2
        assert "rename" in done.stderr
    assert len(os.listdir(tmp_path)) == 1


def test_hosts_and_processors_may_have_any_name(folder, monkeypatch):
    strange = STRANGE.encode(errors="surrogatepass").decode(errors="replace") * 9
    for name in ("platform.node", "platform.platform"):
        monkeypatch.setattr(f"thermospin.dataset.provenance.{name}", lambda: strange)
    monkeypatch.setattr("thermospin.dataset.provenance._processor", lambda: strange)
    read_again(parse_spec(SPEC, "a.yaml"), folder)
    found = dataset.describe(folder / "merged.h5").provenance
    assert found["host"].isascii()
    assert found["host"].isprintable()
    assert len(json.dumps(found)) <= dataset.provenance.BYTES
