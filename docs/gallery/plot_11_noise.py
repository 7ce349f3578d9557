"""
Noise, and a Fano factor that diverges
======================================

Electrons that cross a barrier one by one make shot noise, :math:`S_I = 2e|I_q|`. At the Seebeck
voltage the charge current vanishes because as many electrons cross one way as the other; both go
on fluctuating, and the Fano factor :math:`S_I/2e|I_q|` diverges. Beyond the sum of the gaps one
direction wins, and it becomes 1.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

V = np.geomspace(0.01, 10, 601)
junction = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, gamma=1e-4)
flows, I_q = ts.flows(V, junction), ts.currents(V, junction).charge

figure, (above, below) = plt.subplots(2, 1, figsize=(6.4, 4.8), sharex=True, layout="constrained")
above.loglog(V, flows.S_I, "C0", label="noise $S_I$")
above.loglog(V, 2 * np.abs(I_q), "C1--", label="shot noise of the mean current, $2e|I_q|$")
above.set(ylabel=r"noise ($G_T\Delta_0$)")
above.legend(frameon=False)
below.loglog(V, flows.fano, "k")
below.axhline(1, color="0.6", lw=0.8, zorder=0)
below.axvline(ts.seebeck_voltage(junction), color="0.6", ls=":", zorder=0)
below.set(xlabel=r"bias $V$ ($\Delta_0/e$)", ylabel="Fano factor", xlim=(0.01, 10))
plt.show()
