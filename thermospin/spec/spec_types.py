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

from thermospin.quantities import Parameter, si_unit_of
from thermospin.spec.axis_points import linear_points, log_points
from thermospin.spec.scalar_values import (
    MOST_POINTS_OF_AXIS,
    GivenNumber,
    broken_rule,
    number_of,
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
        A `GivenNumber` between the limits.
    """
    limits = {"type": "number", "minimum": parameter.low, "maximum": parameter.high}
    return Annotated[
        GivenNumber,
        PlainValidator(number_of(parameter)),
        WithJsonSchema(_or_quantity(parameter, limits)),
    ]


def _step_type(parameter: Parameter) -> Any:
    return Annotated[
        GivenNumber,
        PlainValidator(number_of(parameter, limited=False)),
        WithJsonSchema(_or_quantity(parameter, {"type": "number", "exclusiveMinimum": 0})),
    ]


def _or_quantity(parameter: Parameter, number: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a number that may also be written with a unit, as a text."""
    unit = si_unit_of(parameter.name, parameter.unit)
    if unit is None or not unit.spellings:
        return number
    return {
        "anyOf": [number, {"type": "string", "pattern": f"[0-9.] *({'|'.join(unit.spellings)})$"}]
    }


def axis_type(parameter: Parameter) -> Any:
    """Make the type of an axis along which a parameter is swept.

    Parameters
    ----------
    parameter : Parameter
        Gives the limits of each point.

    Returns
    -------
    type
        A list of `GivenNumber`, a `SpacedAxis` or a `SteppedAxis`.
    """
    value = number_type(parameter)
    ends: dict[str, Any] = {
        "start": (value, Field(description="first point")),
        "stop": (value, Field(description="last point, included")),
    }
    spaced: Any = create_model(f"{parameter.name}_num", __base__=SpacedAxis, **ends)
    step = (
        _step_type(parameter),
        Field(description="distance of the points; divides stop − start"),
    )
    stepped: Any = create_model(f"{parameter.name}_step", __base__=SteppedAxis, **ends, step=step)
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


def _check_list(points: list[GivenNumber]) -> list[GivenNumber]:
    if not points:
        raise broken_rule("must have at least one point, got an empty list")
    for i in range(1, len(points)):
        if points[i].value <= points[i - 1].value:
            order = f"{points[i].shown} after {points[i - 1].shown}"
            raise broken_rule(f"points must be strictly increasing, got {order}", (i,))
    in_si(*points)
    return points


def in_si(*numbers: GivenNumber) -> list[Fraction] | None:
    """Return the values in SI of the numbers of an axis that is written in a unit.

    Zero needs no unit.

    Parameters
    ----------
    *numbers : GivenNumber
        The numbers of one axis.

    Returns
    -------
    list of Fraction or None
        The exact values; None if no number has a unit.

    Raises
    ------
    PydanticCustomError
        If some have a unit and others have none.
    """
    bare = [number.shown for number in numbers if number.si is None and number.value]
    with_unit = [number.shown for number in numbers if number.si is not None]
    if bare and with_unit:
        rule = "must be given with a unit throughout or without one throughout"
        raise broken_rule(f"{rule}, got {with_unit[0]} and {bare[0]}")
    return [number.si or Fraction(0) for number in numbers] if with_unit else None


_SCALES = ("linear", "log")
_Scale: Any = word_type(_SCALES)
_Count = Annotated[
    int,
    PlainValidator(point_count),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST_POINTS_OF_AXIS}),
]


class SpacedAxis(BaseModel):
    """An axis of so many points from start to stop, both included."""

    model_config = STRICT

    start: GivenNumber
    stop: GivenNumber
    num: _Count = Field(description="number of points")
    scale: _Scale = Field(default="linear", description="equal distances, or equal ratios")

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_ends(self.start, self.stop, self.num)
        if self.scale == "log" and self.start.value <= 0:
            got = self.start.shown
            raise broken_rule(f"must be greater than 0 with scale: log, got {got}", ("start",))
        in_si(self.start, self.stop)
        return self

    def __len__(self) -> int:
        """Return the number of points."""
        return self.num

    def points(self) -> NDArray[np.float64]:
        """Return the points in ascending order, in reduced units."""
        return self._between(self.start.value, self.stop.value)

    def si_points(self) -> NDArray[np.float64] | None:
        """Return the points in SI; None if the axis is written in reduced units."""
        ends = in_si(self.start, self.stop)
        return None if ends is None else self._between(ends[0], ends[1])

    def _between(self, start: Fraction, stop: Fraction) -> NDArray[np.float64]:
        spread = log_points if self.scale == "log" else linear_points
        return spread(start, stop, self.num)


class SteppedAxis(BaseModel):
    """An axis of points that are a step apart, from start to stop, both included."""

    model_config = STRICT

    start: GivenNumber
    stop: GivenNumber
    step: GivenNumber

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.step.value <= 0:
            raise broken_rule(f"must be greater than 0, got {self.step.shown}", ("step",))
        _check_ends(self.start, self.stop, num=2)
        in_si(self.start, self.stop, self.step)
        steps = self._steps
        if steps >= MOST_POINTS_OF_AXIS:
            most = f"must make at most {MOST_POINTS_OF_AXIS} points"
            raise broken_rule(f"{most}, got {self.step.shown}", ("step",))
        if steps.denominator != 1:
            width = f"{float(self.stop.value - self.start.value)!r}"
            if self.step.si is not None:
                width = f"{float(steps):g} steps"
            raise broken_rule(
                f"must divide stop − start = {width}, got {self.step.shown}; nearest is"
                f" num: {max(len(self), 2)} instead",
                ("step",),
            )
        return self

    @property
    def _steps(self) -> Fraction:
        """The distance from start to stop, in steps."""
        return (self.stop.value - self.start.value) / self.step.value

    def __len__(self) -> int:
        """Return the number of points."""
        return round(self._steps) + 1

    def points(self) -> NDArray[np.float64]:
        """Return the points in ascending order, in reduced units."""
        return linear_points(self.start.value, self.stop.value, len(self))

    def si_points(self) -> NDArray[np.float64] | None:
        """Return the points in SI; None if the axis is written in reduced units."""
        ends = in_si(self.start, self.stop)
        return None if ends is None else linear_points(ends[0], ends[1], len(self))


def _check_ends(start: GivenNumber, stop: GivenNumber, num: int) -> None:
    """Refuse ends between which that many different points, in ascending order, do not fit."""
    if start.value == stop.value and num == 1:
        return
    if start.value >= stop.value:
        ends = f"{start.shown} and {stop.shown}"
        raise broken_rule(f"must be less than stop, got {ends}", ("start",))
    if num == 1:
        raise broken_rule("must be at least 2 where start and stop differ, got 1", ("num",))
