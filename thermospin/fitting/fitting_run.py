"""`fit_problem`: from what a fit is given to its result."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from thermospin.fitting.fit_result import FitResult
from thermospin.fitting.identifiability import sign_is_open, what_the_data_cannot_tell
from thermospin.fitting.integrated_curves import start_from_integrals
from thermospin.fitting.least_squares import Evaluated, FitModel, Found, Progress, search
from thermospin.fitting.misfit import describes_the_data, misfit
from thermospin.fitting.model_accuracy import told_inaccuracy
from thermospin.fitting.outliers import told_outliers, without_outliers
from thermospin.fitting.parametrisation import (
    LOGARITHMIC,
    Parametrisation,
    parametrisation,
    refuse_contradictions,
)
from thermospin.fitting.problem import FitProblem
from thermospin.fitting.profile import Profile, profile_likelihood
from thermospin.fitting.starting_values import starting_values
from thermospin.fitting.uncertainty import Uncertainty, uncertainty

BETTER = -0.1
"""Rise of χ² below 0 from which on a profile has found a better fit than the search."""

WIDER = (1.0, 10.0)
"""Times the broadening that the data tell, from which a search begins again."""


def fit_problem(
    problem: FitProblem, *, progress: Progress | None = None, profile: Sequence[str] = ()
) -> FitResult:
    """Return the parameters that describe measured curves best.

    Parameters
    ----------
    problem : FitProblem
        The curves, and what is free and fixed.
    progress : callable, optional
        Is told, after each evaluation of the model, how many there were, and the least χ² so far.
    profile : sequence of str
        Labels, or names, of free values whose profile likelihood is computed.

    Returns
    -------
    FitResult
        Values, errors and notes. Ctrl-C ends the search with the best so far, not converged.

    Raises
    ------
    ValueError
        If the problem contradicts itself, a value has no start, or there are not more points than
        free values.
    """
    refuse_contradictions(problem)
    numbers = parametrisation(problem, starting_values(problem))
    places = _places(numbers, profile)
    points = sum(curve.V.size for curve in problem.curves)
    if points <= len(numbers.free):
        raise ValueError(f"{len(numbers.free)} free values need more than {points} points")
    model, found = _trimmed(*_searched(FitModel(numbers, progress)))
    numbers = model.numbers
    best = _with_positive_fields(model, found.at)
    low, high = numbers.limits
    left = uncertainty(best.jacobian, numbers.slopes(best.vector), high - low)
    evaluations = model.evaluations
    good = describes_the_data(model, best)
    profiles, doubts, stopped = dict[str, Profile](), list[str](), found.stopped
    try:
        if not (good or stopped):
            doubts.append(misfit(model, best))
        if not stopped:
            profiles = _profiles(model, best, left, places)
    except KeyboardInterrupt:
        stopped = True
    cannot_tell = what_the_data_cannot_tell(numbers, best.vector, left)
    values = numbers.values(best.vector)
    return FitResult(
        problem=problem,
        numbers=numbers,
        values=dict(zip(numbers.labels, values.tolist(), strict=True)),
        errors=dict(zip(numbers.labels, left.errors.tolist(), strict=True)),
        covariance=left.covariance,
        correlation=left.correlation,
        condition=left.condition,
        chi2=best.chi2,
        dof=model.points - len(numbers.free),
        converged=found.converged and not found.stopped,
        stopped=stopped,
        describes_the_data=good,
        notes=(
            *doubts,
            *told_outliers(model, problem.material),
            *told_inaccuracy(model, best),
            *_notes(model, found, profiles),
            *cannot_tell,
        ),
        predictions=tuple(each.values for each in best.curves),
        sigmas=model.weights,
        evaluations=evaluations,
        profiles=profiles,
    )


def _searched(model: FitModel) -> tuple[FitModel, Found]:
    """Return where the search ends: from the starts that were given, or else from better ones.

    A search that begins too far away ends between the peaks of the curve. If it ends where the
    model does not describe the data, it begins once more from where the data say, and from there
    with a larger broadening, whose wide peaks are easier to lay over those of the data.
    """
    found = search(model, start_from_integrals)
    problem = model.numbers.problem
    unstarted = replace(problem, free=tuple(replace(free, start=None) for free in problem.free))
    if found.stopped or describes_the_data(model, found.at):
        return model, found
    try:
        given = any(free.start is not None for free in problem.free)
        own = {free.label: free.start for free in model.numbers.free}
        starts = starting_values(unstarted) if given else own
        for wider in WIDER if given else WIDER[1:]:
            numbers = parametrisation(unstarted, _with_wider_peaks(starts, wider))
            again = model.from_elsewhere(numbers)
            other = search(again, start_from_integrals)
            if other.at.chi2 < found.at.chi2:
                model, found = again, other
            if other.stopped or describes_the_data(model, found.at):
                return model, replace(found, stopped=other.stopped)
    except KeyboardInterrupt:
        return model, replace(found, stopped=True)
    return model, found


def _trimmed(model: FitModel, found: Found) -> tuple[FitModel, Found]:
    """Return a fit without points that are far off, where the model describes all others."""
    if found.stopped or describes_the_data(model, found.at):
        return model, found
    try:
        return without_outliers(model, found) or (model, found)
    except KeyboardInterrupt:
        return model, replace(found, stopped=True)


def _with_wider_peaks(starts: dict[str, float], times: float) -> dict[str, float]:
    """Return starts with the broadenings so many times as large."""
    return {
        label: value * times if label.partition("[")[0] in LOGARITHMIC else value
        for label, value in starts.items()
    }


def _places(numbers: Parametrisation, wanted: Sequence[str]) -> list[int]:
    """Return the places of the free values that are called by label or name."""
    places = []
    for each in wanted:
        found = [i for i, free in enumerate(numbers.free) if each in (free.label, free.name)]
        if not found:
            raise ValueError(
                f"{each} has no profile: it must be free, one of {', '.join(numbers.labels)}"
            )
        places += [place for place in found if place not in places]
    return places


def _with_positive_fields(model: FitModel, at: Evaluated) -> Evaluated:
    """Return the same minimum with every exchange field positive whose sign is open."""
    vector = np.array(at.vector)
    low, high = model.numbers.limits
    for place, value in enumerate(vector):
        mirrored = low[place] <= -value <= high[place]
        if value < 0.0 and mirrored and sign_is_open(model.numbers, place):
            vector[place] = -value
    return model.at(vector)


def _profiles(
    model: FitModel, best: Evaluated, left: Uncertainty, places: Sequence[int]
) -> dict[str, Profile]:
    slopes = model.numbers.slopes(best.vector)
    errors = left.errors / slopes
    every = [profile_likelihood(model, best, place, float(errors[place])) for place in places]
    return {each.label: each for each in every}


def _notes(model: FitModel, found: Found, profiles: dict[str, Profile]) -> list[str]:
    """Return what to know of the search itself."""
    notes = []
    if found.stopped:
        notes.append("stopped by the user: the values are the best so far, not at a minimum")
    elif not found.converged:
        notes.append(
            f"not converged after {model.evaluations} evaluations of the model: the values are the"
            " best so far; give other starts, or fix what the data do not tell"
        )
    for each in profiles.values():
        if each.rise.min() < BETTER:
            value = each.values[int(np.argmin(each.rise))]
            notes.append(
                f"the profile of {each.label} found a better fit, with χ² lower by"
                f" {-each.rise.min():.3g}: start again with {each.label} = {value:.6g}"
            )
    return notes
