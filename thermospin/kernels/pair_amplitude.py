"""The pair amplitude s = sin θ of one spin, whose product over both leads carries the supercurrent.

In an ideal lead ``s = iΔ/(√(z − Δ) √(z + Δ))`` with z = ε + iΓ and ε the energy from the middle of
the gap: it is 1 at ε = 0 but for Γ, and its imaginary part is the density of pairs. At a Matsubara
frequency, z = h + i(ω + Γ), it becomes ``Δ/√((ω + Γ − ih)² + Δ²)``. In a film s is that of the
Usadel equation (``depaired_density``).
"""

import math

from thermospin.kernels.depaired_density import Film
from thermospin.machine.arithmetic import fma
from thermospin.machine.compilation import inlined, inner


@inlined
def ideal_amplitude(above, below, gamma, gap):
    """Return s of an ideal lead at a real energy.

    With w = z² − Δ² the root √w has parts a and |ε|Γ/a, of which a is the larger, without
    cancellation; its real part has the sign of ε. Then s = iΔ √w*/|w|.

    Parameters
    ----------
    above, below : float
        Energy from the upper and the lower gap edge, ε − Δ and ε + Δ, in Δ0.
    gamma, gap : float
        Dynes Γ > 0 and Δ in Δ0.

    Returns
    -------
    real, imaginary : float
        Both parts of s, without unit.
    """
    energy = 0.5 * (above + below)
    g2 = gamma * gamma
    w = math.sqrt(fma(above, above, g2) * fma(below, below, g2))
    real = fma(above, below, -g2)
    larger = math.sqrt(0.5 * (w + abs(real)))
    smaller = abs(energy) * gamma / larger
    outside = real > 0.0
    along = larger if outside else smaller
    across = smaller if outside else larger
    scale = gap / w
    return scale * across, scale * math.copysign(along, energy)


@inlined
def ideal_amplitude_at_frequency(shifted, h, gap):
    """Return s of an ideal lead at a Matsubara frequency.

    Parameters
    ----------
    shifted : float
        ω + Γ in Δ0, > 0.
    h, gap : float
        Exchange field and Δ in Δ0.

    Returns
    -------
    real, imaginary : float
        Both parts of s, without unit.
    """
    square = shifted * shifted
    high, low = gap + h, gap - h
    size = math.sqrt((square + high * high) * (square + low * low))
    real = square + high * low
    larger = math.sqrt(0.5 * (size + abs(real)))
    smaller = abs(h) * shifted / larger
    outside = real > 0.0
    along = larger if outside else smaller
    across = smaller if outside else larger
    scale = gap / size
    return scale * along, scale * math.copysign(across, h)


@inner
def film_amplitude(w):
    """Return s of a film from w = exp(iθ), whose real part, small in a gap, keeps its digits.

    Parameters
    ----------
    w : complex
        The unknown of one spin.

    Returns
    -------
    real, imaginary : float
        Both parts of s = (w − 1/w)/2i, without unit.
    """
    inverse = 1.0 / (w.real * w.real + w.imag * w.imag)
    return 0.5 * w.imag * (1.0 + inverse), 0.5 * w.real * (inverse - 1.0)


@inner
def film_in_field(energy, h, key):
    """Return the film of a lead at an energy, in a field of either sign.

    Parameters
    ----------
    energy, h : float
        Energy from the chemical potential and exchange field in Δ0.
    key : array of shape (≥ 5,)
        Δ, |h| and the rates in Δ0, as in ``Films.key``.

    Returns
    -------
    Film
        The film.
    """
    return Film(energy, key[0], h, key[2], key[3], key[4])
