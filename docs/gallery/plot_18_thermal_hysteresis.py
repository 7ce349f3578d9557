"""
A heated island with a memory
=============================

The temperature of a small aluminium island S against the power of its heater. Where its gap has
closed so far that an edge of S has passed one of the cold lead, S loses *less* heat as it gets
warmer. Between the two jumps two temperatures are therefore stable, and history decides: S
remembers whether the heater rose or fell.
"""

import matplotlib.pyplot as plt

import thermospin as ts

spec = ts.load_spec(
    "heater",
    [
        "axes.V=[0]",
        "axes.heater={start: 2 pW, stop: 4.5 pW, num: 501}",
        "outputs=[T_S_rising, T_S_falling]",
    ],
)
ds = ts.sweep(spec).isel(V=0)
power = 1e12 * ds.heater_watt

figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
axes.plot(power, ds.T_S_rising * ds.T_S_rising.SI_factor, "C0", label="heater rises")
axes.plot(power, ds.T_S_falling * ds.T_S_falling.SI_factor, "C1--", label="heater falls")
axes.set(xlabel="heater (pW)", ylabel="temperature of S (K)", xlim=(2, 4.5), ylim=(1, 1.5))
axes.legend(frameon=False, loc="lower right")
plt.show()
