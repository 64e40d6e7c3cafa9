"""Prompt tags, evaluated for one picture."""
