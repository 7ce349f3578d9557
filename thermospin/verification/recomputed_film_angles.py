"""The pairing angles of a film by the slow reference: a positive map, then Newton, in plain NumPy.

The Green functions of spin s = ±1 (t is the other one) are cos θ_s and sin θ_s. At ε_s = z + s h,
Im z > 0, they are the fixed point of (c_s, s_s) ← (a, b)/√(a² + b²) with

    a = −i ε_s + Γ_orb c_s/2 + Γ_so c_t + Γ_sf (c_s/2 + c_t),
    b = Δ − Γ_orb s_s/2 + Γ_so s_t − Γ_sf (s_s/2 + s_t),

of which one has |Re θ| < π/2 for both spins: the physical one, to which the map leads from c = 1,
s = 0. Next to an edge the map is slow, and Newton's method in φ_s = θ_s − π/2 quick if it is near.
In a gap φ_s is all but imaginary, and its small real part, which is the density of states, keeps
its digits.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

SPINS = np.array([[1.0], [-1.0]])
MAPS = (16, 64, 256, 1024, 4096)
"""So many steps of the map come before each try of Newton's method, until it succeeds."""
LAST_MAPS = 4
NEWTON_STEPS = 40
SMALL = 1e-7
"""Newton's method has converged where its step is below this, relative to 1 + |φ|: next to an edge
rounding alone makes steps of 1e-9. `MORE` steps then leave rounding only."""
MORE = 3


class RecomputedFilm(NamedTuple):
    """The film of a lead: exchange field, gap and the three rates, all in Δ0."""

    h: float
    gap: float
    orbital: float
    spin_orbit: float
    spin_flip: float


def pairing_angles(
    z: ComplexArray, film: RecomputedFilm, gap: FloatArray | None = None
) -> ComplexArray:
    """Return φ = θ − π/2 of both spins.

    Parameters
    ----------
    z : ndarray of complex
        Energies E + iΓ, or frequencies iω, in Δ0, Im z > 0, shape (n,).
    film : RecomputedFilm
        The film.
    gap : ndarray, optional
        Gaps in place of that of the film, in Δ0, shape (n,).

    Returns
    -------
    ndarray of complex
        φ of spin up and of spin down, shape (2, n).

    Raises
    ------
    ArithmeticError
        If the physical root was not found somewhere.
    """
    gaps = np.full(z.shape, film.gap) if gap is None else gap
    found = np.empty((2, z.size), dtype=np.complex128)
    left = np.arange(z.size)
    c, s = np.ones_like(found), np.zeros_like(found)
    for steps in MAPS:
        c, s = _mapped(c, s, z[left], film, gaps[left], steps)
        phi = -1j * np.log(c + 1j * s) - 0.5 * np.pi
        phi, settled = _polished(phi, z[left], film, gaps[left])
        found[:, left[settled]] = phi[:, settled]
        left, c, s = left[~settled], c[:, ~settled], s[:, ~settled]
        if left.size == 0:
            return found
    if film.spin_orbit > 0.0:
        phi = pairing_angles(z[left], _strongly_mixed(film), gaps[left])
        found[:, left], settled = _polished(phi, z[left], film, gaps[left])
        left = left[~settled]
    if left.size:
        raise ArithmeticError(f"no pairing angle was found at z = {z[left[0]]} of {film}")
    return found


def _strongly_mixed(film: RecomputedFilm) -> RecomputedFilm:
    """Return a film like one with strong spin-orbit scattering, where the map is slow.

    Both spins are alike there, and the field breaks pairs with the rate h²/(2Γ_so).
    """
    breaking = film.orbital + film.h**2 / (2.0 * film.spin_orbit)
    return film._replace(h=0.0, orbital=breaking, spin_orbit=0.0)


def pair_amplitudes(z: ComplexArray, film: RecomputedFilm, gap: FloatArray) -> ComplexArray:
    """Return sin θ of both spins, shape (2, n), with all digits where it is small as well.

    Parameters are those of `pairing_angles`. Steps of the map from where Newton's method ends take
    its rounding errors away: they are relative to θ and not to φ.
    """
    phi = pairing_angles(z, film, gap)
    return _mapped(-np.sin(phi), np.cos(phi), z, film, gap, LAST_MAPS)[1]


