"""Specs of sweeps: strict YAML to a `SweepSpec`, or to an error that lists every mistake."""

from thermospin.spec.loading import SpecSource, load_spec, material_of, parse_spec, spec_of
from thermospin.spec.material import Material, reduced_number
from thermospin.spec.problems import Place, Problem, SpecError
from thermospin.spec.remarks import remarks
from thermospin.spec.spec_model import json_schema
from thermospin.spec.spec_text import (
    CONTROL,
    CONTROL_BUT_LINES,
    LARGEST,
    broken_by_name,
    broken_by_overrides,
    bundled_specs,
    bundled_text,
)
from thermospin.spec.sweep_spec import SweepSpec

__all__ = [
    "CONTROL",
    "CONTROL_BUT_LINES",
    "LARGEST",
    "Material",
    "Place",
    "Problem",
    "SpecError",
    "SpecSource",
    "SweepSpec",
    "broken_by_name",
    "broken_by_overrides",
    "bundled_specs",
    "bundled_text",
    "json_schema",
    "load_spec",
    "material_of",
    "parse_spec",
    "reduced_number",
    "remarks",
    "spec_of",
]
