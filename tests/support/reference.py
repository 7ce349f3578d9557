"""The slow, obvious reference: every number here is computed a second time, in another way.

Nothing is shared with the package. Arithmetic is mpmath's, with as many digits as the number asked
for needs, and within integrands MPFR's, which is much faster; integrals over energy use the
tanh-sinh rule between the singular energies, integrals over the quasiparticle spectrum the
trapezoidal rule. Units are reduced: energies in Δ0, temperatures in T_c, bias in Δ0/e, currents in
G_T Δ0/e, conductances in G_T. Leads are given by their actual gaps Δ(T, h), so no gap model enters.
The arithmetic is not thread-safe.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise

import gmpy2
from gmpy2 import mpc, mpfr
from mpmath import libmp, mp, mpf

Function = Callable[[mpf], mpf]

GUARD_DIGITS = 20  # beyond the digits asked for: Γ/E ≥ 1e-11 in the densities, and round-off
TAIL_WIDTHS = 80  # the integrand falls at least as e^(-E/k_B T) beyond the last singular energy
FIRST_LEVEL, LAST_LEVEL = 4, 12  # tanh-sinh step 2^-level


# --- quadrature -----------------------------------------------------------------------------


@cache
def _tanh_sinh_nodes(level: int, dps: int) -> list[tuple[mpf, mpf]]:
    """Return (distance from the nearer end, weight) of the nodes t > 0 new at this level.

    With E = left + L/(1 + exp(-π sinh t)) a singularity at a distance Γ from an end of the panel
    costs only ln(L/Γ) more nodes.
    """
    with mp.workdps(dps):
        step = mpf(1) / 2**level
        stride = 1 if level == FIRST_LEVEL else 2
        nodes, k, distance = [], 1, mpf(1)
        while distance > mpf(10) ** -dps:
            t = k * step
            distance = 1 / (1 + mp.exp(mp.pi * mp.sinh(t)))
            nodes.append((distance, step * mp.pi * mp.cosh(t) * distance * (1 - distance)))
            k += stride
        return nodes


def _tanh_sinh(f: Function, left: mpf, right: mpf, level: int, coarser: mpf | None) -> mpf:
    """Return the tanh-sinh sum of f over one panel, from the sum of the next coarser level."""
    length = right - left
    new = mp.fsum(
        weight * (f(left + length * distance) + f(right - length * distance))
        for distance, weight in _tanh_sinh_nodes(level, mp.dps)
    )
    if coarser is None:
        centre = f((left + right) / 2) * mp.pi / 4 / 2**level
        return length * (new + centre)
    return coarser / 2 + length * new


def integrate(f: Function, points: list[mpf], digits: int) -> mpf:
    """Return ∫f dE over the panels between ``points``, correct to ``digits`` of the integral.

    Each panel is refined until halving its step changes it by less than 10^-digits of the *whole*
    integral; the error left is smaller still, since each halving gains many digits. An integral
    that vanishes by symmetry is returned as 0.

    Raises
    ------
    ArithmeticError
        If the finest step does not suffice.
    """
    panels = list(pairwise(sorted(set(points))))
    tolerance = mpf(10) ** -digits / len(panels)
    round_off = mpf(10) ** (GUARD_DIGITS // 2 - mp.dps)
    sums = [_tanh_sinh(f, left, right, FIRST_LEVEL, None) for left, right in panels]
    levels = [FIRST_LEVEL] * len(panels)
    pending = list(range(len(panels)))
    changes = [mp.inf] * len(panels)
    while pending:
        for i in pending:
            levels[i] += 1
            if levels[i] > LAST_LEVEL:
                raise ArithmeticError(f"panel {panels[i]} does not converge")
            finer = _tanh_sinh(f, *panels[i], levels[i], sums[i])
            sums[i], changes[i] = finer, abs(finer - sums[i])
        total, size = mp.fsum(sums), mp.fsum(sums, absolute=True)
        if all(change <= round_off * size for change in changes) and abs(total) <= (
            10 * len(panels) * round_off * size
        ):
            return mpf(0)
        pending = [i for i, change in enumerate(changes) if change > tolerance * abs(total)]
    return total


def _trapezoid(f: Function, accuracy: mpf) -> mpf:
    """Return ∫_0^∞ f(u) du of an even, analytic f that falls double-exponentially."""

    def sampled(first: mpf, stride: mpf) -> mpf:
        total, u, value = mpf(0), first, mp.inf
        while abs(value) > accuracy * accuracy:
            value = f(u)
            total += value
            u += stride
        return total

    step = mpf(1) / 4
    integral = step * (sampled(step, step) + f(mpf(0)) / 2)
    while True:
        step, coarser = step / 2, integral
        integral = coarser / 2 + step * sampled(step, 2 * step)
        if abs(integral - coarser) < accuracy:
            return integral


# --- density of states and currents ---------------------------------------------------------


@contextmanager
def working_digits(count: int) -> Iterator[None]:
    """Let both mpmath and MPFR compute with so many digits."""
    with mp.workdps(count), gmpy2.context(precision=mp.prec):
        yield


def quick(number: mpf) -> mpfr:
    """Return the same number for MPFR."""
    negative, mantissa, exponent, _ = number._mpf_
    found = mpfr(-mantissa if negative else mantissa)
    return found * gmpy2.exp2(exponent)


def precise(number: mpfr) -> mpf:
    """Return the same number for mpmath."""
    mantissa, exponent = number.as_mantissa_exp()
    return mp.make_mpf(libmp.from_man_exp(mantissa, int(exponent)))


def thermal_energy(T: float) -> mpf:
    """Return k_B T in Δ0 of a temperature in T_c: k_B T_c = (e^γ/π) Δ0, weak-coupling BCS."""
    return mpf(T) * mp.exp(mp.euler) / mp.pi


def density_of_states(E: mpfr, gap: mpfr, gamma: mpfr, h: mpfr) -> mpfr:
    """Return N(E) of Eq. (1), normalised to the normal metal; h is σ times the exchange field.

    Re z/(√(z-Δ) √(z+Δ)) with z = E + h + iΓ. Above the real axis the product of principal roots is
    the root of z² - Δ² in the upper half-plane, i√(Δ² - z²): one root instead of two.
    """
    z = mpc(E + h, gamma)
    return (z / gmpy2.sqrt(gap * gap - z * z)).imag


def density_of_states_slope(E: mpfr, gap: mpfr, gamma: mpfr, h: mpfr) -> mpfr:
    """Return dN/dE: d/dz z/√(z²-Δ²) = -Δ²/(z²-Δ²)^(3/2), on the branch of density_of_states."""
    z = mpc(E + h, gamma)
    square = gap * gap - z * z
    return (gap * gap / (square * gmpy2.sqrt(square))).imag


def _fermi_difference(a: mpfr, b: mpfr) -> mpfr:
    """Return f(a) - f(b), f(x) = 1/(1 + e^x), with all its digits however small it is."""
    exp_a, exp_b = gmpy2.exp(a), gmpy2.exp(b)
    return (exp_b - exp_a) / ((1 + exp_a) * (1 + exp_b))


def _minus_fermi_slope(a: mpfr) -> mpfr:
    """Return -f'(a), f(x) = 1/(1 + e^x)."""
    return 1 / ((1 + gmpy2.exp(a)) * (1 + gmpy2.exp(-a)))


