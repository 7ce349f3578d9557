"""How the density of states of a film changes with each of its parameters.

The equations f(ln w, p) = 0 of ``depaired_density`` are differentiated by a parameter p:
``d ln w/dp = −J⁻¹ ∂f/∂p`` with the matrix J of Newton's method, and N = Re (w + 1/w)/2.
"""

import math

from thermospin.kernels.depaired_density import Film, root_of
from thermospin.machine.compilation import entry, inner

E, GAMMA, FIELD, GAP, ORBITAL, SPIN_ORBIT, SPIN_FLIP = range(7)
"""Columns of slopes: by the energy, Γ, the field, Δ, and the rates."""
PARAMETERS = 7


@inner
def write_slopes(film, height, w, slope):
    """Write the slopes of N of spin up at a root.

    Parameters
    ----------
    film : Film
        The film and the energy, in Δ0.
    height : float
        Γ in Δ0.
    w : Exponentials
        The root there.
    slope : array of shape (7,)
        Receives dN/dp in 1/Δ0, columns above.
    """
    rate, so, sf = film.orbital + film.spin_flip, film.spin_orbit, film.spin_flip
    w1, w2 = w.up, w.down
    v1, v2 = 1.0 / w1, 1.0 / w2
    high, low = film.energy + film.field, film.energy - film.field
    g1, g2, sum1, sum2 = w1 - v1, w2 - v2, w1 + v1, w2 + v2
    mixed, flipped = 1j * (w1 * v2 - w2 * v1), 1j * (w1 * w2 - v1 * v2)
    near, far = 1j * so * (w1 * v2 + w2 * v1), 1j * sf * (w1 * w2 + v1 * v2)
    J11 = complex(high + film.gap, height) * w1 + complex(high - film.gap, height) * v1
    J22 = complex(low + film.gap, height) * w2 + complex(low - film.gap, height) * v2
    J11 += 1j * rate * (w1 * w1 + v1 * v1) + near + far
    J22 += 1j * rate * (w2 * w2 + v2 * v2) + near + far
    J12 = far - near
    over = 1.0 / (J11 * J22 - J12 * J12)
    pairs1, pairs2 = 0.5j * (w1 * w1 - v1 * v1), 0.5j * (w2 * w2 - v2 * v2)
    changes = (
        (g1, g2),
        (1j * g1, 1j * g2),
        (g1, -g2),
        (sum1, sum2),
        (pairs1, pairs2),
        (mixed, -mixed),
        (pairs1 + flipped, pairs2 + flipped),
    )
    for p in range(PARAMETERS):
        f1, f2 = changes[p]
        slope[p] = (0.5 * g1 * (J12 * f2 - J22 * f1) * over).real


@entry
def depaired_slopes(energy, gap, gamma, field, orbital, spin_orbit, spin_flip, slope):
    """Write the slopes of the density of states of one spin at each energy.

    Parameters
    ----------
    energy, gap, gamma, field, orbital, spin_orbit, spin_flip : array of shape (n,)
        As in ``depaired_densities``, in Δ0.
    slope : array of shape (n, 7)
        Receives dN/dp in 1/Δ0, columns above; NaN where no root was found.
    """
    for i in range(energy.size):
        film = Film(energy[i], gap[i], field[i], orbital[i], spin_orbit[i], spin_flip[i])
        w, found = root_of(film, gamma[i])
        if found:
            write_slopes(film, gamma[i], w, slope[i])
        else:
            slope[i] = math.nan
