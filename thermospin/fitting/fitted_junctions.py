"""What was fitted, as junctions and materials that the rest of the package takes."""

from collections.abc import Mapping

from thermospin.fitting.fit_parameters import CIRCUIT
from thermospin.junction import Junction
from thermospin.quantities import PARAMETERS, GapModel
from thermospin.spec import Material

GAPS = ("gap_S", "gap_Sm")
IN_GAPS = ("Δ0", "T_c")
"""Units of parameters that are smaller numbers where the unit Δ0 is larger."""


def junction_parameters(
    parameters: Mapping[str, float], material: Material | None
) -> dict[str, float]:
    """Return the parameters of the junction of a curve.

    Parameters
    ----------
    parameters : mapping of str to float
        All parameters of the curve, in the reduced units that the fit starts from.
    material : Material or None
        The scales of the curve. With them the parameters are in units of its fitted gap, as
        `fitted_material` has it; without, in those of the data.
    """
    factor = parameters.get("Delta_0", 1.0)
    own = {name: value for name, value in parameters.items() if name not in CIRCUIT}
    if material is None:
        own.update({gap: factor * own.get(gap, 1.0) for gap in GAPS})
        return own
    return {
        name: value / factor if PARAMETERS[name].unit in IN_GAPS and name not in GAPS else value
        for name, value in own.items()
    }


def fitted_junction(
    parameters: Mapping[str, float], gap_model: GapModel, material: Material | None
) -> Junction:
    """Return the junction of a curve, with what `junction_parameters` gives."""
    return Junction(**junction_parameters(parameters, material), gap_model=gap_model)


def fitted_material(parameters: Mapping[str, float], material: Material) -> Material:
    """Return the scales of a curve: those that the fit starts from times what was fitted."""
    gap = material.Delta_0 * parameters.get("Delta_0", 1.0)
    conductance = material.G_T * parameters.get("G_T", 1.0)
    return Material(Delta_0=f"{gap!r} eV", G_T=f"{conductance!r} S")
