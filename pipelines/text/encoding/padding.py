"""Bring prompt and negative prompt to the same number of tokens, if an option asks for it (spec 3.9)."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.contract.options import GenerationOptions


def pad_context(
    context: Tensor, negative: Tensor, empty: Tensor | None, options: GenerationOptions
) -> tuple[Tensor, Tensor]:
    """Return both contexts, (rows, tokens, width), padded as the options say; unequal lengths may remain.

    ``empty`` (tokens, width) is the empty prompt's encoding; without it ``pad_cond_uncond`` does nothing.
    """
    if context.shape[1] == negative.shape[1]:
        return context, negative
    if options.pad_cond_uncond_v0:
        return context, pad_to_length(negative, context.shape[1])
    if options.pad_cond_uncond and empty is not None:
        return pad_with_empty(context, negative, empty)
    return context, negative


def pad_to_length(negative: Tensor, length: int) -> Tensor:
    """Repeat the last row up to ``length`` tokens, or cut there."""
    missing = length - negative.shape[1]
    if missing <= 0:
        return negative[:, :length]
    return torch.cat([negative, negative[:, -1:].expand(-1, missing, -1)], dim=1)


def pad_with_empty(context: Tensor, negative: Tensor, empty: Tensor) -> tuple[Tensor, Tensor]:
    """Append copies of the empty prompt to the shorter side, as many as fit."""
    repeats = (context.shape[1] - negative.shape[1]) // empty.shape[0]
    if repeats < 0:
        return _append(context, empty, -repeats), negative
    return context, _append(negative, empty, repeats)


def repeat_last_row(context: Tensor, length: int) -> Tensor:
    """Extend (tokens, width) to ``length`` tokens."""
    missing = length - context.shape[0]
    return context if missing <= 0 else torch.cat([context, context[-1:].expand(missing, -1)])


def _append(context: Tensor, empty: Tensor, repeats: int) -> Tensor:
    copies = empty.to(context).repeat(repeats, 1).expand(context.shape[0], -1, -1)
    return torch.cat([context, copies], dim=1)
