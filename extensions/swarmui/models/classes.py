"""The classes of models that clients know, by the beginnings of their ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelClass:
    """A class of models: what its ids begin with, its label, which models go with each other, its side."""

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
)
"""The first whose beginning fits counts."""
UNSIZED = 512
"""The side of a model of which nothing is known."""


def class_of(architecture: object) -> ModelClass | None:
    """The class of an id; None for one that isn't here."""
    text = str(architecture or "")
    return next((one for one in CLASSES if text.startswith(one.start)), None)
