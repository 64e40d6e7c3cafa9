"""Seeds: variations, noise of another size, and other seeds for the noise that samplers add."""