def _singular_energies(
    V: mpf, shift_S: mpf, shift_Sm: mpf, Delta_S: mpf, Delta_Sm: mpf, hottest: mpf
) -> list[mpf]:
    """Return the ends of the panels: gap edges, the two Fermi energies and two cut-offs."""
    inner = [mpf(0), V]
    inner += [V - shift_S - Delta_S, V - shift_S + Delta_S]
    inner += [-shift_Sm - Delta_Sm, -shift_Sm + Delta_Sm]
    tail = TAIL_WIDTHS * hottest
    return [min(inner) - tail, *inner, max(inner) + tail]


def _spin_moment(
    occupation: Callable[[mpfr, mpfr], mpfr],
    weight: Callable[[mpfr, mpfr], mpfr],
    digits: int,
    V: float,
    sigma: int,
    T_S: float,
    T_Sm: float,
    h_exc: float,
    h_S: float,
    gamma_S: float,
    gamma_Sm: float,
    Delta_S: float,
    Delta_Sm: float,
) -> mpf:
    """Return ½ ∫ N_S,σ(E - V) N_Sm,σ(E) occupation weight dE, correct to ``digits`` of itself.

    The occupation depends on (E - V)/k_B T_S and E/k_B T_Sm, the weight on E - V and E.
    """
    with working_digits(digits + GUARD_DIGITS):
        V, Delta_S, Delta_Sm = mpf(V), mpf(Delta_S), mpf(Delta_Sm)
        gamma_S, gamma_Sm = mpf(gamma_S), mpf(gamma_Sm)
        kT_S, kT_Sm = thermal_energy(T_S), thermal_energy(T_Sm)
        shift_S, shift_Sm = sigma * mpf(h_S), sigma * mpf(h_exc)

        bias, heat_S, heat_Sm = quick(V), quick(kT_S), quick(kT_Sm)
        lead_S = tuple(map(quick, (Delta_S, gamma_S, shift_S)))
        lead_Sm = tuple(map(quick, (Delta_Sm, gamma_Sm, shift_Sm)))

        def integrand(E: mpf) -> mpf:
            in_Sm = quick(E)
            in_S = in_Sm - bias
            return precise(
                weight(in_S, in_Sm)
                * occupation(in_S / heat_S, in_Sm / heat_Sm)
                * density_of_states(in_S, *lead_S)
                * density_of_states(in_Sm, *lead_Sm)
            )

        points = _singular_energies(V, shift_S, shift_Sm, Delta_S, Delta_Sm, max(kT_S, kT_Sm))
        return integrate(integrand, points, digits) / 2


