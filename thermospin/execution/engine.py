"""The engine of a sweep: what computes its values, how it is cut, and when chunks are recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from thermospin.dataset import GROUP, NumericalIdentity
from thermospin.device import CPU, check_name
from thermospin.execution.chunk_values import Evaluate
from thermospin.execution.cut_sizes import CARD_SIZES, CUT_SIZES, CutSizes
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
"""The engine of every command, but on a graphics card."""


def engine_on(device: str) -> Engine:
    """Return the engine whose integrals a device computes.

    Parameters
    ----------
    device : str
        One of ``thermospin.device.DEVICES``.

    Raises
    ------
    ValueError
        If there is no device of that name.
    """
    check_name(device)
    if device == CPU:
        return ENGINE
    return Engine(
        evaluate=partial(evaluate, device=device),
        sizes=CARD_SIZES,
        numerics=partial(numerics_here, device),
    )
