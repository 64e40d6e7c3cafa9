"""The latents of units' pictures: encoded once in a job, whichever passes, batches and units ask for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from extensions.controlnet.units.prepared import PreparedUnit, pixels
from pipelines.model_call import ModelCall

INPAINT_CHANNELS = 9
MASKED = 0.5
CELL = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLatents:
    """``encode``: (1, 3, H, W) in 0..1 -> (1, C, h, w). It may draw noise: once for each picture, then."""

    encode: Callable[[Tensor], Tensor]
    by_content: dict[tuple[object, ...], Tensor] = field(default_factory=dict[tuple[object, ...], Tensor])
    by_unit: dict[tuple[object, ...], Tensor] = field(default_factory=dict[tuple[object, ...], Tensor])

    def plain(self, unit: PreparedUnit, *, hires: bool) -> Tensor:
        """The unit's map in latent space, (1, C, h, w)."""
        return self._kept((id(unit), hires), lambda: pixels(unit.map(hires=hires))[:, :3])

    def masked(self, unit: PreparedUnit, *, hires: bool) -> tuple[Tensor, Tensor]:
        """The mask (1, 1, h, w) and the latent of what lies outside, of a unit with a mask."""
        values = pixels(unit.map(hires=hires))
        mask = (values[:, 3:4] > 0.5).float()
        outside = torch.where(mask > 0.5, MASKED, values[:, :3])
        return F.max_pool2d(mask, (CELL, CELL)), self._kept((id(unit), hires, MASKED), lambda: outside)

    def _kept(self, key: tuple[object, ...], picture: Callable[[], Tensor]) -> Tensor:
        """By unit, so that steps need not look at pixels again; by content, as equal pictures are one."""
        if key not in self.by_unit:
            values = picture().contiguous()
            content = (tuple(values.shape), hashlib.sha256(values.numpy().tobytes()).digest())
            if content not in self.by_content:
                self.by_content[content] = self.encode(values)
            self.by_unit[key] = self.by_content[content]
        return self.by_unit[key]


def repaints(unit: PreparedUnit) -> bool:
    """Whether a unit's map says what is to be repainted."""
    return "inpaint" in unit.unit.module.key and unit.base.shape[2] == 4


def conditioned(call: ModelCall, mask: Tensor, latent: Tensor) -> ModelCall:
    """An inpainting checkpoint's call with a unit's mask and picture in place of its own conditioning."""
    x = call.x
    rows = torch.cat([mask.to(x), latent.to(x)], dim=1).expand(len(x), -1, -1, -1)
    return replace(call, x=torch.cat([x[:, : INPAINT_CHANNELS - rows.shape[1]], rows], dim=1))
