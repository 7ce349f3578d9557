"""The shape of a spec: its keys, their types and limits, as pydantic models and as JSON Schema.

The reader hands over dictionaries, lists and texts. The names and limits of parameters and
outputs come from `thermospin.quantities`, so the models of ``fixed`` and ``axes`` are made from it.
"""

from fractions import Fraction
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    WithJsonSchema,
    create_model,
    model_validator,
)

from thermospin.quantities import GAP_MODELS, OUTPUTS, PARAMETERS, RTOL, Parameter
from thermospin.spec.axes import linear_points, log_points
from thermospin.spec.fields import (
    CONDUCTANCES,
    ENERGIES,
    MOST_POINTS_OF_AXIS,
    any_number,
    broken_rule,
    number_between,
    one_line,
    one_of,
    point_count,
    positive_in,
)

_SCALES = ("linear", "log")
_STRICT = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _words(options: tuple[str, ...]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(options)})


def _limited(parameter: Parameter) -> Any:
    """Return the type of a parameter's value."""
    return Annotated[
        Fraction,
        PlainValidator(number_between(parameter.low, parameter.high, parameter.rule())),
        WithJsonSchema({"type": "number", "minimum": parameter.low, "maximum": parameter.high}),
    ]


def _described(parameter: Parameter) -> str:
    return f"{parameter.meaning}, in {parameter.unit}" if parameter.unit else parameter.meaning


def _optional(parameter: Parameter) -> Any:
    """Return a field that is None unless given; editors are told the default."""
    extra: dict[str, Any] = {} if parameter.default is None else {"default": parameter.default}
    return Field(default=None, description=_described(parameter), json_schema_extra=extra)


_Count = Annotated[
    int,
    PlainValidator(point_count),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_POINTS_OF_AXIS}),
]
_Step = Annotated[
    Fraction,
    PlainValidator(any_number),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]


def _check_ends(start: Fraction, stop: Fraction, num: int) -> None:
    if start == stop and num == 1:
        return
    if start >= stop:
        ends = f"{float(start)!r} and {float(stop)!r}"
        raise broken_rule(f"must be less than stop, got {ends}", ("start",))
    if num == 1:
        raise broken_rule("must be at least 2 where start and stop differ, got 1", ("num",))


