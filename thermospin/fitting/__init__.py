"""Fits: from measured curves to the parameters of junctions, with their errors."""
