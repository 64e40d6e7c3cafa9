"""Latents of the Stable Diffusion families, and how they look without an autoencoder."""

from __future__ import annotations

from pipelines.families.base import Latents, Previews

SD_LATENTS = Latents(channels=4, cell=8, scale=0.18215)
"""SD 1.x and 2.x."""

SDXL_LATENTS = Latents(channels=4, cell=8, scale=0.13025)

SD_PREVIEWS = Previews(
    rgb=(
        (0.298, 0.207, 0.208),
        (0.187, 0.286, 0.173),
        (-0.158, 0.189, 0.264),
        (-0.184, -0.271, -0.473),
    ),
    approx_nn=("model.pt", "vaeapprox-sd1.pt"),
    taesd="taesd",
)

SDXL_PREVIEWS = Previews(
    rgb=(
        (0.3448, 0.4168, 0.4395),
        (-0.1953, -0.0290, 0.0250),
        (0.1074, 0.0886, -0.0163),
        (-0.3730, -0.2499, -0.2088),
    ),
    approx_nn=("vaeapprox-sdxl.pt",),
    taesd="taesdxl",
)
