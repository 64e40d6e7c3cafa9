"""Approx NN: eight convolutions from latents to a small picture."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.read import read_tensors

_SIZES = (7, 5, 3, 3, 3, 3, 3, 3)
_WIDTHS = (8, 16, 32, 64, 32, 16, 8, 3)
_PADDING = 11


class ApproxNN(nn.Module):
    """Scaled latents (B, C, h, w) -> pictures (B, 3, 2h, 2w), about [-1, 1]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        inputs = (channels, *_WIDTHS[:-1])
        self.layers = nn.ModuleList(
            nn.Conv2d(fan_in, width, size)
            for fan_in, width, size in zip(inputs, _WIDTHS, _SIZES, strict=True)
        )

    def forward(self, latents: Tensor) -> Tensor:
        """Enlarge, pad with zeros, and convolve back to twice the latents' size."""
        x = functional.interpolate(latents, scale_factor=2.0, mode="nearest")
        x = functional.pad(x, (_PADDING,) * 4)
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.1)
        return x


def read_approx_nn(path: Path) -> ApproxNN:
    """Read a network from its file, whose tensors lie in the order of the layers. Raises CorruptFile."""
    tensors = list(read_tensors(path).values())
    if not tensors or tensors[0].ndim != 4:
        raise CorruptFile(f"{path.name} is no approximation of a VAE")
    module = ApproxNN(tensors[0].shape[1])
    own = module.state_dict()
    if [tensor.shape for tensor in tensors] != [tensor.shape for tensor in own.values()]:
        raise CorruptFile(f"{path.name} is no approximation of a VAE: its layers have other sizes")
    module.load_state_dict(dict(zip(own, tensors, strict=True)))
    return module.eval().requires_grad_(False).to(torch.float32)
