"""Saved pictures: where they lie, what they are called, what they carry, and lists of them."""
