"""Hypernetworks: created and trained."""
