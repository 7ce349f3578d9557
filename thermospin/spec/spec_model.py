"""The keys of a spec, their types and limits, as a pydantic model and as JSON Schema.

The names and limits of parameters and outputs come from `thermospin.quantities`; the models of
the sections ``fixed`` and ``axes`` are made from them.
"""

from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    WithJsonSchema,
    create_model,
    model_validator,
)

from thermospin.quantities import (
    BRANCHES,
    GAP_MODELS,
    ISLAND_UNITS,
    OUTPUTS,
    PARAMETERS,
    RTOL,
    SI_UNITS,
    Parameter,
)
from thermospin.spec.material import ISLAND, PAIRS, SCALES
from thermospin.spec.scalar_values import broken_rule, scale_of_material, single_line
from thermospin.spec.spec_types import STRICT, SpacedAxis, axis_type, number_type, word_type


def _described(parameter: Parameter) -> str:
    return f"{parameter.meaning}, in {parameter.unit}" if parameter.unit else parameter.meaning


def _optional(parameter: Parameter) -> Any:
    """Return a field that is None unless given; the JSON Schema tells editors the default."""
    extra: dict[str, Any] = {} if parameter.default is None else {"default": parameter.default}
    return Field(default=None, description=_described(parameter), json_schema_extra=extra)


_FIXED: dict[str, Any] = {p.name: (number_type(p), _optional(p)) for p in PARAMETERS.values()}
_AXES: dict[str, Any] = {
    p.name: (axis_type(p), Field(default=None, description=_described(p)))
    for p in PARAMETERS.values()
}
FixedModel: Any = create_model("Fixed", __config__=STRICT, **_FIXED)
"""The section ``fixed``: one value for each parameter that is not swept."""
AxesModel: Any = create_model("Axes", __config__=STRICT, **_AXES)
"""The section ``axes``: the parameters that are swept."""


class NumericsModel(BaseModel):
    """The section ``numerics``: how accurately to compute."""

    model_config = STRICT

    rtol: number_type(RTOL) = _optional(RTOL)  # type: ignore[valid-type]


def _scale(name: str, meaning: str) -> Any:
    """Return the type and the field of a quantity by which a material is given."""
    if name in ISLAND:
        spellings, example = ISLAND_UNITS[name], ISLAND[name]
    else:
        unit, example = SCALES[name]
        spellings = SI_UNITS[unit].spellings
    pattern = f"[0-9.] *({'|'.join(spellings)})$"
    scale = Annotated[
        str,
        PlainValidator(scale_of_material(name)),
        WithJsonSchema({"type": "string", "pattern": pattern}),
    ]
    return scale, Field(default=None, description=f"{meaning}, such as {example}")


class _MaterialBase(BaseModel):
    """The section ``material``: the scales that convert reduced units to SI."""

    model_config = STRICT | {
        "json_schema_extra": {
            "allOf": [{"oneOf": [{"required": [name]} for name in pair]} for pair in PAIRS]
        }
    }

    @model_validator(mode="after")
    def _check(self) -> Self:
        for pair in PAIRS:
            given = [name for name in pair if name in self.model_fields_set]
            if len(given) != 1:
                got = "both" if given else "neither"
                raise broken_rule(f"must have exactly one of {' and '.join(pair)}, got {got}")
        island = [name for name in ISLAND if name in self.model_fields_set]
        if len(island) == 1:
            raise broken_rule(
                f"must have both or neither of {' and '.join(ISLAND)}, got {island[0]}"
            )
        return self


MaterialModel: Any = create_model(
    "Material",
    __base__=_MaterialBase,
    Delta_0=_scale("Delta_0", "reference gap"),
    T_c=_scale("T_c", "critical temperature, Δ0/(1.764 k_B)"),
    G_T=_scale("G_T", "normal-state tunnel conductance"),
    R_T=_scale("R_T", "normal-state resistance, 1/G_T"),
    Sigma=_scale("Sigma", "coupling of electrons to phonons in S"),
    volume=_scale("volume", "volume of S"),
)


def _check_outputs(outputs: list[str]) -> list[str]:
    if not outputs:
        raise broken_rule("must name at least one output, got an empty list")
    for i, output in enumerate(outputs):
        if output in outputs[:i]:
            raise broken_rule(f"must name each output once, got '{output}' twice", (i,))
    return outputs


def _check_output_count(outputs: object) -> object:
    """Refuse a list that is too long before each of its entries becomes a problem of its own."""
    if isinstance(outputs, list) and len(outputs) > len(OUTPUTS):
        raise broken_rule(f"must name each output once, {len(OUTPUTS)} at most, got {len(outputs)}")
    return outputs


_Output: Any = word_type(tuple(OUTPUTS))
_Outputs = Annotated[
    list[_Output], BeforeValidator(_check_output_count), AfterValidator(_check_outputs)
]
_GapModel: Any = word_type(GAP_MODELS)
_Branch: Any = word_type(BRANCHES)


class SpecModel(BaseModel):
    """A sweep over the quasiparticle currents of a superconducting tunnel junction."""

    model_config = STRICT

    title: Annotated[str, AfterValidator(single_line)] = Field(
        default="", description="what the sweep shows"
    )
    fixed: FixedModel = Field(
        default_factory=FixedModel, description="parameters that keep one value"
    )
    axes: AxesModel = Field(description="parameters that are swept, the slowest first")
    outputs: _Outputs = Field(
        description="quantities to compute", json_schema_extra={"minItems": 1, "uniqueItems": True}
    )
    gap_model: _GapModel = Field(
        default="self-consistent", description="how the gaps follow from temperature and field"
    )
    branch: _Branch = Field(
        default=BRANCHES[0], description="which steady T_S a heated junction has, by its history"
    )
    numerics: NumericsModel = Field(
        default_factory=NumericsModel, description="how accurately to compute"
    )
    material: MaterialModel = Field(
        default=None,  # inside; nobody should write null
        description="adds coordinates and scale factors in SI",
    )


UNKNOWN_KEY = "unknown key"
"""The rule that is broken by a key which is not one of `allowed_keys`."""


def allowed_keys(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """List the keys that a mapping in a spec may have.

    Parameters
    ----------
    path : KeyPath
        Where the mapping stands; empty for the spec itself.

    Returns
    -------
    tuple of str
        The keys; empty if there should be no mapping.
    """
    match path:
        case ():
            return tuple(SpecModel.model_fields)
        case ("fixed" | "axes",):
            return tuple(PARAMETERS)
        case ("axes", _):
            return (*SpacedAxis.model_fields, "step")
        case ("numerics",):
            return tuple(NumericsModel.model_fields)
        case ("material",):
            return tuple(MaterialModel.model_fields)
    return ()


def misplaced_key_hint(key: str) -> str:
    """Say where in a spec a key belongs.

    Parameters
    ----------
    key : str
        A key that stands where it is not allowed.

    Returns
    -------
    str
        A hint for a message; empty if the key is allowed nowhere.
    """
    if key in allowed_keys(()):
        return f"'{key}' belongs at the top level"
    sections = [section for section in allowed_keys(()) if key in allowed_keys((section,))]
    return f"'{key}' belongs in {' or '.join(sections)}" if sections else ""


def json_schema() -> dict[str, Any]:
    """Describe specs to editors that check and complete them.

    Returns
    -------
    dict
        The JSON Schema, draft 2020-12.
    """
    schema = _without_nulls(SpecModel.model_json_schema())
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **schema, "title": "thermospin sweep"}


def _without_nulls(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_nulls(value) for key, value in schema.items() if value is not None}
    return [_without_nulls(item) for item in schema] if isinstance(schema, list) else schema
