"""
A junction across a resistor
============================

The junction rests where its current meets the load line, :math:`I_q(V) = -V/R_L`. Filled points
are stable, open ones are not. A load of small resistance short-circuits the junction; a larger
one is driven, to either sign of the voltage, and which of the two depends on the history: a
thermoelectric memory.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

V = np.linspace(-0.4, 0.4, 2001)
junction = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, gamma=5e-3)

figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
axes.plot(V, ts.currents(V, junction).charge, "k", label="junction, $I_q(V)$")
for R_L, colour in ((2, "C0"), (8, "C1")):
    points = ts.operating_points(ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4, gamma=5e-3, R_L=R_L))
    axes.plot(V, -V / R_L, color=colour, lw=1, label=f"load, $R_L = {R_L}/G_T$")
    for bias, stable in zip(points.V, points.stable, strict=True):
        axes.plot(bias, -bias / R_L, "o", color=colour, mfc=colour if stable else "w")
axes.set(xlabel=r"voltage $V$ ($\Delta_0/e$)", ylabel=r"current ($G_T\Delta_0/e$)")
axes.set(xlim=(-0.4, 0.4), ylim=(-0.1, 0.1))
axes.legend(frameon=False)
plt.show()
