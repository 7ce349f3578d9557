"""Draw the picture of docs/physics/heat-balance.md: ``python hysteresis.py hysteresis.png``.

The bundled spec ``heater`` on both branches: solid where the heater rises, dashed where it falls.
"""

import sys

import matplotlib.pyplot as plt

import thermospin as ts

figure, (above, below) = plt.subplots(2, 1, figsize=(5, 5.2), sharex=True, layout="constrained")
for branch, line in (("rising", "-"), ("falling", "--")):
    ds = ts.sweep(ts.load_spec("heater", [f"branch={branch}"]))
    power = 1e12 * ds.heater_watt
    for V, colour in ((0.0, "C3"), (0.2, "C0")):
        at = ds.sel(V=V)
        label = f"{1e6 * float(at.V_volt):.0f} µV" if branch == "rising" else None
        T_S = at[f"T_S_{branch}"]
        above.plot(power, T_S * T_S.SI_factor, line, color=colour, lw=1.2, label=label)
    I_q = ds.sel(V=0.2).I_q
    below.plot(power, 1e9 * I_q * I_q.SI_factor, line, color="C0", lw=1.2, label=branch)
above.set(ylabel=r"$T_\mathrm{S}$ (K)", xlim=(0, 8), ylim=(0, 1.8))
below.set(ylabel=r"$I_\mathrm{q}$ (nA) at 40 µV", xlabel=r"$P_\mathrm{h}$ (pW)")
below.axhline(0.0, color="0.7", lw=0.8, zorder=0)
for panel in (above, below):
    panel.legend(frameon=False, loc="lower right")
figure.savefig(sys.argv[1], dpi=130)
