"""
A fit and what it says
======================

A current against a voltage in, the junction behind it out: gap, conductance, Γ, exchange field
and temperature, with their errors, from a rough guess of the scales. Below the curve are the
residuals, beside the noise (grey). The report also says what to know before the values are used:
here that gap and temperature hold only together.
"""

import numpy as np

import thermospin as ts

# In place of a laboratory: a junction whose parameters are known, with noise of 50 pA.
junction = ts.Junction(T_S=0.7, T_Sm=0.02, h_exc=0.3, gamma=0.01)
V = np.linspace(-2.5, 2.5, 201)
truth = ts.Material(Delta_0="205 ueV", G_T="98 uS")
volt, ampere = truth.si("V", V)[0], truth.si("I_q", ts.currents(V, junction).charge)[0]
ampere += np.random.default_rng(1).normal(0, 50e-12, V.size)

guess = ts.Material(Delta_0="180 ueV", R_T="9 kohm")
free = ["Delta_0", "G_T", "gamma", "h_exc", "T_S"]
found = ts.fit((volt, ampere), fixed={"T_Sm": "30 mK"}, free=free, material=guess)
figure = found.plot()
print(found.report())
