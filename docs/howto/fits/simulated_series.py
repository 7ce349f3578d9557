"""Write the files that the page on fits fits: ``python simulated_series.py``, in any folder.

A junction of two aluminium films with Δ0 = 205 µeV and 98 µS at 60 mK, of which one has an exchange
field: its I(V), and dI/dV from a lock-in amplifier with 5 µV rms in three fields. The amplifier
shows 3 µV where there is no bias. In the last file the film scatters spins, which it is the point
of that example not to know.
"""

import numpy as np

import thermospin as ts

FILM = ts.Material(Delta_0="205 ueV", G_T="98 uS")
KNOWN = {"T": FILM.reduced("T_S", "60 mK"), "gamma": FILM.reduced("gamma", "4 ueV")}
PHASES = np.pi * (np.arange(32) + 0.5) / 32


def write(name, heading, volt, values):
    """Write two columns: bias in µV, and values."""
    rows = (f"{1e6 * V + 3.0:.1f}\t{value:.5f}" for V, value in zip(volt, values, strict=True))
    with open(name, "w", encoding="utf-8") as file:
        file.write("\n".join([f"Bias (uV)\t{heading}", *rows, ""]))


def current(volt, junction):
    """Return the current in nA."""
    reduced = ts.currents(FILM.reduced("V", volt, "V"), junction).charge
    return 1e9 * FILM.si("I_q", reduced)[0]


noise = np.random.default_rng(2105)
volt = np.linspace(-600e-6, 600e-6, 201)
nanoampere = current(volt, ts.Junction(**KNOWN)) + noise.normal(0.0, 0.05, volt.size)
write("iv.dat", "Current (nA)", volt, nanoampere)
swing = np.sqrt(2.0) * 5e-6
for number, ueV in enumerate((20, 40, 60)):
    junction = ts.Junction(**KNOWN, h_exc=FILM.reduced("h_exc", f"{ueV} ueV"))
    swept = current(volt[:, None] + swing * np.cos(PHASES), junction)
    microsiemens = 1e-3 * 2.0 * (swept * np.cos(PHASES)).mean(axis=1) / swing
    write(
        f"B{number + 1}.dat", "dI/dV (uS)", volt, microsiemens + noise.normal(0.0, 1.0, volt.size)
    )
split = ts.Junction(**KNOWN, h_exc=FILM.reduced("h_exc", "60 ueV"), spin_orbit_Sm=0.1)
nanoampere = current(volt, split) + noise.normal(0.0, 0.05, volt.size)
write("film.dat", "Current (nA)", volt, nanoampere)
