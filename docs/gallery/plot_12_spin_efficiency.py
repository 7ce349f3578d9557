"""
A spin current without charge
=============================

Which share of all that crosses is spin. Within :math:`e|V| < h_{exc}` (dashed) the two spins flow
in opposite directions, so that the share is 1: a current as polarised as behind a perfect filter,
without a filter. Outside it falls off, and is negative where spin down has its matching peak.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

h, V = np.linspace(0, 0.7, 141), np.linspace(-1, 1, 401)
junction = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=h[:, None], gamma=2e-3)

figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
map_ = axes.pcolormesh(
    V, h, ts.currents(V, junction, rtol=1e-4).sge, cmap="PuOr_r", vmin=-1, vmax=1, rasterized=True
)
axes.plot(h, h, "k--", -h, h, "k--", lw=1)
axes.set(
    xlabel=r"bias $V$ ($\Delta_0/e$)", ylabel=r"exchange field $h_{exc}$ ($\Delta_0$)", xlim=(-1, 1)
)
figure.colorbar(map_, label=r"$I_s/(|I_\uparrow| + |I_\downarrow|)$")
plt.show()
