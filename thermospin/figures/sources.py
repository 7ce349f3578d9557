"""What a picture is drawn from: a result file, its contents, or a dataset of xarray."""

import json
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from thermospin.dataset import Contents, SpecText, read
from thermospin.figures.errors import FigureError
from thermospin.quantities import OUTPUTS, PARAMETERS, of_one_lead
from thermospin.spec import Material, SpecError, broken_by_name, bundled_specs

if TYPE_CHECKING:
    import xarray as xr

Drawable: TypeAlias = "str | os.PathLike[str] | Contents | xr.Dataset"

_OF_A_JUNCTION = ("T_S", "T_Sm", "h_exc", "h_S", "gap_S", "gap_Sm")


class Opened(NamedTuple):
    """What is drawn, its name in messages, and the scales that its spec gives, if any."""

    name: str
    contents: Contents
    material: Material | None


def opened_source(given: Drawable) -> Opened:
    """Return what is to be drawn.

    Parameters
    ----------
    given : path, Contents or xarray.Dataset
        A result file; what `thermospin.read` gives of one; or what xarray does, whole or a part of
        it that has kept its attributes.

    Raises
    ------
    FileError
        If the file is not a result of thermospin.
    FigureError
        If it is a spec, a shard, has nothing to draw, or the dataset is not of thermospin.
    """
    if isinstance(given, Contents):
        name, contents = given.name, given
    elif isinstance(given, (str, os.PathLike)):
        name = os.fspath(given)
        _refuse_spec(name)
        contents = read(name, mapped=True)
    else:
        name, contents = "the dataset", contents_of(given)
    _check_axes(name, contents)
    return Opened(name, contents, material_of(contents))


def _refuse_spec(name: str) -> None:
    """Say what to do with a spec, or the name of a bundled one, where its result belongs."""
    if os.path.exists(name):
        is_spec = os.path.splitext(name)[1].lower() in (".yaml", ".yml")
    else:
        is_spec = name in bundled_specs()
    if is_spec and not broken_by_name(name):
        result = os.path.splitext(os.path.basename(name))[0] + ".h5"
        raise FigureError(
            f"{name}: is a spec, not a result; run it first:\n"
            f"  thermospin run {name}\n  thermospin plot {result}"
        )


def _check_axes(name: str, contents: Contents) -> None:
    if contents.shard is not None:
        raise FigureError(f"{name}: is a shard: merge it, then plot the whole")
    swept = {axis for axis, points in contents.axes.items() if len(points) > 1}
    if not any(swept & set(contents.dims[output]) for output in contents.outputs):
        raise FigureError(f"{name}: has no output along an axis of two or more values")


def material_of(contents: Contents) -> Material | None:
    """Return the scales that the spec of a file gives, if this version understands them."""
    try:
        return contents.material
    except SpecError:  # of another version
        return None


def contents_of(dataset: "xr.Dataset") -> Contents:
    """Return the contents of a dataset that xarray has opened, or of a part of it.

    Parameters
    ----------
    dataset : xarray.Dataset
        As `thermospin.sweep` or `xarray.open_dataset` give it. Axes may be cut or selected from,
        and outputs left out.

    Raises
    ------
    FigureError
        If it is not a dataset of thermospin, or lost what a picture needs.
    """
    xarray = sys.modules.get("xarray")
    if xarray is None or not isinstance(dataset, xarray.Dataset):
        raise FigureError(
            "a picture is drawn from a result file, the contents of one, or an xarray.Dataset such"
            f" as ds[['I_q']], not from {type(dataset).__name__}"
        )
    dataset = _along_parameters(dataset)
    outputs = {str(name): each for name, each in dataset.data_vars.items() if name in OUTPUTS}
    axes = {str(name) for each in outputs.values() for name in each.dims}
    fixed = {
        str(name): float(each)
        for name, each in dataset.variables.items()
        if name in PARAMETERS and not each.dims
    }
    known = fixed | dict.fromkeys(axes, 0.0)
    for name in _OF_A_JUNCTION:
        try:
            of_one_lead(known, name)
        except KeyError:
            raise FigureError(f"the dataset has lost {name}; keep its coordinates") from None
    return Contents(
        **_header(dataset),
        axes={
            str(name): np.asarray(dataset[name].values, dtype=np.float64)
            for name in dataset.sizes
            if name in axes
        },
        fixed=fixed,
        outputs={name: np.asarray(each.values, dtype=np.float64) for name, each in outputs.items()},
        status={},
        dims={name: tuple(map(str, each.dims)) for name, each in outputs.items()},
    )


def _along_parameters(dataset: "xr.Dataset") -> "xr.Dataset":
    """Return a dataset whose dimensions are parameters, in ascending order."""
    for name in dataset.sizes:
        if name not in PARAMETERS:  # such as V_volt, after swap_dims
            own = [each for each, v in dataset.variables.items()
                   if each in PARAMETERS and v.dims == (name,)]  # fmt: skip
            if own:
                dataset = dataset.swap_dims({name: own[0]})
    for name in dataset.sizes:
        if name not in PARAMETERS or name not in dataset.coords:
            raise FigureError(
                f"the dataset has the dimension {name}, which is not a parameter with its values"
            )
    return dataset.sortby(list(dataset.sizes))


def _header(dataset: "xr.Dataset") -> dict[str, Any]:
    attributes = dataset.attrs
    try:
        overrides = tuple(json.loads(attributes["thermospin_spec_overrides"]))
        return {
            "layout": int(attributes["thermospin_layout"]),
            "title": str(attributes["title"]),
            "name": str(attributes["thermospin_spec_name"]),
            "complete": bool(attributes["thermospin_complete"]),
            "gap_model": str(attributes["thermospin_gap_model"]),
            "rtol": float(attributes["thermospin_rtol"]),
            "spec": SpecText(str(attributes["thermospin_spec"]), overrides),
            "spec_sha256": str(attributes["thermospin_spec_sha256"]),
            "provenance": json.loads(attributes.get("thermospin_provenance", "{}")),
        }
    except KeyError as error:
        raise FigureError(
            f"the dataset has no attribute {error.args[0]}: it is not of thermospin, or has lost"
            " its attributes, which arithmetic drops and selection keeps"
        ) from None
