"""Textual inversions: their files, their names, and pictures that carry them."""
