"""Outputs of nodes, by type."""
