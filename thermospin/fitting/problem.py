"""What a fit is given: measured curves, what is known of the junction, and what is to be found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from thermospin.junction import FloatArray
from thermospin.measured.column_units import ValueKind
from thermospin.quantities import GapModel
from thermospin.spec import Material


@dataclass(frozen=True, eq=False)
class Curve:
    """A measured curve in the reduced units of the material that the fit starts from.

    Attributes
    ----------
    name : str
        What messages and legends call it; usually its file.
    V : ndarray
        Bias as it was measured, in Δ0/e, shape (n,).
    values : ndarray
        Current in G_T Δ0/e or differential conductance in G_T, shape (n,).
    kind : str
        ``I`` or ``dIdV``.
    sigma : ndarray or None
        Standard deviation of the noise of the values, shape (n,), in their unit; None if unknown.
    sigma_V : float
        Standard deviation of the noise of the bias, in Δ0/e, of each point anew.
    fixed : mapping of str to float
        Fixed parameters of this curve alone, in reduced units, by name.
    """

    name: str
    V: FloatArray = field(repr=False)
    values: FloatArray = field(repr=False)
    kind: ValueKind
    sigma: FloatArray | None = field(default=None, repr=False)
    sigma_V: float = 0.0
    fixed: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Free:
    """A parameter that the fit determines.

    Attributes
    ----------
    name : str
        One of `FIT_PARAMETERS`.
    start, low, high : float or None
        Where the search starts and its limits, in reduced units; None where the fit chooses.
    each : bool
        Whether every curve has a value of its own; otherwise all share one.
    """

    name: str
    start: float | None = None
    low: float | None = None
    high: float | None = None
    each: bool = False


@dataclass(frozen=True, eq=False)
class FitProblem:
    """Curves, and the parameters of the junctions and circuits behind them.

    Attributes
    ----------
    curves : tuple of Curve
        All are fitted at once.
    free : tuple of Free
        What is to be found.
    fixed : mapping of str to float
        What is known of all curves, in reduced units, by name; the rest has its default.
    gap_model : str
        How the gaps depend on temperature and field.
    material : Material or None
        The scales of the units; None if the curves are in reduced units.
    """

    curves: tuple[Curve, ...]
    free: tuple[Free, ...]
    fixed: Mapping[str, float] = field(default_factory=dict)
    gap_model: GapModel = "self-consistent"
    material: Material | None = None
