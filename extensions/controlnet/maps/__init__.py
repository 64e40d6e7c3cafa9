"""Preprocessors by name: their sliders, their files, and what runs them."""
