"""
Where the heat goes
===================

The hot lead gives off the heat :math:`J_S`, the cold one takes up :math:`J_{Sm}`. Where the first
is larger, below the Seebeck voltage, the difference is electric power for the circuit (blue): at
the cusp, where gap edges match, a fifth of the heat. Beyond it the source pays, and its work ends
as heat (orange).
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

V = np.linspace(0, 0.8, 801)
junction = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.6, gamma=1e-4)
flows = ts.flows(V, junction)
J_S, J_Sm = flows.J_S, flows.J_Sm

figure, (above, below) = plt.subplots(
    2, 1, figsize=(6.4, 4.8), sharex=True, layout="constrained", height_ratios=(2, 1)
)
above.plot(V, J_S, "k", label="leaves S, $J_S$")
above.plot(V, J_Sm, "k--", label="enters Sm, $J_{Sm}$")
above.fill_between(V, J_S, J_Sm, J_Sm < J_S, color="C0", label="power to the circuit")
above.fill_between(V, J_S, J_Sm, J_Sm > J_S, color="C1", label="work of the source")
above.set(ylabel=r"heat ($G_T\Delta_0^2/e^2$)")
above.legend(frameon=False, ncols=2)
below.plot(V, 100 * flows.efficiency, "C0")
below.set(xlabel=r"bias $V$ ($\Delta_0/e$)", ylabel="efficiency (%)", xlim=(0, 0.8), ylim=(0, None))
plt.show()
