"""Golden points that ``tests/support/make_golden.py`` made from the slow reference.

Numbers are hexadecimal, so that not one bit depends on how decimals are read. Units are reduced.
"""

POINTS = (
    (
        "0x1.999999999999ap-4 0x1.6666666666666p-1 0x1.47ae147ae147bp-7 0x1.3333333333333p-2 "
        "0x0.0p+0 0x1.a36e2eb1c432dp-14 0x1.a36e2eb1c432dp-14 0x1.a858793dd97f6p-1 "
        "0x1.0000000000000p+0 0x1.bea705c96541cp-5 -0x1.54adfd08447d1p-4 -0x1.736d04dd0ce5ep-1 "
    ),
    (
        "0x1.07c84b5dcc63fp-3 0x1.6666666666666p-1 0x1.47ae147ae147bp-7 0x1.3333333333333p-2 "
        "0x0.0p+0 0x1.a36e2eb1c432dp-14 0x1.a36e2eb1c432dp-14 0x1.a858793dd97f6p-1 "
        "0x1.0000000000000p+0 0x1.b9b627c0d1184p-5 -0x1.9de83b4455929p-3 0x1.44ffb973db638p-2 "
    ),
    (
        "0x1.c000000000000p+0 0x1.999999999999ap-2 0x1.47ae147ae147bp-6 -0x1.999999999999ap-3 "
        "0x1.999999999999ap-4 0x1.0c6f7a0b5ed8dp-20 0x1.0624dd2f1a9fcp-10 0x1.f0a3d70a3d70ap-1 "
        "0x1.fae147ae147aep-1 0x1.0ab839ca4aecap-7 0x1.9e0e8eb100d1fp-1 0x1.42187a586a185p-1 "
    ),
    (
        "0x1.4f8b588e368f1p-17 0x1.999999999999ap-1 0x1.3333333333333p-2 0x0.0p+0 0x0.0p+0 "
        "0x1.0624dd2f1a9fcp-10 0x1.0624dd2f1a9fcp-10 0x1.7ae147ae147aep-1 0x1.fae147ae147aep-1 "
        "0x1.eb47d49f5a886p-19 0x1.eb47d49f5a886p-19 0x1.76d13d6d71f50p-1 "
    ),
    (
        "0x1.3333333333333p-1 0x1.0000000000000p-1 0x1.999999999999ap-5 0x1.999999999999ap-2 "
        "0x0.0p+0 0x1.47ae147ae147bp-7 0x1.47ae147ae147bp-7 0x0.0p+0 0x1.0000000000000p+0 "
        "0x1.d289134829f9bp-3 0x1.389660ad924bap-6 0x1.3854114670c3ap-1 "
    ),
)
"""V, T_S, T_Sm, h_exc, h_S, gamma_S, gamma_Sm, gap_S, gap_Sm; then I_up, I_down and dIdV."""

GAPS = (
    ("0x1.6666666666666p-1 0x0.0p+0 0x1.0000000000000p+0 0x1.a854ab2be4f9ep-1"),
    ("0x1.3333333333333p-2 0x1.3333333333333p-1 0x1.0000000000000p+0 0x1.df373714b072bp-1"),
    ("0x1.ccccccccccccdp-1 0x1.3333333333333p-3 0x1.3333333333333p+0 0x1.d48152c74f6d2p-1"),
)
"""T, h, the zero-temperature gap; then the gap."""
