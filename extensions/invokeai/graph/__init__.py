"""Graphs: what they are, which are sound, and in which order their nodes run."""
