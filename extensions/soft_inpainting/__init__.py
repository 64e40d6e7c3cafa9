"""Soft inpainting: the mask opens with the noise level, and overlays follow the changes of the latents."""
