"""The results of a sweep as an xarray.Dataset, the one that opening its file would give."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from thermospin.dataset import digests, hdf5_skeleton, provenance, schema
from thermospin.dataset.job import Job
from thermospin.dataset.schema import Variable

if TYPE_CHECKING:
    import xarray

_IN_ENCODING = ("_FillValue", "coordinates")  # xarray keeps them apart from other attributes


def xarray_dataset(job: Job, computed: Mapping[str, NDArray[Any]]) -> "xarray.Dataset":
    """Label the results of a sweep.

    Parameters
    ----------
    job : Job
        The sweep.
    computed : mapping of str to ndarray
        The flat values of each output and status.

    Returns
    -------
    xarray.Dataset
        The variables, coordinates and attributes that ``xarray.open_dataset`` gives of its file.
    """
    import xarray

    variables = [
        replace(each, values=computed[each.name].reshape(each.shape))
        if each.name in computed
        else each
        for each in job.variables()
    ]
    labelled = {each.name: _labelled(each) for each in variables}
    named = {
        name for each in variables for name in str(each.attributes.get("coordinates", "")).split()
    }
    named |= {each.name for each in variables if each.is_axis}
    origin = provenance.collect(job.threads, job.numerics)
    now = provenance.now()
    attributes = schema.root_attributes(
        job.spec, complete=True, written=now, provenance=provenance.padded(origin)
    )
    if hdf5_skeleton.pictured(job.variables()):
        attributes |= hdf5_skeleton.DEFAULT_PICTURE
    return xarray.Dataset(
        {name: variable for name, variable in labelled.items() if name not in named},
        {name: variable for name, variable in labelled.items() if name in named},
        attributes,
    )


def _labelled(variable: Variable) -> "xarray.Variable":
    import xarray

    attributes = {
        name: value for name, value in variable.attributes.items() if name not in _IN_ENCODING
    }
    attributes[digests.ATTRIBUTE] = digests.of_known(variable)
    assert variable.values is not None
    values = variable.values * variable.factor if variable.factor != 1.0 else variable.values
    encoding = {
        name: variable.attributes[name] for name in _IN_ENCODING if name in variable.attributes
    }
    return xarray.Variable(variable.dims, values, attributes, encoding)
