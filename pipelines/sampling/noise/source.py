"""Sources of normals: a generator of the device, one of the CPU, or the NV emulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import torch
from torch import Tensor

from pipelines.sampling.noise.philox import Philox

Source = Literal["GPU", "CPU", "NV"]
Stream: TypeAlias = Callable[[tuple[int, ...]], Tensor]
"""Draws standard normals of a shape, float32 on the compute device; each draw advances it."""

_SEED_MASK = 0xFFFFFFFFFFFFFFFF


def stream(source: Source, seed: int, device: torch.device) -> Stream:
    """A fresh stream of normals. ``GPU`` means the compute device, which may be the CPU."""
    seed &= _SEED_MASK
    if source == "NV":
        philox = Philox(seed)
        return lambda shape: philox.randn(shape).to(device)
    place = device if source == "GPU" and device.type == "cuda" else torch.device("cpu")
    generator = torch.Generator(place).manual_seed(seed)
    return lambda shape: torch.randn(shape, generator=generator, device=place).to(device)


def reseed_global(source: Source, seed: int) -> None:
    """Seed torch's global generators as a seeded draw does; NV leaves them alone.

    The posterior noise of the VAE is drawn from them later.
    """
    if source != "NV":
        torch.manual_seed(seed & _SEED_MASK)  # pyright: ignore[reportUnknownMemberType]