class Spaced(BaseModel):
    """Points from start to stop, both included."""

    model_config = _STRICT

    start: Fraction
    stop: Fraction
    num: _Count = Field(description="number of points")
    scale: Annotated[str, AfterValidator(one_of(_SCALES)), _words(_SCALES)] = Field(
        default="linear", description="equal distances, or equal ratios"
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_ends(self.start, self.stop, self.num)
        if self.scale == "log" and self.start <= 0:
            got = repr(float(self.start))
            raise broken_rule(f"must be greater than 0 with scale: log, got {got}", ("start",))
        return self

    def __len__(self) -> int:
        """Return the number of points."""
        return self.num

    def points(self) -> NDArray[np.float64]:
        """Return the points in ascending order."""
        spread = log_points if self.scale == "log" else linear_points
        return spread(self.start, self.stop, self.num)


class Stepped(BaseModel):
    """Points from start to stop, both included, a step apart."""

    model_config = _STRICT

    start: Fraction
    stop: Fraction
    step: _Step = Field(description="distance of the points; divides stop − start")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.step <= 0:
            got = repr(float(self.step))
            raise broken_rule(f"must be greater than 0, got {got}", ("step",))
        _check_ends(self.start, self.stop, num=2)
        steps = (self.stop - self.start) / self.step
        if steps >= MOST_POINTS_OF_AXIS:
            most = f"must make at most {MOST_POINTS_OF_AXIS} points"
            raise broken_rule(f"{most}, got {float(self.step)!r}", ("step",))
        if steps.denominator != 1:
            raise broken_rule(
                f"must divide stop − start = {float(self.stop - self.start)!r}, got"
                f" {float(self.step)!r}; nearest is num: {max(len(self), 2)} instead",
                ("step",),
            )
        return self

    def __len__(self) -> int:
        """Return the number of points."""
        return round((self.stop - self.start) / self.step) + 1

    def points(self) -> NDArray[np.float64]:
        """Return the points in ascending order."""
        return linear_points(self.start, self.stop, len(self))


def _check_list(points: list[Fraction]) -> list[Fraction]:
    if not points:
        raise broken_rule("must have at least one point, got an empty list")
    for i in range(1, len(points)):
        if points[i] <= points[i - 1]:
            order = f"{float(points[i])!r} after {float(points[i - 1])!r}"
            raise broken_rule(f"points must be strictly increasing, got {order}", (i,))
    return points


def _form_of(axis: object) -> str | None:
    if isinstance(axis, dict):
        return "step" if "step" in axis else "num"
    return "list" if isinstance(axis, list) else None


def _axis(parameter: Parameter) -> Any:
    """Return the type of a parameter's axis."""
    value = _limited(parameter)
    ends: dict[str, Any] = {
        "start": (value, Field(description="first point")),
        "stop": (value, Field(description="last point, included")),
    }
    spaced: Any = create_model(f"{parameter.name}_num", __base__=Spaced, **ends)
    stepped: Any = create_model(f"{parameter.name}_step", __base__=Stepped, **ends)
    # Without a discriminator, one mistake would be reported once for each form.
    return Annotated[
        Annotated[list[value], AfterValidator(_check_list), Tag("list")]  # type: ignore[valid-type]
        | Annotated[spaced, Tag("num")]
        | Annotated[stepped, Tag("step")],
        Discriminator(_form_of, custom_error_type="axis_form", custom_error_message="no axis"),
    ]


_FIXED: dict[str, Any] = {p.name: (_limited(p), _optional(p)) for p in PARAMETERS.values()}
_AXES: dict[str, Any] = {
    p.name: (_axis(p), Field(default=None, description=_described(p))) for p in PARAMETERS.values()
}
Fixed: Any = create_model("Fixed", __config__=_STRICT, **_FIXED)
Axes: Any = create_model("Axes", __config__=_STRICT, **_AXES)


class Numerics(BaseModel):
    """How accurately to compute."""

    model_config = _STRICT

    rtol: _limited(RTOL) = _optional(RTOL)  # type: ignore[valid-type]


class MaterialModel(BaseModel):
    """What turns reduced units into SI."""

    model_config = _STRICT

    Delta_0: Annotated[
        tuple[float, str],
        PlainValidator(positive_in(ENERGIES, "200 ueV")),
        WithJsonSchema({"type": "string", "pattern": f"({'|'.join(ENERGIES)})$"}),
    ] = Field(description="reference gap, such as 200 ueV")
    G_T: Annotated[
        tuple[float, str],
        PlainValidator(positive_in(CONDUCTANCES, "0.1 mS")),
        WithJsonSchema({"type": "string", "pattern": f"({'|'.join(CONDUCTANCES)})$"}),
    ] = Field(description="normal-state tunnel conductance, such as 0.1 mS")


def _check_outputs(outputs: list[str]) -> list[str]:
    if not outputs:
        raise broken_rule("must name at least one output, got an empty list")
    for i, output in enumerate(outputs):
        if output in outputs[:i]:
            raise broken_rule(f"each output once, got '{output}' twice", (i,))
    return outputs


def _check_number(outputs: object) -> object:
    if isinstance(outputs, list) and len(outputs) > len(OUTPUTS):
        raise broken_rule(f"must name each output once, {len(OUTPUTS)} at most, got {len(outputs)}")
    return outputs


_Output = Annotated[str, AfterValidator(one_of(OUTPUTS)), _words(tuple(OUTPUTS))]
_Outputs = Annotated[list[_Output], BeforeValidator(_check_number), AfterValidator(_check_outputs)]
_GapModel = Annotated[str, AfterValidator(one_of(GAP_MODELS)), _words(GAP_MODELS)]


class SpecModel(BaseModel):
    """A sweep over the quasiparticle currents of a superconducting tunnel junction."""

    model_config = _STRICT

    title: Annotated[str, AfterValidator(one_line)] = Field(
        default="", description="what the sweep shows"
    )
    fixed: Fixed = Field(default_factory=Fixed, description="parameters that keep one value")
    axes: Axes = Field(description="parameters that are swept, the slowest first")
    outputs: _Outputs = Field(
        description="quantities to compute", json_schema_extra={"minItems": 1, "uniqueItems": True}
    )
    gap_model: _GapModel = Field(
        default="self-consistent", description="how the gaps follow from temperature and field"
    )
    numerics: Numerics = Field(default_factory=Numerics, description="how accurately to compute")
    material: MaterialModel = Field(
        default=None,  # type: ignore[assignment]  # None inside, but nobody should write null
        description="adds coordinates and scale factors in SI",
    )


def allowed_keys(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Return the keys of the mapping at a path."""
    match path:
        case ():
            return tuple(SpecModel.model_fields)
        case ("fixed" | "axes",):
            return tuple(PARAMETERS)
        case ("axes", _):
            return (*Spaced.model_fields, "step")
        case ("numerics",):
            return tuple(Numerics.model_fields)
        case ("material",):
            return tuple(MaterialModel.model_fields)
    return ()


def home_of(key: str) -> str:
    """Return which sections a key belongs in, as a hint; empty if it is unknown everywhere."""
    homes = [section for section in allowed_keys(()) if key in allowed_keys((section,))]
    return f"'{key}' belongs in {' or '.join(homes)}" if homes else ""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a spec, for editors that check and complete."""
    schema = _without_nulls(SpecModel.model_json_schema())
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **schema, "title": "thermospin sweep"}


def _without_nulls(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _without_nulls(value) for key, value in schema.items() if value is not None}
    return [_without_nulls(item) for item in schema] if isinstance(schema, list) else schema
