"""
The best bias of every junction, by xarray
==========================================

A sweep over bias, temperature and exchange field is an xarray dataset; what it does not hold is
derived in a line. Here the largest power over all biases (colours) and the bias at which it is
reached (lines, in Δ0/e), which follows the field and falls as the gap of S closes. The 300,000
currents take a second or two.
"""

import matplotlib.pyplot as plt

import thermospin as ts

spec = """
fixed: {T_Sm: 0.01, gamma: 1e-3}
axes:
  T_S: {start: 0.4, stop: 1, num: 31}
  h_exc: {start: 0, stop: 0.7, num: 36}
  V: {start: 0, stop: 0.7, num: 281}
outputs: [power]
numerics: {rtol: 1e-5}
"""
power = ts.sweep(spec).power
most, best_bias = power.max("V"), power.idxmax("V")

figure, axes = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
most.plot(x="h_exc", cbar_kwargs={"label": r"largest power ($G_T\Delta_0^2/e^2$)"})
lines = best_bias.where(most > 1e-4).plot.contour(x="h_exc", levels=6, colors="w")
axes.clabel(lines)
axes.set(xlabel=r"exchange field $h_{exc}$ ($\Delta_0$)", ylabel="$T_S$ ($T_c$)", title="")
plt.show()
