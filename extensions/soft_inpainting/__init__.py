"""Soft inpainting: the mask opens with the noise level, and the overlay follows what really changed."""
