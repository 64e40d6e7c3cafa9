"""Probes and figures for operators."""
