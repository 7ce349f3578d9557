"""The columns of a table of leads, of which the kernels take the first eight."""

T_S, T_SM, H_S, H_SM, GAMMA_S, GAMMA_SM, GAP_S, GAP_SM, POLARISATION, TURNED, LOAD = range(11)
"""Temperatures in T_c and energies in Δ0; then the barrier's polarisation, how much of the current
flows as between antiparallel fields, and 1/R_L, or NaN."""
COLUMNS = 11
