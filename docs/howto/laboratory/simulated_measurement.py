"""Write a file as a lock-in set-up does: ``python simulated_measurement.py measured.txt``.

The curve is that of a junction at 700 mK with noise, an offset of 3 µV and a lost reading.
"""

import sys

import numpy as np

import thermospin as ts

film = ts.Material(T_c="1.3 K", R_T="5 kohm")
junction = ts.Junction(
    T_S=film.reduced("T_S", "700 mK"),
    T_Sm=film.reduced("T_Sm", "30 mK"),
    h_exc=film.reduced("h_exc", "60 ueV"),
)
volt = np.arange(-400, 401, 8) * 1e-6
ampere, _ = film.si("I_q", ts.currents(film.reduced("V", volt, "V"), junction).charge)
noise = np.random.default_rng(2105).normal(0.0, 2e-10, volt.size)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write("# junction C3, S heated, Sm at 30 mK\n# Bias voltage (uV)\tCurrent (nA)\n")
    for index, (bias, current) in enumerate(zip(volt + 3e-6, ampere + noise, strict=True)):
        reading = "nan" if index == 17 else f"{1e9 * current:.4f}"
        file.write(f"{1e6 * bias:.1f}\t{reading}\n")
