"""PuLID: tokens of a face, and attention that leaves the picture's own content alone.

Guo et al. 2024, "PuLID: Pure and Lightning ID Customization via Contrastive Alignment", arXiv:2404.16022.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from extensions.controlnet.image_prompts.layout import FEATURES, AdapterLayout
from extensions.controlnet.units.spellings import PulidMode

HIDDEN_LIMIT = 1024
ZEROS = {PulidMode.FIDELITY: 8, PulidMode.STYLE: 16}
"""Tokens of zeros behind those of the face, which take attention away from it."""
IDENTITY_TOKENS = 5


class PortraitProjection(nn.Module):
    """Identity (1, I) and features (1, T, W) of five layers -> (1, tokens + 5, context)."""

    def __init__(self, layout: AdapterLayout) -> None:
        super().__init__()
        context, tokens = layout.context_width, (layout.tokens or FEATURES) - FEATURES
        self.context = context
        first, second = (min(context * tokens // share, HIDDEN_LIMIT) for share in (4, 2))
        self.body = _mlp(layout.input_width, first, second, context * tokens)
        for index in range(FEATURES):
            # the file's names: one for the class token, one for the mean of all others
            self.add_module(f"mapping_{index}", _mlp(layout.width, layout.width, layout.width, context))
            self.add_module(f"mapping_patch_{index}", _mlp(layout.width, layout.width, layout.width, context))

    def forward(self, identity: Tensor, *features: Tensor) -> Tensor:
        """The tokens of the identity, then one for each layer."""
        tokens = [self.body(identity).unflatten(1, (-1, self.context))]
        for index, states in enumerate(features):
            whole = self.get_submodule(f"mapping_{index}")(states[:, :1])
            patches = self.get_submodule(f"mapping_patch_{index}")(states[:, 1:])
            tokens.append(whole + patches.mean(dim=1, keepdim=True))
        return torch.cat(tokens, dim=1)


def with_zeros(tokens: Tensor, mode: PulidMode) -> Tensor:
    """The tokens (rows, n, context) and the mode's zeros behind them."""
    return torch.cat([tokens, tokens.new_zeros(len(tokens), ZEROS[mode], tokens.shape[2])], dim=1)


def restrained(attended: Tensor, hidden: Tensor, mass: Tensor | None) -> Tensor:
    """The attended values, less the part along the picture's own hidden states.

    ``attended`` and ``hidden`` (rows, n, inner). ``mass`` (rows, n, 1): the share of attention that falls on
    the identity; that share of the part is kept. None, for style, removes it whole.
    """
    attended32, hidden32 = attended.float(), hidden.float()
    along = (attended32 * hidden32).sum(dim=1, keepdim=True) / hidden32.square().sum(dim=1, keepdim=True)
    given_back = 0.0 if mass is None else mass.float()
    return (attended32 + (given_back - 1.0) * along * hidden32).to(attended.dtype)


def identity_mass(query: Tensor, keys: Tensor) -> Tensor:
    """(rows, n, 1): attention on the identity's tokens, mean over heads; the products are not scaled.

    ``query`` (rows, heads, n, d), ``keys`` (rows, heads, tokens, d).
    """
    shares = (query @ keys.transpose(-2, -1)).softmax(dim=-1).mean(dim=1)
    return shares[:, :, :IDENTITY_TOKENS].sum(dim=-1, keepdim=True)


def _mlp(first: int, second: int, third: int, last: int) -> nn.Sequential:
    return nn.Sequential(
        *(nn.Linear(first, second), nn.LayerNorm(second), nn.LeakyReLU()),
        *(nn.Linear(second, third), nn.LayerNorm(third), nn.LeakyReLU()),
        nn.Linear(third, last),
    )
