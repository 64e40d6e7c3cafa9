"""Detectors: which a name means, how each is loaded, and what it finds."""
