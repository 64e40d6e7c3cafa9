"""Add a T2I-Adapter's features to the hidden states of the UNet's encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, cast

import torch.nn.functional as F
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn

from extensions.controlnet.control.injection.inject import cond_rows, placed
from extensions.controlnet.control.injection.strength import layer_weights
from extensions.controlnet.prepare.prepared import PreparedUnit
from pipelines.plugin import ModelCall

SOFT_RAMP = (0.25, 0.62, 0.825, 1.0)
SDXL_LEVELS = 3


@dataclass(slots=True)
class AdapterFeatures:
    """One call's features, shallowest first; entered around the UNet."""

    unet: UNet2DConditionModel
    features: Sequence[Tensor]
    stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> object:
        """Hook the encoder, so that it adds the features."""
        for module, feature in zip(places(self.unet), self.features, strict=True):
            self.stack.callback(module.register_forward_hook(_adding(feature)).remove)
        return self

    def __exit__(self, *error: object) -> None:
        """Take the hooks off."""
        self.stack.close()


def adapter_hook(
    call: ModelCall, unit: PreparedUnit, features: Sequence[Tensor], *, hires: bool
) -> AdapterFeatures:
    """The features as the unit's weight, mode and region change them."""
    weights = layer_weights(unit.unit, len(features), hires=hires, ramp=SOFT_RAMP)
    rows = cond_rows(unit, call)
    region = unit.region_on(call.model.device)
    scaled = [placed(f * weight, region, rows) for f, weight in zip(features, weights, strict=True)]
    return AdapterFeatures(call.model.unet, scaled)


def places(unet: UNet2DConditionModel) -> list[nn.Module]:
    """The modules to whose outputs the four features are added.

    Every level's last block; in SDXL the first level's downsampler, the others' last blocks, the middle.
    """
    levels: list[Any] = list(unet.down_blocks)
    if len(levels) == SDXL_LEVELS:
        first: nn.Module = levels[0].downsamplers[0]
        return [first, *(_last(level) for level in levels[1:]), cast("nn.Module", unet.mid_block)]
    return [_last(level) for level in levels]


def _last(level: Any) -> nn.Module:
    module: nn.Module = (getattr(level, "attentions", None) or level.resnets)[-1]
    return module


def _adding(feature: Tensor) -> Callable[[nn.Module, Any, Any], Any]:
    def add(module: nn.Module, args: Any, output: Any) -> Any:
        hidden: Tensor = output[0] if isinstance(output, tuple) else output
        added = feature.to(hidden)
        if added.shape[-2:] != hidden.shape[-2:]:
            added = F.interpolate(added, size=hidden.shape[-2:])
        total = hidden + added
        return (total,) if isinstance(output, tuple) else total

    return add
