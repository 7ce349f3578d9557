"""Whether the model describes the data, and if not, which fixed parameter would mend it most."""

from thermospin.fitting.least_squares import Evaluated, Model


def misfit(model: Model, best: Evaluated) -> list[str]:
    """Return what to know if the model does not describe the data, in words; else nothing."""
    return []
