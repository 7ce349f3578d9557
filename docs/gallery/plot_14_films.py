"""
A real film beside the ideal one
================================

Left the density of states of spin up (solid) and down (dashed), for a spin-orbit rate of 0.1 Δ0
and a rate of orbital depairing of 0.01 Δ0. Spin-orbit scattering mixes the spins, so that both
begin at one edge; orbital depairing rounds the edge. Right what that does to the current: its dip
is the meeting of two sharp edges, and a few per cent of Δ0 cost most of it.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

films = {"ideal": {}, "spin-orbit": {"spin_orbit": 0.1}, "depairing": {"depairing": 0.01}}
E, V = np.linspace(0, 2, 1001), np.linspace(0, 0.6, 301)

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
for (label, rates), colour in zip(films.items(), ("k", "C0", "C1"), strict=True):
    film = {"gap": ts.bcs_gap(0.01, h=0.4, **rates), "gamma": 1e-3, **rates}
    left.plot(E, ts.density_of_states(E, h=0.4, **film), color=colour)
    left.plot(E, ts.density_of_states(E, h=-0.4, **film), "--", color=colour)
    in_Sm = {f"{name}_Sm": rate for name, rate in rates.items()}
    junction = ts.Junction(T_S=0.7, h_exc=0.4, gamma=1e-3, **in_Sm)
    right.plot(V, ts.currents(V, junction, rtol=1e-6).charge, color=colour, label=label)
left.set(xlabel=r"energy ($\Delta_0$)", ylabel="density of states of Sm", xlim=(0, 2), ylim=(0, 4))
right.axhline(0, color="0.6", lw=0.8, zorder=0)
right.set(xlabel=r"bias $V$ ($\Delta_0/e$)", ylabel=r"charge current ($G_T\Delta_0/e$)")
right.legend(frameon=False)
plt.show()
