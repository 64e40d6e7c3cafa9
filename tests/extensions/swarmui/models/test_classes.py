"""Classes are found by the beginnings of ids."""

from __future__ import annotations

import pytest

from extensions.swarmui.models.classes import class_of


@pytest.mark.parametrize(
    ("architecture", "compat", "side"),
    [
        ("stable-diffusion-v1/lora", "stable-diffusion-v1", 512),
        ("stable-diffusion-v2-512", "stable-diffusion-v2", 512),
        ("stable-diffusion-v2-768-v", "stable-diffusion-v2", 768),
        ("stable-diffusion-xl-v1-base/lora", "stable-diffusion-xl-v1", 1024),
        ("stable-diffusion-xl-v1-refiner", "stable-diffusion-xl-v1-refiner", 1024),
        ("stable-diffusion-xl-turbo-v1", "stable-diffusion-xl-v1", 512),
        ("stable-diffusion-v3-medium", "stable-diffusion-v3-medium", 1024),
        ("stable-diffusion-3", "stable-diffusion-v3-medium", 1024),
        ("stable-diffusion-v3.5-large", "stable-diffusion-v3.5-large", 1024),
        ("Flux.1-dev", "flux-1", 1024),
        ("flux-1-schnell/lora", "flux-1", 1024),
    ],
)
def test_classes_by_the_beginning_of_their_ids(architecture: str, compat: str, side: int) -> None:
    found = class_of(architecture)
    assert found is not None
    assert (found.compat, found.side) == (compat, side)
    assert class_of("magic-v1") is None
    assert class_of(None) is None
