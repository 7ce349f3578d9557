"""
A measured file over the computed curve
=======================================

A text file of microvolts and nanoamperes, as a lab writes it (here made up, with noise), over the
curve that was computed for a film with a critical temperature of 1.3 K. Which column is which,
and its unit, is read from the head of the file. A current against the bias, below zero at V > 0,
is the thermoelectric effect.
"""

import tempfile
from pathlib import Path

import numpy as np

import thermospin as ts

ds = ts.sweep(ts.load_spec("film", ["axes.T_S=[700 mK]", "fixed.gamma=0.5 ueV", "outputs=[I_q]"]))

# In place of a laboratory:
table = np.column_stack([1e6 * ds.V_volt, 1e9 * ds.I_q.SI_factor * ds.I_q.squeeze()])[::3]
table[:, 1] += np.random.default_rng(1).normal(0, 0.08, len(table))
file = Path(tempfile.mkdtemp()) / "measured.txt"
np.savetxt(file, table, header="Bias voltage (uV)  Current (nA)")

figure = ts.plot(ds, overlay=file, xlim=("-0.3 mV", "0.3 mV"))
