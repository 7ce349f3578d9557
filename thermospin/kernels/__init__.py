"""The compiled physics: floats in reduced units in, floats out; no files, no checks of input."""
