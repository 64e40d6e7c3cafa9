"""Token merging: self-attention on fewer tokens, similar ones being averaged and copied back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The tokens of a grid that are merged, and those that they are merged into. Indices are (B, n, 1).

    ``kept`` and ``merged`` index the sources, ``into`` the destination of each merged one;
    ``source_places`` and ``destination_places`` index the tokens.
    """

    kept: Tensor
    merged: Tensor
    into: Tensor
    source_places: Tensor
    destination_places: Tensor

    def merge(self, tokens: Tensor) -> Tensor:
        """Merge (B, N, C) to (B, N - merged, C): sources left over, then destinations with the merged."""
        sources = _take(tokens, self.source_places)
        index = self.into.expand(-1, -1, tokens.shape[-1])
        destinations = _take(tokens, self.destination_places).scatter_reduce(
            1, index, _take(sources, self.merged), reduce="mean"
        )
        return torch.cat([_take(sources, self.kept), destinations], dim=1)

    def unmerge(self, tokens: Tensor) -> Tensor:
        """Bring (B, N - merged, C) back to (B, N, C); merged tokens get their destination's value."""
        count = self.kept.shape[1]
        kept, destinations = tokens[:, :count], tokens[:, count:]
        total = self.source_places.shape[1] + self.destination_places.shape[1]
        result = tokens.new_zeros(tokens.shape[0], total, tokens.shape[2])
        _put(result, self.destination_places, destinations)
        _put(result, _take(self.source_places, self.kept), kept)
        _put(result, _take(self.source_places, self.merged), _take(destinations, self.into))
        return result


def plan_merge(metric: Tensor, height: int, width: int, ratio: float) -> Merge | None:
    """Bolya and Hoffman, "Token Merging for Fast Stable Diffusion" (2023), without randomness.

    ``metric`` (B, height * width, C). Destinations are the top-left tokens of the 2 x 2 cells; of the
    others, the ``ratio`` share of all tokens that are most similar to a destination is merged into it.
    None if there is nothing to merge.
    """
    destination_places, source_places = _places(height, width, metric)
    count = min(source_places.shape[1], int(height * width * ratio))
    if count <= 0 or destination_places.shape[1] == 0:
        return None
    unit = metric / metric.norm(dim=-1, keepdim=True)
    scores = _take(unit, source_places) @ _take(unit, destination_places).transpose(-1, -2)
    best, closest = scores.max(dim=-1)
    ranked = best.argsort(dim=-1, descending=True).unsqueeze(-1)
    merged = ranked[:, :count]
    return Merge(
        kept=ranked[:, count:],
        merged=merged,
        into=closest.unsqueeze(-1).gather(1, merged),
        source_places=source_places,
        destination_places=destination_places,
    )


class TokenMergingPatcher:
    """Hooks on the self-attentions of one UNet (diffusers' ``BasicTransformerBlock.attn1``).

    Only blocks with one token for every latent cell merge; SDXL has none, so nothing changes there.
    """

    def __init__(self, unet: nn.Module) -> None:
        self._unet = unet
        self._handles: list[RemovableHandle] = []
        self._size = (0, 0)

    def apply(self, ratio: float) -> None:
        """Merge this share (0..1) of tokens from now on; 0 leaves no trace."""
        for handle in self._handles:
            handle.remove()
        self._handles = []
        if ratio <= 0:
            return
        self._handles.append(self._unet.register_forward_pre_hook(self._see_latents, with_kwargs=True))
        for module in self._unet.modules():
            attention = getattr(module, "attn1", None)
            if isinstance(attention, nn.Module):
                self._handles += self._hook(module, attention, ratio)

    def _see_latents(self, _module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        latents = cast("Tensor", args[0] if args else kwargs["sample"])
        self._size = (latents.shape[-2], latents.shape[-1])

    def _hook(self, block: nn.Module, attention: nn.Module, ratio: float) -> list[RemovableHandle]:
        current: list[Merge | None] = [None]

        def plan(_module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            tokens = cast("Tensor", args[0] if args else kwargs["hidden_states"])
            height, width = self._size
            fits = tokens.shape[1] == height * width
            current[0] = plan_merge(tokens, height, width, ratio) if fits else None

        def before(_module: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
            return None if current[0] is None else (current[0].merge(args[0]), *args[1:])

        def after(_module: nn.Module, _args: tuple[Any, ...], output: Tensor) -> Tensor | None:
            return None if current[0] is None else current[0].unmerge(output)

        return [
            block.register_forward_pre_hook(plan, with_kwargs=True),
            attention.register_forward_pre_hook(before),
            attention.register_forward_hook(after),
        ]


def _places(height: int, width: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Return token indices (B, n, 1) of destinations and sources; nothing waits for the device."""
    corner = torch.zeros(height, width, dtype=torch.uint8, device=like.device)
    corner[: height // 2 * 2 : 2, : width // 2 * 2 : 2] = 1
    order = corner.flatten().argsort(stable=True)[None, :, None].expand(like.shape[0], -1, -1)
    count = (height // 2) * (width // 2)
    sources = height * width - count
    return order[:, sources:], order[:, :sources]


def _take(tokens: Tensor, index: Tensor) -> Tensor:
    return tokens.gather(1, index.expand(-1, -1, tokens.shape[-1]))


def _put(target: Tensor, index: Tensor, values: Tensor) -> None:
    target.scatter_(1, index.expand(-1, -1, target.shape[-1]), values)
