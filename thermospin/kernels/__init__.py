"""Every compiled function of the package: floats in, floats out; no units, no input, no output."""
