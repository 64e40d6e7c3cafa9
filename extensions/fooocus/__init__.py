"""Fooocus-API: its two generations of routes on the core's queue and engine."""
