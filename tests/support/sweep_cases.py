"""Small sweeps, and a stand-in for the physics whose values tell where they belong."""

import hashlib
import signal
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import h5py
import numpy as np
import pytest

from thermospin.dataset import NumericalIdentity, SpecText, digests, opened
from thermospin.execution import CutSizes, Engine, Stopped, code_digest, merge, run_sweep
from thermospin.quantities import OUTPUTS, STATUS
from thermospin.spec import Material, SweepSpec

FIXED = {
    "T_S": 0.7,
    "T_Sm": 0.01,
    "h_exc": 0.3,
    "h_S": 0.0,
    "gamma": 1e-3,
    "gap_S": 1.0,
    "gap_Sm": 1.0,
}
ALUMINIUM = Material(Delta_0="200 ueV", G_T="0.1 mS")
PATIENCE = 60  # seconds


def make_spec(axes, outputs, fixed=(), material=None, overrides=()):
    """Return a spec with the given axes; what is neither an axis nor given is as in ``FIXED``."""
    axes = {name: np.asarray(values, dtype="f8") for name, values in axes.items()}
    text = f"title: A small sweep — Δ\naxes: [{', '.join(axes)}]\n"
    return SweepSpec(
        name="small",
        title="A small sweep — Δ",
        axes=axes,
        fixed={k: v for k, v in (FIXED | dict(fixed)).items() if k not in axes},
        outputs=tuple(outputs),
        gap_model="self-consistent",
        rtol=1e-6,
        material=material,
        text=text,
        overrides=tuple(overrides),
    )


OF_GIVEN_T_S = [name for name, output in OUTPUTS.items() if not output.heated]
"""The outputs of a junction without a heater."""


@dataclass
class Evaluation:
    values: dict
    status: np.ndarray | None
    junction_status: np.ndarray | None


def stand_in(outputs, V, junction, *, rtol):  # noqa: ARG001
    """Return values that differ between outputs, bias values and junctions; cheap, elementwise."""
    named = ("T_S", "T_Sm", "h_exc", "h_S")
    rows = sum(2.0**-i * np.atleast_1d(getattr(junction, name)) for i, name in enumerate(named))
    rows = np.asarray(rows, dtype="f8")
    values = {}
    for name in outputs:
        number = 1.0 + list(OUTPUTS).index(name)
        values[name] = rows[:, None] * number + V if OUTPUTS[name].biased else rows * number
    status = None if V is None else np.full((rows.size, V.size), STATUS["ok"], dtype="i1")
    return Evaluation(values, status, np.full(rows.size, STATUS["ok"], dtype="i1"))


REST_OF_HEADER = {"layout": 1, "rtol": 1e-8, "spec": SpecText("", ()), "provenance": {}}
"""What the header of a file says that pictures do not show."""


def sound_kernels():
    """Return what identifies numbers computed here, without a self-test of the kernels."""
    return NumericalIdentity(code_digest(), "fingerprint")


STAND_IN = Engine(evaluate=stand_in, numerics=sound_kernels)
"""The engine whose physics is a stand-in."""
MANY_CHUNKS = Engine(stand_in, CutSizes(largest=16, smallest=4), sound_kernels)
"""The engine that cuts small sweeps into many chunks, of stand-in values."""
TINY_CHUNKS = replace(MANY_CHUNKS, sizes=CutSizes(largest=4, smallest=2))
"""The engine whose chunks have four points at most."""


def commands_use(monkeypatch, engine):
    """Let the commands compute and merge with an engine of the tests."""
    for function in (run_sweep, merge):
        with_engine = partial(function, engine=engine)
        monkeypatch.setattr(f"thermospin.execution.{function.__name__}", with_engine)


def expected(spec, output):
    """Return what the stand-in gives on the whole mesh of a sweep, by broadcasting."""
    dims = spec.dims(output)
    mesh = dict(zip(dims, np.meshgrid(*(spec.axes[d] for d in dims), indexing="ij"), strict=True))
    point = {name: mesh.get(name, spec.fixed.get(name)) for name in (*FIXED, "V")}
    named = ("T_S", "T_Sm", "h_exc", "h_S")
    row = sum(2.0**-i * point[name] for i, name in enumerate(named))
    number = 1.0 + list(OUTPUTS).index(output)
    return np.asarray(row * number + point["V"] if OUTPUTS[output].biased else row * number)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bits(path):
    """Return the bytes of every variable of a file."""
    with h5py.File(path, locking=False) as file:
        variables = {name: it for name, it in file.items() if isinstance(it, h5py.Dataset)}
        return {name: it[()].tobytes() for name, it in variables.items()}


def stopped_after(count, spec, path, engine=MANY_CHUNKS, **options):
    """Run a sweep until some more chunks are finished."""
    asked = iter(range(count))

    def stop():
        return next(asked, None) is None

    with pytest.raises(Stopped):
        run_sweep(spec, path, threads=1, engine=engine, stop=stop, **options)


@contextmanager
def patience():
    """Fail what waits for ever; what is done here takes seconds, however busy the machine is."""

    def fail(*_):
        raise AssertionError(f"takes over {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


class Metadata:
    """The bytes of a sound file that are not values, and the seal over them."""

    def __init__(self, path):
        with opened(path) as file, h5py.File(path, locking=False) as theirs:
            self.seal = theirs[digests.SEAL].id.get_offset()
            values = [variable.place for variable in file.variables.values()]
        places = [(self.seal, self.seal + len(digests.PENDING)), *values]
        self.parts = digests.surroundings(places, path.stat().st_size)

    def places(self):
        return [k for start, end in self.parts for k in range(start, end)]

    def sealed(self, data):
        """Give bytes in which something was changed the seal that goes with them."""
        found = bytearray(data)
        digest = digests.of_ranges(lambda at, n: bytes(found[at : at + n]), self.parts)
        found[self.seal : self.seal + len(digest)] = digest.encode()
        return found
