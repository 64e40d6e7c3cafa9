"""Faces in pictures: found, recognised, parsed and drawn."""
