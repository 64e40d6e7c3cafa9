"""Ways to enlarge latents by interpolation, by the names that hires fix knows them under."""

from __future__ import annotations

LATENT_MODES: dict[str, tuple[str, bool]] = {
    "Latent": ("bilinear", False),
    "Latent (antialiased)": ("bilinear", True),
    "Latent (bicubic)": ("bicubic", False),
    "Latent (bicubic antialiased)": ("bicubic", True),
    "Latent (nearest)": ("nearest", False),
    "Latent (nearest-exact)": ("nearest-exact", False),
}
"""Name -> interpolation mode of torch and whether it is antialiased, in A1111's order."""
