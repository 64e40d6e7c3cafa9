"""Families that are recognised, so that the refusal can name them."""

from __future__ import annotations

from pipelines.families.base import Family, Latents, Previews

NO_LATENTS = Latents(channels=0, cell=1, scale=1.0)

UNSUPPORTED = tuple(
    Family(name=name, title=title, supported=False, latents=NO_LATENTS, previews=Previews(rgb=()))
    for name, title in (
        ("sd3", "Stable Diffusion 3"),
        ("flux", "FLUX"),
        ("sd2_depth", "Stable Diffusion 2 depth"),
        ("unclip", "Stable Diffusion 2 unCLIP"),
        ("alt", "AltDiffusion"),
        ("pixart", "PixArt"),
        ("cascade", "Stable Cascade"),
        ("hunyuan", "Hunyuan-DiT"),
        ("auraflow", "AuraFlow"),
        ("lumina", "Lumina"),
    )
)
