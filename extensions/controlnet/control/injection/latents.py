"""The latents of units' pictures: encoded once in a job, for all passes, batches and units."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from extensions.controlnet.prepare.prepared import PreparedUnit, pixels
from pipelines.plugin import ModelCall

MASKED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLatents:
    """``encode``: (1, 3, H, W) in 0..1 -> (1, C, h, w). It may draw noise, so it is called once per picture.

    ``cell``: pixels along the side of a latent cell.
    """

    encode: Callable[[Tensor], Tensor]
    cell: int
    by_content: dict[tuple[object, ...], Tensor] = field(default_factory=dict[tuple[object, ...], Tensor])
    by_unit: dict[tuple[object, ...], Tensor] = field(default_factory=dict[tuple[object, ...], Tensor])

    def plain(self, unit: PreparedUnit, *, hires: bool) -> Tensor:
        """The unit's map in latent space, (1, C, h, w)."""
        return self._kept((id(unit), hires), lambda: self._encoded(pixels(unit.map(hires=hires))[:, :3]))

    def masked(self, unit: PreparedUnit, *, hires: bool) -> Tensor:
        """(1, 1 + C, h, w): a unit's mask, and the latent of its picture with the masked part grey."""
        return self._kept((id(unit), hires, MASKED), lambda: self._masked(pixels(unit.map(hires=hires))))

    def _masked(self, values: Tensor) -> Tensor:
        mask = (values[:, 3:4] > 0.5).float()
        latent = self._encoded(torch.where(mask > 0.5, MASKED, values[:, :3]))
        return torch.cat([F.max_pool2d(mask, (self.cell, self.cell)).to(latent), latent], dim=1)

    def _kept(self, key: tuple[object, ...], make: Callable[[], Tensor]) -> Tensor:
        """Keep a tensor by unit, so that steps need not hash pixels again."""
        if key not in self.by_unit:
            self.by_unit[key] = make()
        return self.by_unit[key]

    def _encoded(self, values: Tensor) -> Tensor:
        """Encode a picture, or return the latent of one with the same pixels."""
        values = values.contiguous()
        key = (tuple(values.shape), hashlib.sha256(values.numpy().tobytes()).digest())
        if key not in self.by_content:
            self.by_content[key] = self.encode(values)
        return self.by_content[key]


def conditioned(call: ModelCall, masked: Tensor) -> ModelCall:
    """An inpainting checkpoint's call with a unit's mask and picture in place of its own conditioning."""
    x = call.x
    rows = masked.to(x).expand(len(x), -1, -1, -1)
    return replace(call, x=torch.cat([x[:, : -rows.shape[1]], rows], dim=1))
