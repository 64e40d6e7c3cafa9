"""Decoupled attention: every cross-attention attends to image tokens in addition to the text's."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, cast

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention
from torch import Tensor, nn

from extensions.controlnet.image_prompts.adapter import KeysValues
from extensions.controlnet.image_prompts.cross_attention import cross_attentions
from extensions.controlnet.image_prompts.pulid import identity_mass, restrained
from extensions.controlnet.units.spellings import PulidMode
from pipelines.plugin import ModelCall


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImagePrompt:
    """One unit's part: keys and values of every cross-attention, and a weight for each transformer.

    ``tokens`` (2, tokens, context) are those that keys and values come from, the negative prompt's first.

    ``region`` is (1, 1, h, w) in 0..1, None for everywhere. ``pulid``: the mode of a PuLID face.
    """

    tokens: Tensor
    attentions: Sequence[KeysValues]
    weights: Sequence[float]
    region: Tensor | None = None
    pulid: PulidMode | None = None


@dataclass(slots=True, kw_only=True)
class DecoupledAttention:
    """Entered around one model call; leaving takes every hook off again."""

    call: ModelCall
    prompts: Sequence[ImagePrompt]
    stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> object:
        """Hook the attentions on which some unit acts."""
        for index, (number, attention) in enumerate(cross_attentions(self.call.model.unet)):
            acting = [prompt for prompt in self.prompts if prompt.weights[number] > 0]
            if acting:
                self._hook(attention, acting, index, number)
        return self

    def __exit__(self, *error: object) -> None:
        """Take the hooks off."""
        self.stack.close()

    def _hook(self, attention: Attention, prompts: Sequence[ImagePrompt], index: int, number: int) -> None:
        kept: list[tuple[Tensor, Tensor]] = []
        rows = [int(is_cond) for is_cond in self.call.rows.is_cond]

        def keep(owner: nn.Module, args: tuple[Any, ...], output: Tensor) -> None:
            kept[:] = [(cast("Tensor", args[0]), output)]

        def add(owner: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
            hidden = cast("Tensor", args[0])
            own, query = kept.pop()
            for prompt in prompts:
                attended = attend(prompt, index, own, query, rows, attention.heads)
                if prompt.region is not None:
                    attended = attended * self._region(prompt.region, attended)
                hidden = hidden + prompt.weights[number] * attended
            return (hidden, *args[1:])

        out = cast("nn.ModuleList", attention.to_out)[0]
        self.stack.callback(attention.to_q.register_forward_hook(keep).remove)
        self.stack.callback(out.register_forward_pre_hook(add).remove)

    def _region(self, region: Tensor, like: Tensor) -> Tensor:
        """The region at the level of ``like``, as (1, tokens, 1)."""
        size = token_grid(self.call.x.shape[-2], self.call.x.shape[-1], like.shape[1])
        grid = F.interpolate(region.to(like), size=size, mode="bilinear")
        return grid.flatten(2).transpose(1, 2)


def attend(
    prompt: ImagePrompt, index: int, hidden: Tensor, query: Tensor, rows: Sequence[int], heads: int
) -> Tensor:
    """Attend to one unit's image tokens in cross-attention ``index``: (rows, n, inner).

    ``rows``: 1 for those that read the prompt's tokens, 0 for those that read the negative prompt's.
    """
    pair = prompt.attentions[index]
    read = (chosen_rows(part.to(query), rows) for part in (pair.keys, pair.values))
    queries, keys, values = (_by_head(x, heads) for x in (query, *read))
    attended = F.scaled_dot_product_attention(queries, keys, values).transpose(1, 2).flatten(2)
    if prompt.pulid is None:
        return attended
    mass = identity_mass(queries, keys) if prompt.pulid is PulidMode.FIDELITY else None
    return restrained(attended, hidden, mass)


def chosen_rows(x: Tensor, rows: Sequence[int]) -> Tensor:
    """(len(rows), ...): these rows of ``x``; indexing by a list would send it to the GPU at every step."""
    return torch.stack([x[row] for row in rows])


def _by_head(x: Tensor, heads: int) -> Tensor:
    return x.unflatten(2, (heads, -1)).transpose(1, 2)


def token_grid(height: int, width: int, tokens: int) -> tuple[int, int]:
    """(height, width) of the level of a latent of that size that has so many tokens. Raises ValueError."""
    while height * width > tokens:
        height, width = (height + 1) // 2, (width + 1) // 2
    if height * width != tokens:
        raise ValueError(f"no level of the latent has {tokens} tokens")
    return height, width
