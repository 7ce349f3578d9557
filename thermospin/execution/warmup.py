"""Warm-up: all kernels are compiled ahead, so that no process of a sweep has to."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from thermospin.execution.selftest import check_kernels
from thermospin.gap import bcs_gap, critical_temperature
from thermospin.junction import Junction
from thermospin.machine.code_cache import SUFFIX
from thermospin.machine.compilation import CACHE_DIRECTORY, WHY_NOT_KEPT
from thermospin.observables import (
    critical_current,
    density_of_states,
    density_slopes,
    evaluate,
    flows,
    junction_derivatives,
    maximum_power,
    seebeck_voltage,
    steady_temperatures,
)
from thermospin.quantities import OUTPUTS


@dataclass(frozen=True)
class Warmed:
    """The outcome of one step of a warm-up.

    Attributes
    ----------
    name : str
        What is ready now.
    seconds : float
        Wall time.
    compiled : bool
        Whether anything had to be compiled; else all of it was in the cache.
    """

    name: str
    seconds: float
    compiled: bool


_PLAIN = Junction(T_S=0.7, h_exc=0.2, R_L=1.0)
_POLARISED = Junction(T_S=0.7, h_exc=0.2, h_S=0.1, P=0.5, theta=0.3, R_L=1.0)
_FILM = Junction(T_S=0.7, h_exc=0.2, spin_orbit_Sm=0.1, R_L=1.0)
_HEATED = Junction(heater=0.1, T_bath=0.1, electron_phonon=1.0, h_exc=0.2)
_OF_GIVEN_T_S = [name for name, output in OUTPUTS.items() if not output.heated]
_FIELDS = Junction(T_S=0.7, h_exc=np.linspace(0.01, 0.3, 101))

STEPS: dict[str, Callable[[], object]] = {
    "gap": lambda: bcs_gap(0.7, 0.2),
    "density of states": lambda: density_of_states(1.0),
    "density of films": lambda: (density_of_states(1.0, depairing=0.1), density_slopes(1.0)),
    "gap of films": lambda: (bcs_gap(0.7, depairing=0.1), critical_temperature(depairing=0.1)),
    "currents and conductances": lambda: evaluate(("I_up", "G", "dIdV"), 0.5, _PLAIN),
    "heat and noise": lambda: flows(0.5, _PLAIN),
    "heat balance": lambda: steady_temperatures(0.5, _HEATED),
    "derivatives": lambda: junction_derivatives(np.array([0.5]), _PLAIN, ("h_exc",)),
    "critical current": lambda: critical_current(_PLAIN),
    "Seebeck voltage and operating points": lambda: seebeck_voltage(_PLAIN),
    "maxima": lambda: maximum_power(_PLAIN),
    "dense meshes": lambda: evaluate(("I_up",), np.linspace(-1.0, 1.0, 401), _FIELDS),
    "critical current of films": lambda: critical_current(_FILM),
    "derivatives of films": lambda: junction_derivatives(np.array([0.5]), _FILM, ("h_exc",)),
    "heat and noise of films": lambda: flows(0.5, _FILM),
    "currents of films": lambda: evaluate(("I_up", "G", "dIdV"), 0.5, _FILM),
    "Seebeck voltage and operating points of films": lambda: seebeck_voltage(_FILM),
    "maxima of films": lambda: maximum_power(_FILM),
    "all outputs": lambda: [evaluate(_OF_GIVEN_T_S, 0.5, each) for each in (_PLAIN, _POLARISED)],
}
"""What has the kernels compiled, by what is ready then: whatever is left is so after the last step.

Each of the other long ones has a kernel of its own, so that several processes with one cache can
each take some, one from the first on and one from the last: the last are those of films that have
most in common, of which a second process would compile much again.
"""


def warm_up() -> Iterator[Warmed]:
    """Compile every kernel that is not in the cache, step by step, and test what came of it.

    The cache keeps the code of each kind of processor apart: a cluster with several kinds needs one
    warm-up on each.

    Yields
    ------
    Warmed
        Each step when it is done.

    Raises
    ------
    OSError
        If no folder is private and writable, so that nothing would be kept.
    SelfTestError
        If what was compiled, or found in the cache, computes wrong numbers.
    """
    if CACHE_DIRECTORY is None:
        raise OSError(
            f"nothing compiled can be kept: {WHY_NOT_KEPT}; set NUMBA_CACHE_DIR to a folder of your"
            " own that nobody else can write to"
        )
    for name, step in STEPS.items():
        before = _stored(CACHE_DIRECTORY)
        started = time.perf_counter()
        step()
        seconds = time.perf_counter() - started
        yield Warmed(name, seconds, compiled=_stored(CACHE_DIRECTORY) != before)
    check_kernels()


def _stored(cache: Path) -> set[tuple[Path, int]]:
    """Return the files of compiled code, each with the time at which it was put there."""
    return {(path, path.stat().st_mtime_ns) for path in cache.glob(f"*{SUFFIX}")}
