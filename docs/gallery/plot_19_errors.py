"""
Every value comes with an error estimate
========================================

The true error of 3000 random junctions, with Γ from 10⁻⁶ to 10⁻¹, against the estimate that comes
with each value, at three tolerances; the truth is the same current at a tolerance of 10⁻¹². No
point lies above the line: the estimate is a bound. Most lie far below it, since the quadrature
gains a digit with every few nodes.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

random = np.random.default_rng(1)
T_S, h, V = random.uniform((0.1, 0, -1.5), (1, 0.7, 1.5), (3000, 3)).T
junction = ts.Junction(T_S=T_S, T_Sm=0.01, h_exc=h, gamma=10 ** random.uniform(-6, -1, 3000))
exact = ts.currents(V, junction, rtol=1e-12).up

figure, axes = plt.subplots(figsize=(6.4, 4.4), layout="constrained")
for rtol, colour, mark in ((1e-2, "0.6", "o"), (1e-5, "C1", "s"), (1e-8, "C0", "^")):
    found = ts.currents(V, junction, rtol=rtol)
    axes.loglog(
        found.error, np.abs(found.up - exact), mark, color=colour, ms=2, label=f"rtol = {rtol:g}"
    )
axes.plot([1e-14, 1e-1], [1e-14, 1e-1], "k", lw=1, label="truth = estimate")
axes.set(xlabel=r"estimated error ($G_T\Delta_0/e$)", ylabel=r"true error ($G_T\Delta_0/e$)")
axes.set(xlim=(1e-13, 1e-2), ylim=(1e-18, 1e-2))
axes.legend(frameon=False, markerscale=3)
plt.show()
