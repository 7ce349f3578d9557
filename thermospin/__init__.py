"""Parameter sweeps of the quasiparticle currents of superconducting tunnel junctions."""

__version__ = "0.1.0"
