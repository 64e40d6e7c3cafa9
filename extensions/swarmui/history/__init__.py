"""Saved pictures: their places, names, metadata and stars, the index and its listings."""