def _either_way(a: mpfr, b: mpfr) -> mpfr:
    """Return f(a) [1 - f(b)] + f(b) [1 - f(a)]."""
    exp_a, exp_b = gmpy2.exp(a), gmpy2.exp(b)
    return (exp_a + exp_b) / ((1 + exp_a) * (1 + exp_b))


def spin_current(V: float, sigma: int, *lead_parameters: float, digits: int = 16) -> mpf:
    """Return I_σ of Eq. (2), G_T Δ0/e, correct to ``digits`` of itself.

    I_σ = ½ ∫ N_S,σ(E - V) N_Sm,σ(E) [f_S(E - V) - f_Sm(E)] dE, sigma = +1 (up) or -1 (down).
    ``lead_parameters`` are T_S, T_Sm, h_exc, h_S, gamma_S, gamma_Sm, Delta_S and Delta_Sm.
    """
    return _spin_moment(_fermi_difference, lambda *_: 1, digits, V, sigma, *lead_parameters)


def spin_heat_currents(
    V: float, sigma: int, *lead_parameters: float, digits: int = 16
) -> tuple[mpf, mpf]:
    """Return the heat that leaves S and that enters Sm with one spin, G_T Δ0²/e².

    ½ ∫ ε N_S,σ N_Sm,σ [f_S - f_Sm] dE with ε = E - V and with ε = E, each correct to ``digits``.
    """
    common = digits, V, sigma, *lead_parameters
    leaves = _spin_moment(_fermi_difference, lambda in_S, _: in_S, *common)
    return leaves, _spin_moment(_fermi_difference, lambda _, in_Sm: in_Sm, *common)


def spin_rate(V: float, sigma: int, *lead_parameters: float, digits: int = 16) -> mpf:
    """Return ½ ∫ N_S,σ N_Sm,σ [f_S (1 - f_Sm) + f_Sm (1 - f_S)] dE, G_T Δ0."""
    return _spin_moment(_either_way, lambda *_: 1, digits, V, sigma, *lead_parameters)


