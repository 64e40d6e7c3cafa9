"""Encoded prompts, by family."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

import torch
from torch import Tensor


class _Movable:
    """A record whose tensors go to a device together."""

    def to(self, device: torch.device | None, dtype: torch.dtype | None = None) -> Self:
        """Move all tensors in place, and return the record itself."""
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, Tensor):
                setattr(self, field.name, value.to(device=device, dtype=dtype))
        return self


@dataclass
class BasicConditioningInfo(_Movable):
    """The encoded prompt of Stable Diffusion 1 and 2: (1, tokens, width)."""

    embeds: Tensor


@dataclass
class SDXLConditioningInfo(BasicConditioningInfo):
    """The encoded prompt of SDXL, with the pooled text (1, width) and sizes (1, 6); the refiner's (1, 5)."""

    pooled_embeds: Tensor
    add_time_ids: Tensor


@dataclass
class FLUXConditioningInfo(_Movable):
    """The encoded prompt of FLUX.1."""

    clip_embeds: Tensor
    t5_embeds: Tensor


@dataclass
class SD3ConditioningInfo(_Movable):
    """The encoded prompt of Stable Diffusion 3."""

    clip_l_pooled_embeds: Tensor
    clip_l_embeds: Tensor
    clip_g_pooled_embeds: Tensor
    clip_g_embeds: Tensor
    t5_embeds: Tensor | None


@dataclass
class CogView4ConditioningInfo(_Movable):
    """The encoded prompt of CogView 4."""

    glm_embeds: Tensor


@dataclass
class ExtraConditioningInfo:
    """A record of releases before 4.2, which packs still import; nothing reads it."""

    tokens_count_including_eos_bos: int = 0


@dataclass
class ConditioningFieldData:
    """Conditioning as it is stored: a list of one encoded prompt."""

    conditionings: list[Any]


KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        BasicConditioningInfo,
        SDXLConditioningInfo,
        FLUXConditioningInfo,
        SD3ConditioningInfo,
        CogView4ConditioningInfo,
    )
}


def pack(data: ConditioningFieldData) -> Any:
    """Turn conditioning into pairs of a class name and fields, with tensors copied to the CPU."""
    return [
        (type(info).__name__, {field.name: _on_cpu(getattr(info, field.name)) for field in fields(info)})
        for info in data.conditionings
    ]


def unpack(packed: Any) -> ConditioningFieldData:
    """Build conditioning from what ``pack`` returned, with tensors copied."""
    return ConditioningFieldData(
        conditionings=[
            KINDS[name](**{key: _copied(value) for key, value in values.items()}) for name, values in packed
        ]
    )


def _on_cpu(value: Any) -> Any:
    return value.detach().cpu().clone() if isinstance(value, Tensor) else value


def _copied(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value
