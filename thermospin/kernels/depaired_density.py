"""The density of states of a film with depairing: the homogeneous Usadel equation of both spins.

With z = E + iΓ, ε_s = z + s h for the spins s = ±1, and the rates as energies (orbital Γ_orb,
spin-orbit Γ_so = ħ/4τ_so, spin-flip Γ_sf = ħ/4τ_sf), the angles θ of the Green functions solve,
with t the other spin,

``−i ε_s sin θ_s − Δ cos θ_s + (Γ_orb + Γ_sf) sin θ_s cos θ_s``
``    + Γ_so sin(θ_s − θ_t) + Γ_sf sin(θ_s + θ_t) = 0``,

and ``N_s = Re cos θ_s``. The unknowns here are w_s = exp(iθ_s), with which it becomes

``(ε_s + Δ) w_s − (ε_s − Δ)/w_s + ½ i (Γ_orb + Γ_sf) (w_s² − 1/w_s²)``
``    + i Γ_so (w_s/w_t − w_t/w_s) + i Γ_sf (w_s w_t − 1/(w_s w_t)) = 0``:

next to a gap edge, where cos θ and sin θ are large and nearly cancel, nothing cancels. Of up to 16
roots one is physical, with Re w_s > 0 for both spins, which is Re cos θ > |Im sin θ|. Far above the
real axis it is near w = 1, and it is followed from there down to Im z = Γ.
"""

import math
from typing import NamedTuple

from thermospin.kernels.gap_equation import inverse
from thermospin.machine.compilation import entry, inner

MOST_LEVELS = 200
"""Heights Im z that are tried on the way down."""
MOST_STEPS = 30
"""Newton steps at a height; a root that is near is found in five."""
FAR_STEPS = 6
"""Steps of the fixed-point map at the top."""
DOWN = 0.2
"""By this factor Im z is lowered at first."""
NEAR = 1e-9
"""A Newton step of this size is followed by one that reaches rounding."""


class Film(NamedTuple):
    """A film at one energy: E and Δ, the field h, and the rates Γ_orb, Γ_so and Γ_sf, in Δ0."""

    energy: float
    gap: float
    field: float
    orbital: float
    spin_orbit: float
    spin_flip: float


class Exponentials(NamedTuple):
    """The unknowns w = exp(iθ) of both spins."""

    up: complex
    down: complex


@inner
def _mapped(film, height, w):
    """Return the unknowns after a step of the map whose only fixed point is the physical root.

    cos θ_s and sin θ_s become proportional to −iε_s + Γ_orb c_s/2 + Γ_so c_t + Γ_sf (c_s/2 + c_t)
    and Δ − Γ_orb s_s/2 + Γ_so s_t − Γ_sf (s_s/2 + s_t), with c and s those of the step before.
    """
    half, so, sf = 0.5 * (film.orbital + film.spin_flip), film.spin_orbit, film.spin_flip
    c_up, c_down = 0.5 * (w.up + 1.0 / w.up), 0.5 * (w.down + 1.0 / w.down)
    s_up, s_down = -0.5j * (w.up - 1.0 / w.up), -0.5j * (w.down - 1.0 / w.down)
    a = -1j * complex(film.energy + film.field, height) + half * c_up + (so + sf) * c_down
    b = film.gap - half * s_up + (so - sf) * s_down
    up = (a + 1j * b) / (a * a + b * b) ** 0.5
    a = -1j * complex(film.energy - film.field, height) + half * c_down + (so + sf) * c_up
    b = film.gap - half * s_down + (so - sf) * s_up
    return Exponentials(up, (a + 1j * b) / (a * a + b * b) ** 0.5)


@inner
def _multiplied(w, step):
    """Return w · exp(step), nearly; a step that is too long for Newton's method is shortened."""
    t = 0.5 * step
    size = t.real * t.real + t.imag * t.imag
    if size > 0.25:
        t *= 0.5 / math.sqrt(size)
    return w * (1.0 + t) * inverse(1.0 - t)


