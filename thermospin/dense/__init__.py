"""The currents of a dense mesh of voltages and exchange fields, from few integrals.

With x = E + h and W = V + h the spin-up current of Eq. (2) is

``I_up(V, h) = ½ ∫ N_S(x − W) N_Sm(x) [f_S(x − W) − f_Sm(x − h)] dx``:

beyond W, the exchange field enters in the Fermi function of Sm alone. Between two voltages at the
same W only that function differs,

``I_up(V, W − V) − I_up(V_r, W − V_r) = ½ ∫ N_S(x − W) N_Sm(x) [f_Sm(x − W + V_r) − f_Sm(x − h)]``,

and this is again a current of Eq. (2): that of the same junction with S as cold as Sm, biased by
V − V_r, its exchange field h_S − V_r. If Sm is cold the integrand is confined to the gap of Sm,
where N_Sm is small and smooth; the integral is smooth, too, in h but for the gap edges of Sm far
away, and in V but for those of S, which f_Sm blurs. All that is sharp or large in I_up(V, h) is
in I_up(V_r, W − V_r), a function of one variable.

So the range of V falls into blocks, each with a reference V_r. Per block, the current at V_r on
panels in W and the difference on a few panels in V and h, all as Chebyshev series, give the current
at any point. Each value comes with an error: the last coefficients of the series, the errors of the
integrals they were made of, and how much Sm is occupied at its gap edges, which the argument
neglects. Where these are more than was asked for, the point is integrated as any other.
"""

from thermospin.dense.families import LEAST_POINTS, has_family, inside_gap, mesh_currents

__all__ = ["LEAST_POINTS", "has_family", "inside_gap", "mesh_currents"]
