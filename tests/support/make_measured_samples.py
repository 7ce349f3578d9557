"""Make the sample files of measured curves, ``tests/data/measured``: one curve in many formats.

    python tests/support/make_measured_samples.py

The curve is made up: a gap of 200 µeV, 0.1 mS, and noise.
"""

import math
import random
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "data" / "measured"
_NANONIS = """\
Experiment\tbias spectroscopy
Saved Date\t03.06.2031 10:41:07
User\t
X (m)\t1.25E-9
Bias Spectroscopy>Sweep Start (V)\t-400E-6
Bias Spectroscopy>Sweep End (V)\t400E-6
Filter type\tnone

[DATA]
Bias calc (V)\tCurrent (A)\tLI Demod 1 X (A)\tBias (V)\tCurrent [bwd] (A)
"""


def curve():
    """Return the bias in µV, the current in pA and dI/dV in nS, all whole numbers."""
    noise = random.Random(1)
    rows = []
    for V in range(-400, 401, 20):
        beyond = math.sqrt(max(V**2 - 200**2, 0.0))
        current = math.copysign(100 * beyond, V) + noise.gauss(0, 60)
        slope = 100_000 * abs(V) / beyond if beyond > 60 else 300
        rows.append((V, round(current), round(slope + noise.gauss(0, 200))))
    return rows


def samples():
    """Return the bytes of each file by its name."""
    rows = curve()

    def lines(form):
        return [form(*row) for row in rows]

    def text(head, form, end="\n", encoding="utf-8"):
        return (end.join([*head, *lines(form)]) + end).encode(encoding)

    def comma(number):
        return str(number).replace(".", ",")

    conductance_quantum = 1.602176634e-19**2 / 6.62607015e-34
    return {
        "comma.csv": text(["V (mV),I (nA)"], lambda v, i, _: f"{v / 1e3},{i / 1e3}"),
        "tab_comments.txt": text(
            ["# junction C3, 35 mK", "# V (mV), I (nA)"],
            lambda v, i, _: f"{v / 1e3}\t{i / 1e3}",
        ),
        "semicolon_decimal_comma.csv": text(
            ["Bias voltage (mV);Current (A)"],
            lambda v, i, _: f"{comma(v / 1e3)};{comma(f'{i * 1e-12:.4E}')}",
            end="\r\n",
        ),
        "blanks.dat": text(
            ["% swept up", "% Vbias (uV)   I (nA)"],
            lambda v, i, _: f"  {v:8.1f}   {i / 1e3:10.4f}",
        ),
        "name_and_unit.tsv": text(["V_mV\tI_pA"], lambda v, i, _: f"{v / 1e3}\t{i}"),
        "line_of_units.txt": text(
            ["Bias\tCurrent\tdI/dV", "mV\tnA\tµS"],
            lambda v, i, g: f"{v / 1e3}\t{i / 1e3}\t{g / 1e3}",
        ),
        "long_names.txt": text(
            ["Bias voltage,Current,Note", "mV,nA,", "set,preamp 1e9,"],
            lambda v, i, _: f"{v / 1e3},{i / 1e3},ok",
        ),
        "latin1.txt": text(
            ["V (µV)\tI (nA)"],
            lambda v, i, _: f"{comma(f'{v:.3f}')}\t{comma(f'{i / 1e3:.3f}')}",
            end="\r\n",
            encoding="latin-1",
        ),
        "byte_order_mark.csv": text(
            ["V [µV], I [nA]"], lambda v, i, _: f"{v}, {i / 1e3}", encoding="utf-8-sig"
        ),
        "utf16.txt": text(
            ["U (mV)\tI (nA)"], lambda v, i, _: f"{v / 1e3}\t{i / 1e3}", "\r\n", "utf-16"
        ),
        "nanonis.dat": text(
            [_NANONIS.removesuffix("\n")],
            lambda v, i, g: "\t".join(
                f"{x:.8E}" for x in (v * 1e-6, i * 1e-12, g * 1e-15, v * 1e-6 + 2e-9, i * 1.01e-12)
            ),
        ),
        "savetxt.txt": text(
            ["# V (V) I (A)"], lambda v, i, _: f"{v * 1e-6:.18e} {i * 1e-12:.18e}"
        ),
        "fortran.dat": text(
            ["! V/V        I/A"], lambda v, i, _: f" {v:6d}.0D-06  {i:8d}.0D-12"
        ),
        "quoted.csv": text(
            ['"Run","V (mV)","I (nA)"'], lambda v, i, _: f'"a, b","{v / 1e3}","{i / 1e3}"'
        ),
        "no_header.txt": text([], lambda v, i, g: f"{g / 1e3} {i / 1e3} {v / 1e3}"),
        "no_units.csv": text(["time,V,I"], lambda v, i, _: f"0.5,{v / 1e3},{i / 1e3}"),
        "conductance.csv": text(
            ["V (mV),dI/dV (µS)"], lambda v, _, g: f"{v / 1e3},{g / 1e3}"
        ),
        "conductance_quantum.txt": text(
            ["V (mV)\tG (e²/h)"],
            lambda v, _, g: f"{v / 1e3}\t{g * 1e-9 / conductance_quantum:.12g}",
        ),
        "conductance_quotient.txt": text(
            ["# Vdc (V)  dI/dV (nA/mV)"], lambda v, _, g: f"{v * 1e-6:.6f}  {g / 1e3}"
        ),
        "lock_in.txt": text(
            ["V (mV)\tI (nA)\tLIX (V)"],
            lambda v, i, g: f"{v / 1e3}\t{i / 1e3}\t{g * 2e-6:.6f}",
        ),
    }  # fmt: skip


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in samples().items():
        (FOLDER / name).write_bytes(content)
