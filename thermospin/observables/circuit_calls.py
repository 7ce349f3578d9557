"""What one calls with a junction in a circuit; each function broadcasts over its fields."""

from thermospin.junction import Junction
from thermospin.kernels.leads import COLUMNS
from thermospin.observables.calls import warn_unless
from thermospin.observables.circuits import Maximum, OperatingPoints, maximum, operating
from thermospin.observables.points import DEFAULT_RTOL, checked_rtol, leads_table


def operating_points(junction: Junction) -> OperatingPoints:
    """Return the voltages at which a junction rests across its load R_L, and which are stable.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them, with a ``R_L``.

    Returns
    -------
    OperatingPoints
        Voltages in Δ0/e, of the junction's shape and up to 15 of each.

    Raises
    ------
    ValueError
        If no R_L is given.

    Notes
    -----
    They are the zeros of I_q(V) + V/R_L; with the capacitance C of the junction
    C dV/dt = −(I_q + V/R_L), so that those are stable where dI_q/dV + 1/R_L > 0. Zeros nearer to
    each other than the samples, which are as dense as I_q changes, may go unseen: docs/loadline.md.
    """
    if junction.R_L is None:
        raise ValueError("operating points need a load: give R_L")
    found = operating(leads_table(junction).reshape(-1, COLUMNS))
    shape = (*junction.shape, found.V.shape[-1])
    return OperatingPoints(found.V.reshape(shape), found.stable.reshape(shape))


def maximum_power(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> Maximum:
    """Return the largest power −I_q V that a junction gives, and at which bias.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked of the currents.

    Returns
    -------
    Maximum
        Power in G_T Δ0²/e² and voltage in Δ0/e, of the junction's shape.

    Raises
    ------
    ValueError
        If ``rtol`` is out of range.
    """
    return _maximum("power_max", junction, rtol)


def maximum_efficiency(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> Maximum:
    """Return the largest efficiency −I_q V/J_S of a junction, and at which bias.

    Parameters, errors and the result are those of `maximum_power`; an efficiency has no unit.
    """
    return _maximum("efficiency_max", junction, rtol)


def maximum_load_conductance(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> Maximum:
    """Return the largest conductance of a load that a junction drives, −min I_q/V, in G_T.

    Parameters, errors and the result are those of `maximum_power`. It is ∞ where a current flows at
    V = 0, through a polarised barrier.
    """
    return _maximum("G_load_max", junction, rtol)


def _maximum(name: str, junction: Junction, rtol: float) -> Maximum:
    found = maximum(name, leads_table(junction).reshape(-1, COLUMNS), checked_rtol(rtol))
    warn_unless(found.converged, rtol, callers=2)
    shape = junction.shape
    return Maximum(
        found.value.reshape(shape), found.V.reshape(shape), found.converged.reshape(shape)
    )
