r"""
Currents of both spins
======================

A hot superconductor S (:math:`T_S = 0.7\,T_c`) sends current into a cold, spin-split one. Below
the Seebeck voltage :math:`V_S` the charge current flows *against* the bias: the junction is a
generator. The dip and the bump stand where an edge of one spin's gap meets the edge of S, at
:math:`eV_p^\pm = h_{exc} \pm (\Delta_{Sm} - \Delta_S)`. Spin down at V is spin up at −V with the
sign reversed, which is why the charge current is odd and the spin current even.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

junction = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, gamma=1e-4)
V = np.linspace(-0.75, 0.75, 1501)
both = ts.currents(V, junction)
inner, outer = ts.matching_voltages(junction)
V_S = ts.seebeck_voltage(junction)

figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
axes.plot(V, both.charge, "k", lw=2, label="charge, $I_q$")
axes.plot(V, both.up, "C0", label=r"spin up, $I_\uparrow$")
axes.plot(V, both.down, "C1", label=r"spin down, $I_\downarrow$")
for bias, name in ((inner, "$V_p^-$"), (V_S, "$V_S$"), (outer, "$V_p^+$")):
    axes.axvline(bias, color="0.6", ls=":", zorder=0)
    axes.text(bias, 1.01, name, ha="center", va="bottom", transform=axes.get_xaxis_transform())
axes.axhline(0, color="0.6", lw=0.8, zorder=0)
axes.set(xlabel=r"bias $V$ ($\Delta_0/e$)", ylabel=r"current ($G_T\Delta_0/e$)", xlim=(-0.75, 0.75))
axes.legend(frameon=False)
plt.show()
