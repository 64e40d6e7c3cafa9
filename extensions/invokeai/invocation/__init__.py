"""Nodes: their bases, the decorators that make types of them, and where the types are found."""
