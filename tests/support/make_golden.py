"""Freeze the self-test's points: ``python tests/support/make_golden.py`` writes ``golden.py``.

Each number comes from :mod:`reference`, for junctions that between them take every path of the
kernels: both kinds of integral, a frozen cold lead, coincident edges, a current next to V = 0, a
normal lead, unequal broadenings, exchange fields of either sign, and the gap equation below and
above the tricritical temperature. Takes a few seconds.
"""

import textwrap
from pathlib import Path

from reference import differential_conductance, spin_current, stable_gap

TARGET = Path(__file__).parents[2] / "thermospin" / "execution" / "golden.py"
HEADER = '''"""Golden points that ``tests/support/make_golden.py`` made from the slow reference.

Numbers are hexadecimal, so that not one bit depends on how decimals are read. Units are reduced.
"""

'''
POINTS = (  # V, then T_S, T_Sm, h_exc, h_S, gamma_S, gamma_Sm, gap_S, gap_Sm
    (0.1, 0.7, 0.01, 0.3, 0.0, 1e-4, 1e-4, 0.8288, 1.0),
    (0.1288, 0.7, 0.01, 0.3, 0.0, 1e-4, 1e-4, 0.8288, 1.0),
    (1.75, 0.4, 0.02, -0.2, 0.1, 1e-6, 1e-3, 0.97, 0.99),
    (1e-5, 0.8, 0.3, 0.0, 0.0, 1e-3, 1e-3, 0.74, 0.99),
    (0.6, 0.5, 0.05, 0.4, 0.0, 1e-2, 1e-2, 0.0, 1.0),
)
FIELDS = ("V", "T_S", "T_Sm", "h_exc", "h_S", "gamma_S", "gamma_Sm", "gap_S", "gap_Sm")
GAPS = ((0.7, 0.0, 1.0), (0.3, 0.6, 1.0), (0.9, 0.15, 1.2))  # T, h, zero-temperature gap


def table(name: str, meaning: str, rows: list[tuple[float, ...]]) -> str:
    """Return a tuple of rows of numbers as Python text."""
    parts = [textwrap.wrap(" ".join(float(x).hex() for x in row), 88) for row in rows]
    texts = [
        f'("{lines[0]}"),' if len(lines) == 1 else "(\n" + quoted(lines) + "\n)," for lines in parts
    ]
    body = textwrap.indent("\n".join(texts), "    ")
    return f'{name} = (\n{body}\n)\n"""{meaning}"""\n'


def quoted(lines: list[str]) -> str:
    """Return lines of text as Python strings that follow each other."""
    return "\n".join(f'    "{line} "' for line in lines)


def main() -> None:
    """Write the module."""
    points = []
    for V, *leads in POINTS:
        up, down = (spin_current(V, sigma, *leads) for sigma in (1, -1))
        points.append((V, *leads, up, down, differential_conductance(V, *leads)))
    gaps = [(T, h, gap, stable_gap(T, h, gap)) for T, h, gap in GAPS]
    words = ", ".join(FIELDS)
    text = HEADER + table("POINTS", f"{words}; then I_up, I_down and dIdV.", points)
    text += "\n" + table("GAPS", "T, h, the zero-temperature gap; then the gap.", gaps)
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
