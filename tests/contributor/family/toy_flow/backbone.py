"""The toy's backbone: latent cells as tokens, one block that attends to the text."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CHANNELS, WIDTH, CONTEXT, POOLED = 16, 32, 24, 12


class Backbone(nn.Module):
    """x (B, 16, h, w), sigma (B,) in 0..1, context (B, T, 24), pooled (B, 12) -> velocity (B, 16, h, w)."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Linear(CHANNELS, WIDTH)
        self.time = nn.Linear(2, WIDTH)
        self.pooled = nn.Linear(POOLED, WIDTH)
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(CONTEXT, WIDTH)
        self.value = nn.Linear(CONTEXT, WIDTH)
        self.leave = nn.Linear(WIDTH, CHANNELS)

    def forward(self, x: Tensor, sigma: Tensor, context: Tensor, pooled: Tensor) -> Tensor:
        tokens = self.enter(x.flatten(2).transpose(1, 2))
        moment = torch.stack([sigma, 1.0 - sigma], dim=1)
        tokens = tokens + (self.time(moment) + self.pooled(pooled))[:, None]
        heard = nn.functional.scaled_dot_product_attention(
            self.query(tokens), self.key(context), self.value(context)
        )
        return self.leave(torch.tanh(tokens + heard)).transpose(1, 2).reshape(x.shape)
