r"""
The gap in an exchange field
============================

The gap of a superconductor against temperature, for several exchange fields, as the BCS equation
has it on its stable branch. Up to 0.608 Δ0 it closes continuously; in larger fields it ends with
a jump (dotted), and beyond :math:`\Delta_0/\sqrt{2}`, the limit of Chandrasekhar and Clogston,
none is left.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

T = np.linspace(0.001, 1, 2000)
fields = (0, 0.2, 0.4, 0.5, 0.6, 0.65, 0.69)

figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
for h, colour in zip(fields, plt.cm.viridis(np.linspace(0, 0.9, len(fields))), strict=True):
    gap = ts.bcs_gap(T, h)
    last = np.flatnonzero(gap)[-1]
    axes.plot(T[: last + 1], gap[: last + 1], color=colour, label=f"{h}")
    if gap[last] > 0.1:
        axes.plot([T[last], T[last]], [gap[last], 0], ":", color=colour)
axes.set(xlabel="temperature ($T_c$)", ylabel=r"gap ($\Delta_0$)", xlim=(0, 1), ylim=(0, 1.05))
axes.legend(title=r"$h/\Delta_0$", frameon=False)
plt.show()