def charge_current(V: float, *lead_parameters: float, wanted: int = 16) -> mpf:
    """Return I_q = I_up + I_down, G_T Δ0/e, correct to ``wanted`` digits even where I_σ cancel.

    ``lead_parameters`` are those of :func:`spin_current`, from T_S to Delta_Sm. I_q is odd in V.
    """
    if V == 0:
        return mpf(0)
    digits = wanted + 1
    while True:
        with mp.workdps(digits + GUARD_DIGITS):
            up, down = (spin_current(V, s, *lead_parameters, digits=digits) for s in (1, -1))
            total, size = up + down, abs(up) + abs(down)
            lost = int(mp.log10(size / abs(total))) if total else digits
        if lost <= digits - wanted:
            return total
        digits = wanted + lost + 1


def differential_conductance(
    V: float,
    T_S: float,
    T_Sm: float,
    h_exc: float,
    h_S: float,
    gamma_S: float,
    gamma_Sm: float,
    Delta_S: float,
    Delta_Sm: float,
    digits: int = 16,
) -> mpf:
    """Return dI_q/dV, G_T, by differentiating Eq. (2) under the integral.

    With E measured from μ_Sm the bias stands in lead S alone, in N_S(E - V) and f_S(E - V):
    dI_σ/dV = ½ ∫ N_Sm(E) {-N_S'(E - V) [f_S(E - V) - f_Sm(E)] - N_S(E - V) f_S'(E - V)} dE.
    """
    with working_digits(digits + GUARD_DIGITS):
        V, Delta_S, Delta_Sm = mpf(V), mpf(Delta_S), mpf(Delta_Sm)
        gamma_S, gamma_Sm = mpf(gamma_S), mpf(gamma_Sm)
        kT_S, kT_Sm = thermal_energy(T_S), thermal_energy(T_Sm)

        def of_spin(sigma: int) -> mpf:
            shift_S, shift_Sm = sigma * mpf(h_S), sigma * mpf(h_exc)
            bias, heat_S, heat_Sm = quick(V), quick(kT_S), quick(kT_Sm)
            lead_S = tuple(map(quick, (Delta_S, gamma_S, shift_S)))
            lead_Sm = tuple(map(quick, (Delta_Sm, gamma_Sm, shift_Sm)))

            def integrand(E: mpf) -> mpf:
                in_Sm = quick(E)
                in_S = in_Sm - bias
                occupation = _fermi_difference(in_S / heat_S, in_Sm / heat_Sm)
                minus_f_slope = _minus_fermi_slope(in_S / heat_S) / heat_S
                slope = density_of_states_slope(in_S, *lead_S)
                density = density_of_states(in_S, *lead_S)
                partner = density_of_states(in_Sm, *lead_Sm)
                return precise(partner * (density * minus_f_slope - slope * occupation))

            points = _singular_energies(V, shift_S, shift_Sm, Delta_S, Delta_Sm, max(kT_S, kT_Sm))
            return integrate(integrand, points, digits) / 2

        return of_spin(1) + of_spin(-1)


def zero_bias_conductance(*lead_parameters: float, digits: int = 16) -> mpf:
    """Return G_0 = dI_q/dV at V = 0, G_T; parameters as in :func:`differential_conductance`."""
    return differential_conductance(0.0, *lead_parameters, digits=digits)


# --- closed forms ---------------------------------------------------------------------------


