"""What concerns the processor and the compiler, and not the physics."""