def _mapped(
    c: ComplexArray,
    s: ComplexArray,
    z: ComplexArray,
    film: RecomputedFilm,
    gap: FloatArray,
    steps: int,
) -> tuple[ComplexArray, ComplexArray]:
    """Return the cosines and sines of both spins after some steps of the positive map."""
    normal = -1j * (z + film.h * SPINS)
    own = 0.5 * (film.orbital + film.spin_flip)
    for _ in range(steps):
        a = normal + own * c + (film.spin_orbit + film.spin_flip) * c[::-1]
        b = gap - own * s + (film.spin_orbit - film.spin_flip) * s[::-1]
        # The root with a positive real part, as of a product of two such numbers.
        root = np.sqrt(a + 1j * b) * np.sqrt(a - 1j * b)
        c, s = a / root, b / root
    return c, s


# What runs away from a poor start is tried again from a better one.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _polished(
    phi: ComplexArray, z: ComplexArray, film: RecomputedFilm, gap: FloatArray
) -> tuple[ComplexArray, NDArray[np.bool_]]:
    """Return φ by Newton's method, and where it has come to the physical root."""
    settled = np.zeros(z.shape, dtype=np.bool_)
    after = np.zeros(z.shape, dtype=np.int64)
    for _ in range(NEWTON_STEPS):
        residual, own, other = equations(phi, z, film, gap)
        step = np.where(settled, 0.0, solved(own, other, residual))
        phi = phi - step
        after += np.max(np.abs(step) / (1.0 + np.abs(phi)), axis=0) < SMALL
        settled = after > MORE
        if settled.all():
            break
    return phi, settled & np.all(np.sin(phi.real) < 0.0, axis=0)


def equations(
    phi: ComplexArray, z: ComplexArray, film: RecomputedFilm, gap: FloatArray | float
) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
    """Return the equations of both spins, and their derivatives.

    Parameters
    ----------
    phi : ndarray of complex
        φ of both spins, shape (2, n).
    z : ndarray of complex
        Energies, in Δ0, shape (n,).
    film : RecomputedFilm
        The film.
    gap : ndarray or float
        Its gap, in Δ0.

    Returns
    -------
    residual, own, other : ndarray of complex
        F_s = −i ε_s sin θ_s − Δ cos θ_s + (Γ_orb + Γ_sf) sin θ_s cos θ_s + Γ_so sin(θ_s − θ_t)
        + Γ_sf sin(θ_s + θ_t), in Δ0; its derivative by θ_s, and by θ_t; shape (2, n).
    """
    epsilon: ComplexArray = z + film.h * SPINS
    sine, cosine = np.sin(phi), np.cos(phi)
    breaking = film.orbital + film.spin_flip
    residual = -1j * epsilon * cosine + gap * sine - 0.5 * breaking * np.sin(2.0 * phi)
    own = 1j * epsilon * sine + gap * cosine - breaking * np.cos(2.0 * phi)
    other = np.zeros_like(own)
    if film.spin_orbit:
        apart = phi - phi[::-1]
        residual += film.spin_orbit * np.sin(apart)
        mixing = film.spin_orbit * np.cos(apart)
        own, other = own + mixing, other - mixing
    if film.spin_flip:
        together = phi + phi[::-1]
        residual -= film.spin_flip * np.sin(together)
        flipping = film.spin_flip * np.cos(together)
        own, other = own - flipping, other - flipping
    return residual, own, other


def solved(own: ComplexArray, other: ComplexArray, right: ComplexArray) -> ComplexArray:
    """Return the solutions of own x_s + other x_t = right for both spins, shape (2, n).

    Where one spin has a gap and the other has none, elimination in this order keeps the small real
    part of the first.
    """
    coupling = other / own[::-1]
    return (right - coupling * right[::-1]) / (own - coupling * other[::-1])
