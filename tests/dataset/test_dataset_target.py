"""An output path is judged before anything is created."""

import os

import pytest

from thermospin.dataset import OutputError, check_output


@pytest.fixture(autouse=True)
def _there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("not a folder")
    os.mkfifo(tmp_path / "pipe")
    os.symlink("loop", tmp_path / "loop")


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", "must not be empty"),
        ("nowhere/out.h5", "no such folder"),
        ("text/out.h5", "is not a folder"),
        ("folder", "is a folder"),
        ("folder/", "is a folder"),
        ("pipe", "not a regular file"),
        ("/dev/null", "not a regular file"),
        ("a\nb.h5", "control characters"),
        ("a\0b.h5", "control characters"),
        ("out.h5.partial", "must not end in"),
        ("out.h5.journal", "must not end in"),
        ("out.h5.lock", "must not end in"),
        ("x" * 250 + ".h5", "too long by 6 bytes"),
        ("loop", "loop|regular"),
    ],
)
def test_refused_with_a_way_out(output, reason, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputError, match=reason) as refusal:
        check_output(output)
    assert "-o" in str(refusal.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_force_allows_a_file_but_not_a_folder(tmp_path):
    (tmp_path / "old.h5").touch()
    with pytest.raises(OutputError, match="--force"):
        check_output("old.h5")
    assert check_output("old.h5", force=True).path == tmp_path / "old.h5"
    with pytest.raises(OutputError, match="is a folder"):
        check_output("folder", force=True)


def test_an_unwritable_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write anywhere
    with pytest.raises(OutputError, match="is not writable"):
        check_output(tmp_path / "out.h5")


def test_links_are_followed_once(tmp_path):
    os.symlink("folder/real.h5", tmp_path / "link.h5")
    target = check_output("link.h5")
    assert target.path == tmp_path / "folder" / "real.h5"
    assert target.partial == tmp_path / "folder" / "real.h5.partial"
