"""Stable Diffusion 1.x, 2.x and XL: everything in which they differ from other families."""
