"""Reversible changes to a loaded model: merged networks, hypernetworks, circular padding."""
