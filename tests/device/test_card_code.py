"""Code for cards is kept beside that of the processor; test_compiled_for_cards reads it again."""

from types import SimpleNamespace

import numba.cuda.dispatcher
import pytest

from thermospin.device import card_code
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT


def place(kind, folder):
    class Codegen:
        def magic_tuple(self):
            return ("a card",)

    return card_code.kept_code(kind, folder)._file("a signature", Codegen())


def test_each_kind_and_each_state_of_the_room_has_a_place_of_its_own(tmp_path, monkeypatch):
    first, other = place(CURRENT, tmp_path), place(CONDUCTANCE, tmp_path)
    assert first[0].parent == tmp_path
    assert first == place(CURRENT, tmp_path)
    assert len({first[0], other[0]}) == 2
    for name, changed in (
        ("_digest_of_room", lambda: "edited"),
        ("compiler_version", lambda: "0.0"),
        ("BLOCKS", card_code.BLOCKS - 1),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(card_code, name, changed)
            assert place(CURRENT, tmp_path)[0] != first[0]


@pytest.mark.parametrize("missing", ["_reduce_states", "_rebuild"])
def test_where_a_private_name_is_missing_nothing_is_kept(missing, tmp_path, monkeypatch):
    assert card_code.kept_code(CURRENT, tmp_path) is not None
    names = {"_reduce_states": len, "_rebuild": len}
    del names[missing]
    monkeypatch.setattr(numba.cuda.dispatcher, "_Kernel", SimpleNamespace(**names))
    assert card_code.kept_code(CURRENT, tmp_path) is None


def test_without_a_private_folder_nothing_is_kept():
    assert card_code.kept_code(CURRENT, None) is None
