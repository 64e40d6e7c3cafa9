"""Faces in pictures: where they are, whose they are, and what is drawn of them."""
