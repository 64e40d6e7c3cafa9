"""Graphs in the engine: one job each, whose nodes are plain functions that hand the engine its steps."""
