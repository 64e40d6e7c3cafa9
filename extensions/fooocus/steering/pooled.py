"""SDXL's pooled text as the sum over all chunks, where A1111 takes the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from extensions.fooocus.steering.sizes import NUMBERS, WIDTH
from pipelines.plugin import ModelCall, PictureSize, encode_prompts

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob

ANY = PictureSize(width=8, height=8)
"""Any size will do: its numbers are cut off again."""


class PooledText:
    """A call hook. ``positive`` and ``negative``: vectors (width,)."""

    def __init__(self, positive: Tensor, negative: Tensor) -> None:
        self._texts = (negative, positive)

    def __call__(self, call: ModelCall) -> ModelCall:
        """The call with its rows' own sums."""
        if call.vector is None:
            return call
        texts = torch.stack([self._texts[positive] for positive in call.rows.is_cond]).to(call.vector)
        return replace(call, vector=torch.cat([texts, call.vector[:, -NUMBERS * WIDTH :]], dim=1))


def pooled_text(job: GenerationJob, positive: Sequence[str], negative: Sequence[str]) -> PooledText | None:
    """The hook; None where each side is a single chunk, whose pooled text is the same anyway."""
    if len(positive) < 2 and len(negative) < 2:
        return None
    return PooledText(_summed(job, positive, negative=False), _summed(job, negative, negative=True))


def _summed(job: GenerationJob, chunks: Sequence[str], *, negative: bool) -> Tensor:
    conditioner = job.services.text_conditioner(job.loaded, ())
    encoded = encode_prompts(chunks, conditioner, job.request.options, ANY, is_negative=negative)
    vectors = [row.vector for row in encoded.rows if row.vector is not None]
    return torch.stack(vectors).sum(dim=0)[: -NUMBERS * WIDTH]