@inner
def _newton_step(film, height, w):
    """Return the unknowns after a Newton step in their logarithms, and how long the step was."""
    rate, so, sf = film.orbital + film.spin_flip, film.spin_orbit, film.spin_flip
    w1, w2 = w.up, w.down
    v1, v2 = inverse(w1), inverse(w2)
    high, low = film.energy + film.field, film.energy - film.field
    rise1, fall1 = complex(high + film.gap, height) * w1, complex(high - film.gap, height) * v1
    rise2, fall2 = complex(low + film.gap, height) * w2, complex(low - film.gap, height) * v2
    ratio, opposite = w1 * v2, w2 * v1
    product, quotient = w1 * w2, v1 * v2
    mixed, flipped = 1j * so * (ratio - opposite), 1j * sf * (product - quotient)
    f1 = rise1 - fall1 + 0.5j * rate * (w1 * w1 - v1 * v1) + mixed + flipped
    f2 = rise2 - fall2 + 0.5j * rate * (w2 * w2 - v2 * v2) - mixed + flipped
    near, far = 1j * so * (ratio + opposite), 1j * sf * (product + quotient)
    J11 = rise1 + fall1 + 1j * rate * (w1 * w1 + v1 * v1) + near + far
    J22 = rise2 + fall2 + 1j * rate * (w2 * w2 + v2 * v2) + near + far
    J12 = far - near
    determinant = J11 * J22 - J12 * J12
    if determinant == 0.0:
        return w, math.inf
    over = inverse(determinant)
    step1 = (J12 * f2 - J22 * f1) * over
    step2 = (J12 * f1 - J11 * f2) * over
    length = abs(step1.real) + abs(step1.imag) + abs(step2.real) + abs(step2.imag)
    return Exponentials(_multiplied(w1, step1), _multiplied(w2, step2)), length


@inner
def _root_near(film, height, w):
    """Return the root at Im z that Newton's method finds from here, and whether it is physical."""
    for _ in range(MOST_STEPS):
        w, length = _newton_step(film, height, w)
        if not length < math.inf:
            return w, False
        if length < NEAR:
            w, _ = _newton_step(film, height, w)
            return w, w.up.real > 0.0 and w.down.real > 0.0
    return w, False


@inner
def root_of(film, gamma):
    """Return the physical root at E + iΓ.

    Parameters
    ----------
    film : Film
        The film and the energy, in Δ0.
    gamma : float
        Dynes Γ in Δ0, > 0.

    Returns
    -------
    Exponentials
        The unknowns of both spins.
    bool
        Whether the root was found.
    """
    rates = film.orbital + film.spin_orbit + film.spin_flip
    height = gamma + film.gap + abs(film.field) + rates
    w = Exponentials(1.0 + 0.0j, 1.0 + 0.0j)
    for _ in range(FAR_STEPS):
        w = _mapped(film, height, w)
    w, found = _root_near(film, height, w)
    factor = DOWN
    for _ in range(MOST_LEVELS):
        if not found or height == gamma:
            break
        lower = max(height * factor, gamma)
        tried, right = _root_near(film, lower, w)
        if right:
            w, height, factor = tried, lower, max(factor * factor, DOWN)
        else:
            factor = math.sqrt(factor)
            found = factor < 1.0 - 1e-6
    return w, found and height == gamma


@inner
def root_beside(film, gamma, w):
    """Return the physical root at E + iΓ that is near that at a neighbouring energy.

    Parameters
    ----------
    film : Film
        The film and the energy, in Δ0.
    gamma : float
        Dynes Γ in Δ0, > 0.
    w : Exponentials
        The root at a neighbouring energy.

    Returns
    -------
    Exponentials
        The unknowns of both spins.
    bool
        Whether the root was found.
    """
    near, found = _root_near(film, gamma, w)
    if found:
        return near, True
    return root_of(film, gamma)


@entry
def depaired_densities(energy, gap, gamma, field, orbital, spin_orbit, spin_flip, density):
    """Write the density of states of one spin at each energy; all arrays have the shape (n,).

    Parameters
    ----------
    energy, gap, gamma : array of shape (n,)
        E from the chemical potential, Δ and Γ > 0 in Δ0.
    field : array of shape (n,)
        Exchange field σh that this spin sees, in Δ0; the other one sees −σh.
    orbital, spin_orbit, spin_flip : array of shape (n,)
        Rates Γ_orb, Γ_so and Γ_sf in Δ0.
    density : array of shape (n,)
        Receives N = Re cos θ in units of that of the normal state; NaN where no root was found.
    """
    for i in range(energy.size):
        film = Film(energy[i], gap[i], field[i], orbital[i], spin_orbit[i], spin_flip[i])
        w, found = root_of(film, gamma[i])
        square = w.up.real * w.up.real + w.up.imag * w.up.imag
        # Re (w + 1/w)/2, without the cancellation of their real parts in the gap.
        density[i] = 0.5 * w.up.real * (1.0 + 1.0 / square) if found else math.nan
