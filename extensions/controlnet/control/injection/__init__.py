"""Bring control into a pass: how strongly, when, and what else changes a prediction."""
