"""The critical current of the supercurrent at V = 0."""

from __future__ import annotations

import numpy as np

from thermospin.junction import FloatArray, Junction
from thermospin.kernels.leads import COLUMNS
from thermospin.kernels.rules import QUADRATURE
from thermospin.kernels.supercurrent import critical_currents
from thermospin.observables.points import leads_table, refuse_microwaves
from thermospin.observables.spin_up_integrals import Integral, by_films
from thermospin.observables.tolerance import checked_rtol, warn_unless
from thermospin.quantities import DEFAULT_RTOL


def critical_current(junction: Junction, *, rtol: float = DEFAULT_RTOL) -> FloatArray:
    """Return I_c, the largest supercurrent I_c sin φ at V = 0, in G_T Δ0/e.

    Parameters
    ----------
    junction : Junction
        The junction, or an array of them.
    rtol : float, optional
        Relative accuracy asked for.

    Returns
    -------
    ndarray
        Critical current in G_T Δ0/e, of the junction's shape; 0 where a lead is normal. A negative
        one would be that of a π junction.

    Raises
    ------
    ValueError
        If ``rtol`` is out of range, or the junction is in microwaves, where I_c is not derived.

    Warns
    -----
    ToleranceWarning
        If some values did not reach ``rtol``; NaN where a film was not solved.

    Notes
    -----
    With the pair amplitudes s_σ of both leads, for collinear fields,

    .. math:: I_c = \\frac{1}{4} \\sum_σ \\int dE \\{ \\tanh(E/2k_BT_S) \\mathrm{Im} s_{S,σ}
              \\mathrm{Re} s_{Sm,σ} + \\tanh(E/2k_BT_{Sm}) \\mathrm{Re} s_{S,σ}
              \\mathrm{Im} s_{Sm,σ} \\},

    times √(1 − P²); at an angle θ the mean between parallel and antiparallel fields. It says
    nothing of the Josephson current at a bias: docs/physics/supercurrent.md.
    """
    refuse_microwaves("the critical current", junction)
    found = supercurrents(leads_table(junction).reshape(-1, COLUMNS), checked_rtol(rtol))
    warn_unless(found.converged, rtol)
    return found.value.reshape(junction.shape)


def supercurrents(table: FloatArray, rtol: float) -> Integral:
    """Return the critical current of each row of leads, in G_T Δ0/e, shape (m,)."""
    m = len(table)
    found = Integral(np.empty(m), np.empty(m), np.empty(m, dtype=np.bool_))
    for rows, films in by_films(table, np.arange(m), rtol):
        part = found.at(rows)
        critical_currents(table[rows], rtol, QUADRATURE, films, *part)
        for mine, its in zip(found, part, strict=True):
            mine[rows] = its
    return found
