"""Rows of what is on disk: weight files, styles, extensions."""
