"""Upscalers by name: resampling filters and network files."""