def zero_bias_conductance_eq3(
    T_S: float,
    T_Sm: float,
    h_exc: float,
    gamma: float,
    Delta_S: float,
    Delta_Sm: float,
    digits: int = 16,
) -> tuple[mpf, mpf]:
    """Return (the corrected Eq. (3), the thermal term it omits), G_T; h_S = 0, both leads Γ.

    -Δ_Sm² Σ_σ Re ∫_0^∞ N_S [f_S - f_Sm] / [(E + iΓ + σh)² - Δ_Sm²]^(3/2) dE and
    ½ Σ_σ ∫ N_S N_Sm,σ (-f_Sm') dE. Their sum is G_0 exactly.
    """
    with working_digits(digits + GUARD_DIGITS):
        gamma, Delta_S, Delta_Sm = mpf(gamma), mpf(Delta_S), mpf(Delta_Sm)
        kT_S, kT_Sm = thermal_energy(T_S), thermal_energy(T_Sm)
        shifts = [mpf(h_exc), -mpf(h_exc)]

        heat_S, heat_Sm = quick(kT_S), quick(kT_Sm)
        lead_S = quick(Delta_S), quick(gamma), mpfr(0)
        leads_Sm = [(quick(Delta_Sm), quick(gamma), quick(h)) for h in shifts]

        def eq3(E: mpf) -> mpf:
            at = quick(E)
            slopes = sum(density_of_states_slope(at, *lead) for lead in leads_Sm)
            occupation = _fermi_difference(at / heat_S, at / heat_Sm)
            return precise(density_of_states(at, *lead_S) * occupation * slopes)

        def thermal(E: mpf) -> mpf:
            at = quick(E)
            densities = sum(density_of_states(at, *lead) for lead in leads_Sm)
            minus_f_slope = _minus_fermi_slope(at / heat_Sm) / heat_Sm
            return precise(density_of_states(at, *lead_S) * densities * minus_f_slope)

        edges = [Delta_S, *(abs(Delta_Sm + h) for h in shifts)]
        points = [mpf(0), *edges, max(edges) + TAIL_WIDTHS * max(kT_S, kT_Sm)]
        return integrate(eq3, points, digits), integrate(thermal, points, digits)


def sis_current_at_zero_temperature(V: float, Delta_1: float, Delta_2: float) -> mpf:
    """Return I_q(V) of two superconductors at T = 0, Γ → 0, without exchange field, G_T Δ0/e.

    J(x) = √(x² - d²) E(m) - 2Δ1Δ2/√(x² - d²) K(m), m = (x² - s²)/(x² - d²), |x| > s, with
    s = Δ1 + Δ2 and d = Δ1 - Δ2. An exchange field shifts it: I_σ(V) = ½ J(V + σh).
    """
    x, gap_sum, gap_difference = mpf(V), mpf(Delta_1) + Delta_2, mpf(Delta_1) - Delta_2
    if abs(x) <= gap_sum:
        return mpf(0)
    root = mp.sqrt(x * x - gap_difference**2)
    m = (x * x - gap_sum**2) / root**2
    magnitude = root * mp.ellipe(m) - 2 * mpf(Delta_1) * Delta_2 / root * mp.ellipk(m)
    return mp.sign(x) * magnitude


def nis_current_at_zero_temperature(
    V: float, sigma: int, h_exc: float, gamma: float, Delta_Sm: float
) -> mpf:
    """Return I_σ of a normal lead S and a superconductor Sm at T = 0, any Γ, G_T Δ0/e.

    The density of states integrates to Re √((e + iΓ)² - Δ²), so
    I_σ = ½ [s(V + σh) - s(σh)], s(e) = Re √(e + iΓ - Δ) √(e + iΓ + Δ).
    """

    def states_below(e: mpf) -> mpf:
        z = mp.mpc(e, gamma)
        return (mp.sqrt(z - Delta_Sm) * mp.sqrt(z + Delta_Sm)).real

    shift = sigma * mpf(h_exc)
    return (states_below(mpf(V) + shift) - states_below(shift)) / 2


def nis_subgap_current(V: float, T: float, Delta: float) -> mpf:
    """Return I_q of a normal metal and a superconductor at one temperature, Γ → 0, V < Δ, h = 0.

    2Δ Σ_n (-1)^(n+1) K_1(nΔ/k_BT) sinh(nV/k_BT), G_T Δ0/e.
    """
    V, Delta, kT = mpf(V), mpf(Delta), thermal_energy(T)

    def term(n: int) -> mpf:
        return (-1) ** (n + 1) * mp.besselk(1, n * Delta / kT) * mp.sinh(n * V / kT)

    terms = int(mp.dps * mp.ln(10) * kT / (Delta - V)) + 2
    return 2 * Delta * mp.fsum(term(n) for n in range(1, terms + 1))


# --- the self-consistent gap ----------------------------------------------------------------

GAP_ACCURACY = mpf("1e-20")  # of the gap equation and of the grand potential
SCAN_ACCURACY = mpf("1e-5")  # enough for the sign of the residual between its roots
GAP_DPS = 35
GAP_SCAN = [1 - k * 0.025 for k in range(40)] + [0.01, 1e-3, 1e-4, 1e-5]


