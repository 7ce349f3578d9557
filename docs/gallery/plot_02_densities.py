"""
Densities of states at a matching peak
======================================

Left the hot lead, lifted by the bias; right the cold one, whose spins are split by twice the
exchange field. Filled is what electrons occupy. At this bias the lower edge of S, with thermal
holes in it (white), faces the full edge of spin down in Sm: both densities are infinite there,
and electrons of that spin flow to the *hot* side, against the bias. This is Fig. 1(a) of the
paper, computed.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

T_S, h, gamma, kT_c = 0.8, 0.4, 2e-3, 0.5669  # k_B T_c in Δ0
E = np.linspace(-1.8, 1.8, 3601)
V = float(ts.matching_voltages(ts.Junction(T_S=T_S, h_exc=h))[0])
hot = ts.density_of_states(E - V, gap=ts.bcs_gap(T_S), gamma=gamma)

figure, (S, Sm) = plt.subplots(1, 2, figsize=(6.4, 4.4), sharey=True, layout="constrained")
S.plot(hot, E, "k")
S.fill_betweenx(E, hot / (1 + np.exp((E - V) / (kT_c * T_S))), color="0.7", lw=0)
for sign, colour, spin in ((1, "C0", "up"), (-1, "C1", "down")):
    cold = ts.density_of_states(E, gap=ts.bcs_gap(0.01, h), gamma=gamma, h=sign * h)
    Sm.plot(cold, E, colour)
    Sm.fill_betweenx(E, cold, where=E < 0, color=colour, alpha=0.3, lw=0)
    Sm.text(3, 0.8 * sign, f"spin {spin}", color=colour, va="center")
Sm.annotate("", (-0.9, -0.6), (0.6, -0.6), arrowprops={"color": "C1"}, annotation_clip=False)
S.set(title="hot S", xlabel="$N_S$", ylabel=r"energy ($\Delta_0$)", xlim=(5, 0), ylim=(-1.8, 1.8))
Sm.set(title="cold Sm", xlabel=r"$N_\uparrow$, $N_\downarrow$", xlim=(0, 5))
plt.show()
