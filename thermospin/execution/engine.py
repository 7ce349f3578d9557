"""The engine of a sweep: what computes its values, how it is cut, and when chunks are recorded."""

from collections.abc import Callable
from dataclasses import dataclass

from thermospin.dataset import GROUP, NumericalIdentity
from thermospin.execution.chunk_values import Evaluate
from thermospin.execution.cut_sizes import CUT_SIZES, CutSizes
from thermospin.execution.numerics import numerics_here
from thermospin.observables import evaluate


@dataclass(frozen=True)
class Engine:
    """What computes a sweep; the default is the one of every command.

    Another engine stands in for the physics, or cuts small sweeps into many chunks, where storing
    and resuming are tested.

    Attributes
    ----------
    evaluate : callable
        Computes outputs of junctions.
    sizes : CutSizes
        How large the chunks are.
    numerics : callable
        Returns what decides the bits of values that are computed here, beside their spec.
    group : int
        Number of chunks that are brought to the medium together.
    """

    evaluate: Evaluate = evaluate
    sizes: CutSizes = CUT_SIZES
    numerics: Callable[[], NumericalIdentity] = numerics_here
    group: int = GROUP


ENGINE = Engine()
"""The engine of every command."""
