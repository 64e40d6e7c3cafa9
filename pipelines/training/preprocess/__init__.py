"""Prepare pictures for training: cut, mirror, describe."""
