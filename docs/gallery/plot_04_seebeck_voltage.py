r"""
The Seebeck voltage over temperature and exchange field
=======================================================

At the Seebeck voltage the charge current vanishes although both spins keep flowing: the voltage
an open junction shows. It exists to the right of the dashed threshold :math:`h_{exc} =
\Delta_{Sm} - \Delta_S` and exceeds 0.5 Δ0/e, a hundred microvolts in aluminium: far more than the
linear thermopower of any metal. In the white part there is none.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

T_S, h = np.linspace(0.3, 1, 121), np.linspace(0, 0.7, 121)
junction = ts.Junction(T_S=T_S[:, None], T_Sm=0.01, h_exc=h, gamma=1e-4)

figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
map_ = axes.pcolormesh(h, T_S, ts.seebeck_voltage(junction), cmap="viridis", rasterized=True)
axes.plot(1 - ts.bcs_gap(T_S), T_S, "k--", label=r"$h_t = \Delta_{Sm} - \Delta_S$")
axes.set(xlabel=r"exchange field $h_{exc}$ ($\Delta_0$)", ylabel="temperature $T_S$ ($T_c$)")
axes.set(xlim=(0, 0.7), ylim=(0.3, 1))
axes.legend(frameon=False, loc="lower right")
figure.colorbar(map_, label=r"Seebeck voltage $V_S$ ($\Delta_0/e$)")
plt.show()
