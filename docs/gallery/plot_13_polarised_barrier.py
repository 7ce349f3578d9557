"""
A barrier that filters spins rectifies
======================================

If one spin passes the barrier more easily, the charge current gets a share of the spin current,
which is even in V: the curve is no longer odd, and heat drives a current even at V = 0 (dots).
With a perfect filter, P = 1, the curve is that of one spin alone. The plain barrier, P = 0, has
no linear thermopower at all.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

V = np.linspace(-0.6, 0.6, 1201)

figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
for P, colour, line in ((0, "k", "-"), (0.5, "C0", "--"), (1, "C1", "-.")):
    I_q = ts.currents(V, ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, gamma=1e-4, P=P)).charge
    axes.plot(V, I_q, color=colour, ls=line, label=f"$P = {P}$")
    axes.plot(0, I_q[600], "o", color=colour)
axes.axhline(0, color="0.6", lw=0.8, zorder=0)
axes.set(xlabel=r"bias $V$ ($\Delta_0/e$)", ylabel=r"charge current ($G_T\Delta_0/e$)")
axes.set(xlim=(-0.6, 0.6))
axes.legend(frameon=False)
plt.show()
