"""Random junctions, as hostile as they can be drawn, and what the kernels make of them."""
