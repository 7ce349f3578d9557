"""The gain of dense meshes, against their size, the temperature of S, Γ and rtol.

``python benchmarks/dense.py`` prints the tables of docs/evidence/dense.md; one thread, a minute.
"""

import numpy as np
from dense_gain import FIELDS, VOLTAGES, Mesh, gain_at

ROUNDS = 3
SIZES = ((36, 101), (71, 201), (141, 401), (281, 801), (561, 1601))


def table(head: str, rows: list[tuple[str, Mesh]]) -> None:
    """Print a table of the time of a point, together and alone, and their ratio.

    ``rows`` are the names of lines, and their meshes.
    """
    print(f"\n| {head} | ns a point | alone | gain |")
    print("| --- | ---: | ---: | ---: |")
    for name, mesh in rows:
        together, alone = gain_at(mesh, ROUNDS)
        points = mesh.fields.size * mesh.voltages.size
        print(
            f"| {name} | {1e9 * together / points:.0f} | {1e9 * alone / points:.0f} "
            f"| {alone / together:.1f} |"
        )


def main() -> None:
    """Measure, and print the tables of docs/evidence/dense.md."""
    sizes = [
        (
            f"{m} × {n}",
            Mesh(fields=np.linspace(0.0, 0.7, m), voltages=np.linspace(-2.0, 2.0, n)),
        )
        for m, n in SIZES
    ]
    table("fields × voltages", sizes)
    temperatures = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.95, 1.1)
    table("T_S", [(f"{T_S:g}", Mesh(T_S=T_S)) for T_S in temperatures])
    table("Γ", [(f"{gamma:.0e}", Mesh(gamma=gamma)) for gamma in 10.0 ** -np.arange(1.0, 9.0)])
    table("rtol", [(f"{rtol:.0e}", Mesh(rtol=rtol)) for rtol in 10.0 ** -np.arange(4.0, 13.0)])
    table("T_Sm", [(f"{T_Sm:g}", Mesh(T_Sm=T_Sm)) for T_Sm in (0.001, 0.01, 0.02, 0.03, 0.05)])
    reach = [
        (f"{end:g}", Mesh(fields=np.linspace(0.0, end, FIELDS.size)))
        for end in (0.3, 0.5, 0.7, 0.8, 0.9)
    ]
    table("largest field", reach)
    span = [
        (f"{end:g}", Mesh(voltages=np.linspace(-end, end, VOLTAGES.size)))
        for end in (0.3, 1.0, 2.0, 4.0)
    ]
    table("largest voltage", span)


if __name__ == "__main__":
    main()
