"""The pydantic types of the values in a spec: words, numbers, and the forms of an axis.

The reader hands over texts, lists and dictionaries of them; each type says how to validate such a
value and how to describe it in the JSON Schema.
"""

from fractions import Fraction
from typing import Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    WithJsonSchema,
    create_model,
    model_validator,
)

from thermospin.quantities import Parameter
from thermospin.spec.axis_points import linear_points, log_points
from thermospin.spec.scalar_values import (
    MOST_POINTS_OF_AXIS,
    any_number,
    broken_rule,
    number_between,
    one_of,
    point_count,
)

STRICT = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
"""The configuration of every model: keys that it does not know are errors."""


def word_type(options: tuple[str, ...]) -> Any:
    """Make the type of a word that must be one of several.

    Parameters
    ----------
    options : tuple of str
        The words that are allowed.

    Returns
    -------
    type
        A str.
    """
    schema = WithJsonSchema({"type": "string", "enum": list(options)})
    return Annotated[str, AfterValidator(one_of(options)), schema]


def number_type(parameter: Parameter) -> Any:
    """Make the type of one value of a parameter.

    Parameters
    ----------
    parameter : Parameter
        Gives the limits.

    Returns
    -------
    type
        A Fraction between the limits.
    """
    return Annotated[
        Fraction,
        PlainValidator(number_between(parameter.low, parameter.high, parameter.rule())),
        WithJsonSchema({"type": "number", "minimum": parameter.low, "maximum": parameter.high}),
    ]


def axis_type(parameter: Parameter) -> Any:
    """Make the type of an axis along which a parameter is swept.

    Parameters
    ----------
    parameter : Parameter
        Gives the limits of each point.

    Returns
    -------
    type
        A list of Fraction, a `SpacedAxis` or a `SteppedAxis`.
    """
    value = number_type(parameter)
    ends: dict[str, Any] = {
        "start": (value, Field(description="first point")),
        "stop": (value, Field(description="last point, included")),
    }
    spaced: Any = create_model(f"{parameter.name}_num", __base__=SpacedAxis, **ends)
    stepped: Any = create_model(f"{parameter.name}_step", __base__=SteppedAxis, **ends)
    # Without a discriminator, one mistake would be reported once for each form.
    return Annotated[
        Annotated[list[value], AfterValidator(_check_list), Tag("list")]  # type: ignore[valid-type]
        | Annotated[spaced, Tag("num")]
        | Annotated[stepped, Tag("step")],
        Discriminator(_form_of, custom_error_type="axis_form", custom_error_message="no axis"),
    ]


def _form_of(axis: object) -> str | None:
    """Return the tag of the form in which an axis is written; None if it is none of them."""
    if isinstance(axis, dict):
        return "step" if "step" in axis else "num"
    return "list" if isinstance(axis, list) else None


def _check_list(points: list[Fraction]) -> list[Fraction]:
    if not points:
        raise broken_rule("must have at least one point, got an empty list")
    for i in range(1, len(points)):
        if points[i] <= points[i - 1]:
            order = f"{float(points[i])!r} after {float(points[i - 1])!r}"
            raise broken_rule(f"points must be strictly increasing, got {order}", (i,))
    return points


_SCALES = ("linear", "log")
_Scale: Any = word_type(_SCALES)
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


class SpacedAxis(BaseModel):
    """An axis of so many points from start to stop, both included."""

    model_config = STRICT

    start: Fraction
    stop: Fraction
    num: _Count = Field(description="number of points")
    scale: _Scale = Field(default="linear", description="equal distances, or equal ratios")

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


class SteppedAxis(BaseModel):
    """An axis of points that are a step apart, from start to stop, both included."""

    model_config = STRICT

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


def _check_ends(start: Fraction, stop: Fraction, num: int) -> None:
    """Refuse ends between which that many different points, in ascending order, do not fit."""
    if start == stop and num == 1:
        return
    if start >= stop:
        ends = f"{float(start)!r} and {float(stop)!r}"
        raise broken_rule(f"must be less than stop, got {ends}", ("start",))
    if num == 1:
        raise broken_rule("must be at least 2 where start and stop differ, got 1", ("num",))
