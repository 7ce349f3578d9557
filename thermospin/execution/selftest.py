"""A self-test in milliseconds: compiled code that is stale or broken must not compute a sweep."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from thermospin.device import CPU
from thermospin.execution import golden
from thermospin.gap import bcs_gap
from thermospin.junction import Junction
from thermospin.machine.compilation import CACHE_DIRECTORY
from thermospin.observables import currents, differential_conductance

RTOL = 1e-10
"""Accuracy asked of the kernels."""
AGREEMENT = 1e-9
"""Largest relative difference from the golden numbers; a wrong kernel is off by far more."""
_WAY_OUT = f"delete {CACHE_DIRECTORY} and run again" if CACHE_DIRECTORY else "reinstall"


class SelfTestError(OSError):
    """The compiled code of this installation computes wrong numbers."""


def check_kernels(device: str = CPU) -> str:
    """Compare the kernels with numbers that were frozen from the slow reference.

    Parameters
    ----------
    device : str
        What computes the integrals. Of a graphics card both are checked, it and the processor.

    Returns
    -------
    str
        A fingerprint: a hash of the bits that were computed. It differs where arithmetic rounds
        differently, on another architecture say, although the numbers agree within their tolerance.

    Raises
    ------
    SelfTestError
        If a number is off, naming it and the way out.
    """
    devices = dict.fromkeys((CPU, device))
    try:
        found = [(on, *each) for on in devices for each in _computed(on)]
    except (OSError, MemoryError):  # nothing is known about the kernels
        raise
    except Exception as error:
        raise SelfTestError(
            f"self-test failed: the compiled code does not run ({type(error).__name__}: {error}): "
            f"{_WAY_OUT}"
        ) from error
    digest = hashlib.sha256()
    for on, name, values, right in found:
        _compare(on, name, values, right)
        digest.update(values.tobytes())
    return digest.hexdigest()[:16]


def _computed(device: str) -> list[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
    """Return what the kernels compute at the golden points, beside the right numbers."""
    points = _table(golden.POINTS)
    bias, leads, expected = points[0], points[1:9], points[9:]
    names = ("T_S", "T_Sm", "h_exc", "h_S", "gamma_S", "gamma_Sm", "gap_S", "gap_Sm")
    junction = Junction(**dict(zip(names, leads, strict=True)), gap_model="constant")
    flow = currents(bias, junction, rtol=RTOL, device=device)
    slope = differential_conductance(bias, junction, rtol=RTOL, device=device)
    temperature, field, unit, right = _table(golden.GAPS)
    gaps = bcs_gap(temperature, field, unit)
    I_up, I_down, dIdV = expected
    return [
        ("I_up", flow.up, I_up),
        ("I_down", flow.down, I_down),
        ("dIdV", slope, dIdV),
        ("gap", gaps, right),
    ]


def _table(rows: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the columns of a table of hexadecimal numbers."""
    return np.array([[float.fromhex(number) for number in row.split()] for row in rows]).T


def _compare(
    device: str, name: str, values: NDArray[np.float64], right: NDArray[np.float64]
) -> None:
    wrong = ~(np.abs(values - right) <= AGREEMENT * np.abs(right))  # true for NaN as well
    if wrong.any():
        i = int(np.argmax(wrong))
        number = (
            f"{name} of golden point {i + 1} is {float(values[i])!r}, must be {float(right[i])!r}"
        )
        if device == CPU:
            raise SelfTestError(
                f"self-test failed: {number}; the compiled code is stale or broken: {_WAY_OUT}"
            )
        raise SelfTestError(
            f"self-test failed: on device {device} {number}: compute with device {CPU}"
        )
