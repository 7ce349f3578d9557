"""Draw the densities of states of docs/physics/films.md.

``python density_of_states.py density.png`` draws orbital depairing on the left, spin-orbit
scattering on the right; the gap follows, at T = 0.01 T_c.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

H, GAMMA = 0.4, 1e-4
E = np.linspace(0, 2, 1601)
PANELS = {
    "depairing": (r"$\Gamma_\mathrm{orb}/\Delta_0$", (0, 0.01, 0.03, 0.1)),
    "spin_orbit": (r"$\Gamma_\mathrm{so}/\Delta_0$", (0, 0.03, 0.1, 0.3, 1)),
}

figure, axes = plt.subplots(1, 2, figsize=(7, 2.8), sharey=True, layout="constrained")
for panel, (name, (label, rates)) in zip(axes, PANELS.items(), strict=True):
    for rate, colour in zip(rates, plt.cm.viridis(np.linspace(0, 0.9, len(rates))), strict=True):
        film = {"gap": ts.bcs_gap(0.01, h=H, **{name: rate}), "gamma": GAMMA, name: rate}
        for h, line in ((H, "-"), (-H, "--")):
            density = ts.density_of_states(E, h=h, **film)
            panel.plot(E, density, line, color=colour, lw=1, label=f"{rate}" if h > 0 else None)
    panel.set(xlim=(0, 2), ylim=(0, 4), xlabel=r"$E/\Delta_0$")
    panel.legend(title=label, frameon=False, loc="upper left")
axes[0].set_ylabel(r"$N_\uparrow$ (solid), $N_\downarrow$ (dashed)")
figure.savefig(sys.argv[1], dpi=130)
