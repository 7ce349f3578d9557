"""What blocks of a card do is compiled and linked for it, for which no card is needed.

What is compiled is what a card runs: with the same options, and with the types of the arrays with
which it is called. Numba asks the card that is there for its kind; here it is told one.
"""

import re
from pathlib import Path
from types import SimpleNamespace

import numba.cuda.dispatcher
import numpy as np
import pytest
from numba import cuda, types
from numba.cuda.codegen import CUDACodeLibrary
from numba.cuda.cudadrv.devicearray import DeviceNDArray
from numba.cuda.dispatcher import _Kernel

from thermospin.device import interlocked
from thermospin.device.card_code import BLOCKS, compiled, kept_code
from thermospin.kernels.kinds import CONDUCTANCE, CURRENT
from thermospin.kernels.leads import POLARISATION
from thermospin.kernels.rules import QUADRATURE
from thermospin.machine.packed_sums import NO_TERMS

HOPPER = (9, 0, "a")
"""Its kind of card as numba-cuda names it there, an H100 or H200."""
SOMEWHERE = SimpleNamespace(device_ctypes_pointer=SimpleNamespace(value=0))
"""In place of memory of a card."""


def placed(shape, dtype=np.float64, strides=None, **_):
    """Return an array of a card that has no memory; in place of ``cuda.device_array``."""
    strides = np.empty(shape, dtype).strides if strides is None else strides
    return DeviceNDArray(shape, strides, np.dtype(dtype), gpu_data=SOMEWHERE)


@pytest.fixture
def memory(monkeypatch):
    monkeypatch.setattr(interlocked.cuda, "device_array", placed)
    return interlocked.memory_of(3)


@pytest.fixture(params=[CURRENT, CONDUCTANCE], ids=["currents", "slopes"])
def kernel(request, memory, monkeypatch):
    """Return what a launch makes of it."""
    n = 7
    arrays = [
        placed((n,)),
        placed((n,), np.int64),
        placed((2, POLARISATION)),
        *(placed(array.shape) for array in QUADRATURE),
        *memory,
        placed((n,)),
        placed((n,)),
        placed((n,), np.int8),
    ]
    kinds = [array._numba_type_ for array in arrays]
    card = SimpleNamespace(compute_capability=HOPPER)
    monkeypatch.setattr(numba.cuda.dispatcher, "get_current_device", lambda: card)
    monkeypatch.setattr(CUDACodeLibrary, "_ensure_cc", lambda _self, cc=None: cc or HOPPER)
    blocks = compiled(request.param)
    assert blocks.targetoptions["lto"] is False
    signature = (*kinds[:3], types.float64, *kinds[3:])
    return _Kernel(blocks.py_func, signature, **blocks.targetoptions)


@pytest.fixture
def library(kernel):
    """Return the code, as numba-cuda keeps it."""
    return kernel.library


@pytest.fixture
def assembly(library):
    return library.get_asm_str(cc=HOPPER)


def test_what_is_compiled_is_linked_to_machine_code(library):
    assert library.get_cubin(cc=HOPPER).code.startswith(b"\x7fELF")


def test_what_is_kept_is_found_again_and_damage_is_not_taken_for_it(kernel, tmp_path, monkeypatch):
    monkeypatch.setattr(type(kernel.codegen), "magic_tuple", lambda _self: HOPPER)
    target = SimpleNamespace(refresh=lambda: None, codegen=lambda: kernel.codegen)
    signature = kernel.signature
    cubin = kernel.library.get_cubin(cc=HOPPER).code
    kept_code(CURRENT, tmp_path).save_overload(signature, kernel)
    found = kept_code(CURRENT, tmp_path).load_overload(signature, target)
    assert found.entry_name == kernel.entry_name
    assert found._codelibrary.get_cubin(cc=HOPPER).code == cubin
    assert kept_code(CONDUCTANCE, tmp_path).load_overload(signature, target) is None
    (file,) = tmp_path.iterdir()
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)
    assert kept_code(CURRENT, tmp_path).load_overload(signature, target) is None


def test_all_is_merged_into_one_function_without_stack_or_broken_numbers(assembly):
    assert ".target sm_90a" in assembly
    assert f".maxntid {interlocked.THREADS}" in assembly
    assert f".minnctapersm {BLOCKS}" in assembly
    assert not re.search(r"\bcall\b", assembly)
    assert ".local" not in assembly
    assert "fma.rn.f64" in assembly
    assert len(re.findall(r"\bshfl\.sync\.bfly\.b32\b", assembly)) == 2 * 2 * len(NO_TERMS)
    loads = set(re.findall(r"\b(?:ld|st)(?:\.global|\.shared|\.const)?\.([a-z]\d+)\b", assembly))
    assert loads == {"f64", "u64", "u32", "s32", "u8"}  # a number at a time; u8 says what became
    assert len(re.findall(r"\bld(?:\.global)?\.u8\b", assembly)) == 0


def test_records_of_neighbours_interlock(memory):
    one = interlocked.INTERLOCKED_PIECE
    offsets = np.array([one.fields[name][1] for name in one.names])
    threads = 8 * np.arange(interlocked.THREADS)
    places = offsets[:, np.newaxis] + threads
    assert sorted(places.ravel()) == list(range(0, one.itemsize, 8))
    assert memory.piece.strides[-1] == 8
    assert memory.piece.alloc_size >= 3 * interlocked.ARRAYS.piece.bytes_of_block
    assert memory.sums.alloc_size == 3 * interlocked.ARRAYS.sums.bytes_of_block
    assert memory.sums.strides[-1] == memory.queue.strides[-1] == 8


def test_the_benchmark_of_the_card_alone_is_compiled_as_well(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    import device as benchmark

    numbers = types.float64[::1]
    code, _ = cuda.compile(
        benchmark.multiply_adds, (numbers, numbers), device=False, abi="numba", cc=HOPPER[:2]
    )
    text = code.decode() if isinstance(code, bytes) else code
    assert text.count("fma.rn.f64") >= benchmark.CHAINS
