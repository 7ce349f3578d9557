"""Which folders and files nobody else can change."""

import os

import pytest

from thermospin.machine.private_files import make_private, read_private, write_private

STRANGER = 12345  # another user


@pytest.fixture
def give_away(monkeypatch):
    """Let a path belong to another user: really where this process may, else as the system tells.

    Root, whose files are trusted, is then not the one who asks.
    """

    def give(path):
        if os.geteuid() == 0:
            os.chown(path, STRANGER, -1, follow_symlinks=False)
            return
        true = os.lstat

        def lstat(asked, **options):
            status = true(asked, **options)
            if os.fspath(asked) != os.fspath(path):
                return status
            return os.stat_result((*status[:4], STRANGER, *status[5:10]))

        monkeypatch.setattr(os, "lstat", lstat)

    return give


def open_to_all(path, *, sticky):
    path.mkdir()
    path.chmod(0o1777 if sticky else 0o777)
    return path


def refused(path, reason):
    """Check that a folder is not private for a reason, and that nothing was made in it."""
    before = sorted(path.parent.rglob("*")) if path.parent.is_dir() else []
    with pytest.raises(OSError, match=reason):
        make_private(path)
    assert (sorted(path.parent.rglob("*")) if path.parent.is_dir() else []) == before


@pytest.mark.parametrize("umask", [0, 0o002, 0o022, 0o077])
def test_what_is_missing_is_made_for_the_user_alone_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        make_private(tmp_path / "a" / "b" / "c")
        write_private(tmp_path / "a" / "b" / "c" / "file", b"code")
    finally:
        os.umask(before)
    for folder in ("a", "a/b", "a/b/c"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a/b/c/file").stat().st_mode & 0o777 == 0o600
    make_private(tmp_path / "a" / "b" / "c")  # found again


def test_a_folder_for_the_user_alone_in_one_for_all_is_private_if_that_is_sticky(tmp_path):
    make_private(open_to_all(tmp_path / "tmp", sticky=True) / "mine")
    refused(open_to_all(tmp_path / "open", sticky=False) / "mine", "open: others can write to it")


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o720, 0o702, 0o1777])
def test_a_folder_that_others_can_write_to_is_not_private(tmp_path, mode):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept").chmod(mode)
    refused(tmp_path / "kept", "kept: others can write to it")


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_nor_is_one_below_such_a_folder_at_any_depth(tmp_path, depth, mode):
    folder = tmp_path / "a" / "b" / "c" / "d"
    folder.mkdir(parents=True, mode=0o700)
    folder.parents[depth - 1].chmod(mode)
    refused(folder, f"{folder.parents[depth - 1].name}: others can write to it")


@pytest.mark.parametrize("name", ["a", "a/b", "a/b/c"])
def test_nor_is_one_on_whose_way_a_folder_of_another_user_lies(tmp_path, give_away, name):
    open_to_all(tmp_path / "a", sticky=True)
    (tmp_path / "a/b/c").mkdir(parents=True)
    give_away(tmp_path / name)
    refused(tmp_path / "a/b/c", f"{name}: belongs to another user")


def test_a_link_is_as_good_as_the_way_to_what_it_stands_for(tmp_path):
    (tmp_path / "true").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("true")
    (tmp_path / "again").symlink_to(tmp_path / "link")
    make_private(tmp_path / "again" / "kept")
    assert (tmp_path / "true" / "kept").is_dir()
    within = open_to_all(tmp_path / "open", sticky=False) / "true"
    within.mkdir(mode=0o700)
    (tmp_path / "way").symlink_to(within)
    (tmp_path / "over").symlink_to("open/../true")
    refused(tmp_path / "way" / "kept", "open: others can write to it")
    refused(tmp_path / "over" / "kept", "open: others can write to it")


def test_a_link_of_another_user_is_not_followed(tmp_path, give_away):
    (tmp_path / "true").mkdir(mode=0o700)
    shared = open_to_all(tmp_path / "tmp", sticky=True)
    (shared / "link").symlink_to(tmp_path / "true")
    give_away(shared / "link")
    refused(shared / "link" / "kept", "link: belongs to another user")


def test_what_is_no_folder_and_what_leads_nowhere_is_not_private(tmp_path):
    (tmp_path / "file").touch(mode=0o600)
    refused(tmp_path / "file" / "kept", "Not a directory")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    refused(tmp_path / "nowhere" / "kept", "No such file or directory")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    refused(tmp_path / "loop" / "kept", "Too many levels of symbolic links")


def test_a_private_file_is_read_and_nothing_else(tmp_path):
    write_private(tmp_path / "file", b"code")
    assert read_private(tmp_path / "file") == b"code"
    for mode in (0o620, 0o602):
        (tmp_path / "file").chmod(mode)
        with pytest.raises(OSError, match="file: others can write to it"):
            read_private(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
