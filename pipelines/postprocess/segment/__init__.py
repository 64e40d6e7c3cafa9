"""Masks from pictures: of things that words name, of boxes and points, of what stands out."""
