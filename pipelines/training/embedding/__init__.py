"""Textual inversions: created, trained, and put into pictures."""
