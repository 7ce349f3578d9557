r"""
Microwaves make copies of a peak
================================

The differential conductance under microwaves of growing amplitude. An electron takes up or gives
off photons while it crosses, so that the structure at each matching voltage is repeated whole
photons away, with weights that are squares of Bessel functions: fans open, bounded by the
straight lines of a slow modulation, :math:`V_p \pm V_{ac}`.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

V, V_ac = np.linspace(-0.8, 0.8, 641), np.linspace(0, 0.4, 81)
junction = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, gamma=2e-3, V_ac=V_ac[:, None], hf=0.05)
dIdV = ts.differential_conductance(V, junction, rtol=1e-5)

figure, axes = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
map_ = axes.pcolormesh(V, V_ac, dIdV, cmap="RdBu_r", vmin=-1.5, vmax=1.5, rasterized=True)
for bias in (0.2288, 0.5712):
    axes.plot(bias + V_ac, V_ac, "k:", bias - V_ac, V_ac, "k:", lw=1)
axes.set(
    xlabel=r"bias $V$ ($\Delta_0/e$)", ylabel=r"amplitude $V_{ac}$ ($\Delta_0/e$)", xlim=(-0.8, 0.8)
)
figure.colorbar(map_, label=r"$dI_q/dV$ ($G_T$)", extend="both")
plt.show()