def gap_residual(Delta: float, T: float, h: float, accuracy: mpf = GAP_ACCURACY) -> mpf:
    """Return the gap equation's left side, ln Δ + ∫_0^∞ du [f(ε-h) + f(ε+h)], ε = Δ cosh u.

    Energies in the lead's zero-temperature gap, T in its T_c. It vanishes at a self-consistent gap.
    """
    with mp.workdps(GAP_DPS):
        kT, Delta, h = thermal_energy(T), mpf(Delta), mpf(h)

        def occupations(u: mpf) -> mpf:
            energy = Delta * mp.cosh(u)
            return mp.fsum(1 / (1 + mp.exp((energy + s * h) / kT)) for s in (1, -1))

        return mp.ln(Delta) + _trapezoid(occupations, accuracy)


def gap_residual_matsubara(Delta: float, T: float, h: float, gamma: float = 0.0) -> mpf:
    """Return the same left side as a sum over Matsubara frequencies ω_n = π k_BT (2n + 1).

    ln(T/T_c) + 2π k_BT Σ_n {1/ω_n - Re 1/√((ω_n + Γ + ih)² + Δ²)}.
    """
    kT = thermal_energy(T)

    def term(n: mpf) -> mpf:
        omega = mp.pi * kT * (2 * n + 1)
        return 1 / omega - (1 / mp.sqrt(mp.mpc(omega + gamma, h) ** 2 + mpf(Delta) ** 2)).real

    return mp.ln(mpf(T)) + 2 * mp.pi * kT * mp.nsum(term, [0, mp.inf])


def grand_potential(Delta: float, T: float, h: float) -> mpf:
    """Return (Ω_S - Ω_N)/N_0, Δ0², at a gap Δ, self-consistent or not; negative: S is stable.

    -Δ²/2 + Δ² ln Δ - 2T Σ_s ∫_0^∞ dξ ln(1 + e^(-(ε + sh)/T)) + h² + π²T²/3, ξ = Δ sinh u.
    """
    with mp.workdps(GAP_DPS):
        kT, Delta, h = thermal_energy(T), mpf(Delta), mpf(h)

        def entropy_density(u: mpf) -> mpf:
            energy = Delta * mp.cosh(u)
            return energy * mp.fsum(mp.log1p(mp.exp(-(energy + s * h) / kT)) for s in (1, -1))

        thermal = 2 * kT * _trapezoid(entropy_density, GAP_ACCURACY)
        condensation = Delta**2 * (mp.ln(Delta) - mpf(1) / 2)
        return condensation - thermal + h**2 + (mp.pi * kT) ** 2 / 3


def gap_roots(T: float, h: float) -> list[mpf]:
    """Return every self-consistent gap Δ > 1e-5 Δ0, largest first, stable or not."""
    values = [gap_residual(Delta, T, h, SCAN_ACCURACY) for Delta in GAP_SCAN]
    roots = []
    with mp.workdps(GAP_DPS):
        for (left, right), (f_left, f_right) in zip(
            pairwise(GAP_SCAN), pairwise(values), strict=True
        ):
            if f_left * f_right < 0:
                bracket = (mpf(left), mpf(right))
                roots.append(
                    mp.findroot(
                        lambda Delta: gap_residual(Delta, T, h),
                        bracket,
                        solver="anderson",
                        tol=GAP_ACCURACY**2 * 100,
                    )
                )
    return roots


def stable_gap(T: float, h: float = 0.0, gap: float = 1.0) -> mpf:
    """Return Δ(T, h), Δ0, of a lead with zero-temperature gap ``gap``: the branch of lowest Ω.

    T in the reference T_c: the lead's own critical temperature is ``gap`` times that. 0 where the
    normal state has the lowest grand potential.
    """
    T, h = mpf(T) / gap, abs(mpf(h)) / gap
    candidates = [(grand_potential(Delta, T, h), Delta) for Delta in gap_roots(T, h)]
    return gap * min([(mpf(0), mpf(0)), *candidates])[1]
