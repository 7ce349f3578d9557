"""The quantities that a fit may determine: those of a junction, and those of its circuit."""

from thermospin.quantities import HEATING, PARAMETERS, Parameter

CIRCUIT: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter("Delta_0", "factor of both gaps", "Δ0", r"\Delta_0", 1e-3, 1e3, 1.0),
        Parameter("G_T", "normal-state conductance", "G_T", r"G_\mathrm{T}", 1e-9, 1e9, 1.0),
        Parameter("V_offset", "bias that is shown where there is none", "Δ0/e",
                  r"V_\mathrm{offset}", -10.0, 10.0, 0.0),
        Parameter("I_offset", "current that is shown where there is none", "G_T Δ0/e",
                  r"I_\mathrm{offset}", -100.0, 100.0, 0.0),
        Parameter("R_series", "resistance in series, within the measured voltage", "1/G_T",
                  r"R_\mathrm{series}", 0.0, 1e3, 0.0),
        Parameter("lock_in", "rms amplitude of the modulation of the bias", "Δ0/e",
                  r"V_\mathrm{rms}", 0.0, 10.0, 0.0),
        Parameter("broadening", "standard deviation of fast noise of the bias", "Δ0/e",
                  r"\sigma_V", 0.0, 10.0, 0.0),
    )
}  # fmt: skip
"""The circuit: scales of the junction, offsets, and what rounds the curve off, by name.

The units are those of the material that the fit starts from, which they do not change: Δ0 and G_T
of a curve in reduced units.
"""
NOT_FITTED = ("V", "R_L", "V_ac", "hf", *HEATING)
FIT_PARAMETERS: dict[str, Parameter] = {
    **CIRCUIT,
    **{name: parameter for name, parameter in PARAMETERS.items() if name not in NOT_FITTED},
}
"""Every quantity that a fit may fix or free, by name."""
