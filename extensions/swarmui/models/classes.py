"""The classes of models that clients know, by the beginnings of their ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelClass:
    """A class of models: the beginning of its ids, its label, the id of models that fit, its pictures' side."""

    start: str
    label: str
    compat: str
    side: int


CLASSES = (
    ModelClass(
        start="stable-diffusion-v1", label="Stable Diffusion v1", compat="stable-diffusion-v1", side=512
    ),
    ModelClass(
        start="stable-diffusion-v2-512", label="Stable Diffusion v2", compat="stable-diffusion-v2", side=512
    ),
    ModelClass(
        start="stable-diffusion-v2", label="Stable Diffusion v2", compat="stable-diffusion-v2", side=768
    ),
    ModelClass(
        start="stable-diffusion-xl-v1-refiner",
        label="Stable Diffusion XL 1.0 Refiner",
        compat="stable-diffusion-xl-v1-refiner",
        side=1024,
    ),
    ModelClass(
        start="stable-diffusion-xl-turbo",
        label="Stable Diffusion XL Turbo",
        compat="stable-diffusion-xl-v1",
        side=512,
    ),
    ModelClass(
        start="stable-diffusion-xl",
        label="Stable Diffusion XL 1.0",
        compat="stable-diffusion-xl-v1",
        side=1024,
    ),
    *(
        ModelClass(start=start, label=f"Stable Diffusion {name}", compat=compat, side=1024)
        for start, name, compat in (
            ("stable-diffusion-v3.5-large", "3.5 Large", "stable-diffusion-v3.5-large"),
            ("stable-diffusion-v3.5-medium", "3.5 Medium", "stable-diffusion-v3.5-medium"),
            ("stable-diffusion-v3", "3 Medium", "stable-diffusion-v3-medium"),
            ("stable-diffusion-3", "3 Medium", "stable-diffusion-v3-medium"),
        )
    ),
    *(
        ModelClass(start=start, label=f"Flux.1 {name}", compat="flux-1", side=1024)
        for start, name in (
            *(("flux.1-schnell", "Schnell"), ("flux-1-schnell", "Schnell")),
            *(("flux.1", "Dev"), ("flux-1", "Dev")),
        )
    ),
)
"""The first whose beginning fits counts, in any letter case; files of Stability have
``stable-diffusion-3…``, those of Black Forest Labs ``flux-1-…``."""
UNSIZED = 512
"""The side of a model of which nothing is known."""


def class_of(architecture: object) -> ModelClass | None:
    """The class of an id; None for one that isn't here."""
    text = str(architecture or "").lower()
    return next((one for one in CLASSES if text.startswith(one.start)), None)
