"""Attention by regions: in every cross-attention, parts of a picture read tokens of their own."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import torch
import torch.nn.functional as F
from diffusers.models.attention import BasicTransformerBlock
from torch import Tensor, nn

from pipelines.denoising.model_call import ModelCall

UNREAD = -10000.0
"""Added to the score of a token that a place doesn't read; fp16 can hold it."""
COVERED = 0.5
"""A place is in a region whose mask is larger there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TokenRegions:
    """The tokens of a prompt that each region of a picture reads; a place in no region reads all of them.

    ``masks`` (parts, h, w) in 0..1, of the latents' size. ``lengths``: tokens of each part, in order.
    """

    masks: Tensor
    lengths: tuple[int, ...]

    def scores(self, queries: int, keys: int) -> Tensor:
        """Return the scores to add at the level with so many places, (queries, keys). Raises ValueError.

        Going down a level joins four places; the joined one is in each region that one of them is in.
        """
        masks = self.masks.float()[None]
        while masks.shape[-2] * masks.shape[-1] > queries:
            masks = F.max_pool2d(masks, kernel_size=2, stride=2, ceil_mode=True)
        if masks.shape[-2] * masks.shape[-1] != queries or sum(self.lengths) != keys:
            raise ValueError(
                f"regions of {sum(self.lengths)} tokens don't fit {queries} places, {keys} tokens"
            )
        inside = masks[0].flatten(1) > COVERED
        read = inside | ~inside.any(dim=0, keepdim=True)
        rows = [part.expand(length, -1) for part, length in zip(read, self.lengths, strict=True)]
        return torch.cat(rows).T.logical_not() * UNREAD


class RegionalAttention:
    """A call hook: rows of the prompt and of the negative prompt read by regions; None reads everything.

    Scores are made once for each level and stay on the device.
    """

    def __init__(self, prompt: TokenRegions | None, negative: TokenRegions | None) -> None:
        self._regions = {True: prompt, False: negative}
        self._made: dict[tuple[object, ...], Tensor] = {}

    def __call__(self, call: ModelCall, /) -> ModelCall:
        """Return the call with attention by regions entered around it, if one of its rows has any."""
        if all(self._regions[is_cond] is None for is_cond in call.rows.is_cond):
            return call
        return replace(call, attention=(*call.attention, _Entered(call=call, regions=self)))

    def mask(self, rows: tuple[bool, ...], queries: Tensor, keys: int) -> Tensor:
        """Return scores (rows, places, tokens) for queries (rows, places, width)."""
        key = (rows, queries.shape[1], keys, queries.dtype)
        if key not in self._made:
            one = {is_cond: self._scores(is_cond, queries, keys) for is_cond in sorted(set(rows))}
            self._made[key] = torch.stack([one[is_cond] for is_cond in rows])
        return self._made[key]

    def _scores(self, is_cond: bool, queries: Tensor, keys: int) -> Tensor:
        regions, places = self._regions[is_cond], queries.shape[1]
        return (
            queries.new_zeros(places, keys) if regions is None else regions.scores(places, keys).to(queries)
        )


@dataclass(slots=True, kw_only=True)
class _Entered:
    """A context in which every cross-attention of the UNet is given the masks of a call's rows."""

    call: ModelCall
    regions: RegionalAttention
    stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> None:
        for module in self.call.model.unet.modules():
            if isinstance(module, BasicTransformerBlock):
                attention: Any = module.attn2
                self.stack.callback(
                    attention.register_forward_pre_hook(self._masked, with_kwargs=True).remove
                )

    def __exit__(self, *error: object) -> None:
        self.stack.close()

    def _masked(
        self, module: nn.Module, inputs: tuple[Any, ...], more: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        queries, keys = inputs[0], more["encoder_hidden_states"].shape[1]
        return inputs, {**more, "attention_mask": self.regions.mask(self.call.rows.is_cond, queries, keys)}
