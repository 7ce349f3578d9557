"""
The current of a thermoactive junction
======================================

Below the Seebeck voltage the current flows against the bias: heat drives it.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

V = np.linspace(-0.6, 0.6, 1201)
junction = ts.Junction(T_S=0.7, T_Sm=0.01, h_exc=0.4)
plt.plot(V, ts.currents(V, junction).charge)
plt.xlabel("V (Δ0/e)")
plt.ylabel("I_q (G_T Δ0/e)")
