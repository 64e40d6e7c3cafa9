"""Samplers, schedulers and upscalers by the names that SwarmUI's clients know, and ours for them."""

from __future__ import annotations

from pipelines.plugin import KDIFFUSION_OPTIONS, KDIFFUSION_SAMPLERS, KDIFFUSION_SCHEDULES

SAMPLERS = {**KDIFFUSION_SAMPLERS, "plms": "PLMS"}
"""Our labels by the names that clients send; samplers that the engine lacks are not listed."""

SCHEDULERS = {
    **KDIFFUSION_SCHEDULES,
    "beta": "Beta",
    "kl_optimal": "KL Optimal",
    "polyexponential": "Polyexponential",
    "uniform": "Uniform",
}

OPTIONS = KDIFFUSION_OPTIONS
"""Options that belong to a sampler's name."""

ENLARGERS = {
    "pixel-lanczos": "Lanczos",
    "pixel-nearest-exact": "Nearest",
    "latent-bilinear": "Latent",
    "latent-bicubic": "Latent (bicubic)",
    "latent-nearest-exact": "Latent (nearest-exact)",
}
"""Ways to enlarge for the second pass; `model-NAME` is an upscaler of the catalog."""
PLAIN = frozenset({"Lanczos", "Nearest"})
"""Upscalers of the catalog that have a name of their own above."""
MODEL = "model-"


def enlarger(method: str) -> str:
    """Our name of a way to enlarge."""
    return ENLARGERS.get(method) or method.removeprefix(MODEL)
