"""Graphs: their form, their checks, and the order in which their nodes run."""
