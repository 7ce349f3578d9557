"""The schema of a file: its variables, their dimensions, units and attributes, as plain data."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import thermospin
from thermospin.quantities import OUTPUTS, PARAMETERS, SI_UNITS, STATUS
from thermospin.spec import SweepSpec

LAYOUT = 1
"""Version of the layout; a reader refuses a file with a later one."""

CONVENTIONS = f"thermospin-{LAYOUT}"
"""What a file follows: NetCDF-4 with units of our own, such as Δ0/e, which those of CF lack."""
STATUS_NAMES = ("status", "junction_status")
"""The variables that say what became of each point and of each junction."""
SHARD = "thermospin_shard"
"""Attribute of a shard: which one of how many it is, ``i/n``."""
GEOMETRY = "thermospin_geometry"
"""Attribute of a shard: number of chunks of the whole sweep, and how far each reaches."""
CHUNK_DIGESTS = "chunk_sha256"
"""Variable of a shard: the digest of each of its chunks, ``DIGEST_BYTES`` bytes."""
DIGEST_BYTES = 32


@dataclass(frozen=True)
class Variable:
    """One variable of a file.

    ``values`` times ``factor`` are its values where the spec fixes them; the others are computed.
    """

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    attributes: Mapping[str, Any]
    dtype: str = "<f8"
    values: NDArray[np.float64] | None = None
    factor: float = 1.0

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)

    @property
    def is_axis(self) -> bool:
        """Whether it labels the dimension of its own name."""
        return self.dims == (self.name,)


def status_of(output: str) -> str:
    """Return the name of the status that belongs to an output."""
    return STATUS_NAMES[0] if OUTPUTS[output].biased else STATUS_NAMES[1]


def is_biased(name: str) -> bool:
    """Return whether an output, or a status, depends on V."""
    return OUTPUTS[name].biased if name in OUTPUTS else name == STATUS_NAMES[0]


def computed_variables(spec: SweepSpec) -> tuple[str, ...]:
    """Return the outputs and statuses of a sweep in the order in which a chunk has their values."""
    found: tuple[str, ...] = ()
    kinds = (spec.biased_outputs, spec.unbiased_outputs)
    for outputs, status in zip(kinds, STATUS_NAMES, strict=True):
        found += (*outputs, status) if outputs else ()
    return found


def variables(spec: SweepSpec) -> list[Variable]:
    """Return every variable of the file of a sweep, in the order of the file."""
    return [*_axes(spec), *_si_axes(spec), *_constants(spec), *_results(spec)]


def root_attributes(
    spec: SweepSpec, *, complete: bool, written: str, provenance: str
) -> dict[str, Any]:
    """Return the attributes of the file itself; ``written`` is the time in its history."""
    program = f"thermospin {thermospin.__version__}"
    return {
        "Conventions": CONVENTIONS,
        "title": spec.title,
        "history": f"{written} {program}: computed from the spec in thermospin_spec",
        "source": f"{program}, Dynes-BCS tunnelling integrals by quadrature",
        "NX_class": "NXroot",
        "thermospin_layout": np.int32(LAYOUT),
        "thermospin_version": thermospin.__version__,
        "thermospin_spec_name": spec.name,
        "thermospin_spec": spec.text,
        "thermospin_spec_overrides": json.dumps(list(spec.overrides)),
        "thermospin_spec_sha256": spec.sha256,
        "thermospin_gap_model": spec.gap_model,
        **({"thermospin_branch": spec.branch} if spec.is_heated else {}),
        "thermospin_rtol": np.float64(spec.rtol),
        "thermospin_provenance": provenance,
        "thermospin_complete": np.int32(complete),
    }


def _described(meaning: str, unit: str, spec: SweepSpec) -> dict[str, Any]:
    attributes: dict[str, Any] = {"long_name": meaning}
    if unit:
        attributes["units"] = unit
    if unit and spec.material is not None:
        attributes["SI_factor"] = np.float64(spec.material.factor(unit))
        attributes["SI_units"] = SI_UNITS[unit].symbol
    return attributes


def _axes(spec: SweepSpec) -> list[Variable]:
    described = {
        name: _described(PARAMETERS[name].meaning, PARAMETERS[name].unit, spec)
        for name in spec.axes
    }
    return [
        Variable(name, (name,), values.shape, described[name], values=values)
        for name, values in spec.axes.items()
    ]


def _dimensional(axes: Iterable[str]) -> list[str]:
    """Return the axes that have a unit; a polarisation is the same number in any."""
    return [name for name in axes if PARAMETERS[name].unit]


def si_name(axis: str) -> str:
    """Return the name of the variable that has the points of an axis in SI; empty if none has."""
    unit = PARAMETERS[axis].unit
    return f"{axis}_{SI_UNITS[unit].word}" if unit else ""


def _si_axes(spec: SweepSpec) -> list[Variable]:
    """Return the axes once more in SI units, beside those in reduced units."""
    if spec.material is None:
        return []
    found = []
    for name in _dimensional(spec.axes):
        unit = PARAMETERS[name].unit
        values, factor = spec.axes[name], spec.material.factor(unit)
        if name in spec.si_axes:
            values, factor = spec.si_axes[name], 1.0
        attributes = {"long_name": PARAMETERS[name].meaning, "units": SI_UNITS[unit].symbol}
        found.append(
            Variable(
                si_name(name),
                (name,),
                values.shape,
                attributes,
                values=values,
                factor=factor,
            )
        )
    return found


def _constants(spec: SweepSpec) -> list[Variable]:
    found = [
        Variable(
            name,
            (),
            (),
            _described(PARAMETERS[name].meaning, PARAMETERS[name].unit, spec),
            values=np.array(value, dtype="f8"),
        )
        for name, value in spec.fixed.items()
    ]
    if spec.material is not None:
        for name, meaning, unit, number in (
            (
                "Delta_0",
                "zero-temperature gap of the reference superconductor",
                "eV",
                spec.material.Delta_0,
            ),
            ("G_T", "normal-state conductance of the junction", "S", spec.material.G_T),
        ):
            attributes = {"long_name": meaning, "units": unit}
            found.append(Variable(name, (), (), attributes, values=np.array(number, dtype="f8")))
    return found


def _coordinates(spec: SweepSpec, dims: tuple[str, ...], biased: bool) -> dict[str, str]:
    # Readers make coordinates of these; the axes themselves need not be named.
    names = []
    if spec.material is not None:
        names = [si_name(name) for name in _dimensional(dims)]
    names += [name for name in spec.fixed if biased or name != "V"]
    return {"coordinates": " ".join(names)} if names else {}


def _results(spec: SweepSpec) -> list[Variable]:
    found = []
    for name in spec.outputs:
        output, dims = OUTPUTS[name], spec.dims(name)
        attributes = {
            **_described(output.meaning, output.unit, spec),
            "_FillValue": np.float64(np.nan),
            "ancillary_variables": status_of(name),
            **_coordinates(spec, dims, output.biased),
        }
        found.append(Variable(name, dims, _shape(spec, dims), attributes))
    for name, outputs in zip(
        STATUS_NAMES, (spec.biased_outputs, spec.unbiased_outputs), strict=True
    ):
        if outputs:
            found.append(_status(spec, name, outputs[0]))
    return found


def _status(spec: SweepSpec, name: str, companion: str) -> Variable:
    """Return the variable that says what became of each point of its companions."""
    dims = spec.dims(companion)
    attributes = {
        "long_name": f"what became of each {'point' if name == STATUS_NAMES[0] else 'junction'}",
        "flag_values": np.array(list(STATUS.values()), dtype="i1"),
        "flag_meanings": " ".join(STATUS),
        **_coordinates(spec, dims, OUTPUTS[companion].biased),
    }
    return Variable(name, dims, _shape(spec, dims), attributes, dtype="|i1")


def _shape(spec: SweepSpec, dims: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(len(spec.axes[name]) for name in dims)
