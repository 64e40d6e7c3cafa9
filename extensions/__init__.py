"""Plugins on the project's own hooks."""
