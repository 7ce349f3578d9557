r"""
A step in the supercurrent
==========================

The critical current rises by a step where the exchange field passes the threshold :math:`h_t =
\Delta_{Sm} - \Delta_S(T_S)` (dots), beyond which heat drives a current: both come from the hot
quasiparticles at the edge of S. The hotter S is, the larger is the field of the step.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

h = np.linspace(0, 0.7, 701)
T_S = np.array([0.5, 0.6, 0.7, 0.8, 0.9])
I_c = ts.critical_current(ts.Junction(T_S=T_S[:, None], T_Sm=0.01, h_exc=h, gamma=1e-4))

figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
for T, curve, colour in zip(T_S, I_c, plt.cm.viridis(np.linspace(0, 0.9, 5)), strict=True):
    axes.plot(h, curve, color=colour, label=f"{T}")
    h_t = 1 - ts.bcs_gap(T)
    axes.plot(h_t, np.interp(h_t, h, curve), "o", color=colour, mec="w")
axes.set(
    xlabel=r"exchange field $h_{exc}$ ($\Delta_0$)", ylabel=r"critical current ($G_T\Delta_0/e$)"
)
axes.set(xlim=(0, 0.7), ylim=(0.6, 1.8))
axes.legend(title="$T_S/T_c$", frameon=False, ncols=5, loc="upper left")
plt.show()
