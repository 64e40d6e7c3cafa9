"""Calls of a real network, with a row for the prompt and one for the negative prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from pipelines.denoising.model_call import ModelCall, Rows
from pipelines.families.patches import NO_PATCHES

if TYPE_CHECKING:
    from pipelines.families.model import LoadedModel


def call_of(model: LoadedModel, *, is_cond: tuple[bool, ...] = (True, False), **changes: Any) -> ModelCall:
    """One picture of 64 pixels amid its steps; rows of one kind have the same text."""
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(1, 4, 8, 8, generator=generator).expand(len(is_cond), -1, -1, -1)
    texts = torch.randn(2, 77, model.context_width, generator=generator)
    values: dict[str, Any] = {
        "model": model,
        "patches": NO_PATCHES,
        "x": x.clone(),
        "timesteps": torch.full((len(is_cond),), 500.0),
        "context": texts[[0 if cond else 1 for cond in is_cond]],
        "rows": Rows(
            is_cond=is_cond, image=(0,) * len(is_cond), call=0, sigma=1.6, timestep=500.0, fraction=0.5
        ),
    }
    return ModelCall(**(values | changes))
