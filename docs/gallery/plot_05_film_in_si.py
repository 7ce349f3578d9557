r"""
An aluminium film in kelvin, tesla and microvolts
=================================================

The open-circuit voltage of a heated junction of a film with a critical temperature of 1.3 K, as
an experiment would show it, for four exchange fields, given as the field in tesla that splits the
spins as much: :math:`h = \mu_B B`. The voltage falls with the temperature of S, and vanishes
where the gap of S has shrunk by h. No spin-orbit scattering and no depairing are in it: see the
gallery's real film.
"""

import matplotlib.pyplot as plt
import numpy as np

import thermospin as ts

film = ts.Material(T_c="1.3 K", R_T="5 kohm")
kelvin, tesla = np.linspace(0.4, 1.3, 91), (0.5, 1, 1.5, 2)
mu_B = 57.88  # µeV/T

figure, axes = plt.subplots(figsize=(6.4, 4), layout="constrained")
for B, colour in zip(tesla, plt.cm.viridis(np.linspace(0, 0.9, 4)), strict=True):
    junction = ts.Junction(
        T_S=film.reduced("T_S", kelvin, "K"),
        T_Sm=film.reduced("T_Sm", "30 mK"),
        h_exc=film.reduced("h_exc", mu_B * B, "ueV"),
        gamma=film.reduced("gamma", "20 neV"),
    )
    volt, unit = film.si("V_S", ts.seebeck_voltage(junction))
    axes.plot(kelvin, 1e6 * volt, color=colour, label=f"{B} T")
axes.set(
    xlabel="temperature of S (K)", ylabel="Seebeck voltage (µV)", xlim=(0.4, 1.3), ylim=(0, None)
)
axes.legend(frameon=False)
plt.show()
