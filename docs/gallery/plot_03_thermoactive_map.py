r"""
Where a junction is thermoactive
================================

Blue is a negative conductance at zero bias: heat alone drives a current, and an open junction
takes a voltage of either sign by itself. It begins at the dashed line, where the exchange field
is :math:`h_t = \Delta_{Sm} - \Delta_S(T_S)` and edges of both leads meet at V = 0, and is
strongest just behind it. This is Fig. 2(b) of the paper, on 71 × 71 points.
"""

import thermospin as ts

spec = {
    "fixed": {"T_Sm": 0.01, "gamma": 1e-4},
    "axes": {
        "T_S": {"start": 0.3, "stop": 1, "num": 71},
        "h_exc": {"start": 0, "stop": 0.7, "num": 71},
    },
    "outputs": ["G_0"],
}
figure = ts.plot(ts.sweep(spec))
