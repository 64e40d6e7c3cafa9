"""TAESD, a tiny autoencoder for previews and quick decoding (Ollin Boer Bohan, MIT-licensed weights)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from pipelines.catalog.contents import instead
from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.read import read_tensors

_WIDTH = 64
_M = TypeVar("_M", bound=nn.Module)


class TaesdDecoder(nn.Sequential):
    """Scaled latents (B, C, h, w) -> pictures (B, 3, 8h, 8w), about [0, 1]."""

    def __init__(self, channels: int) -> None:
        super().__init__(
            _SoftClamp(), _conv(channels), nn.ReLU(), *_decoder_levels(), nn.Conv2d(_WIDTH, 3, 3, padding=1)
        )


class TaesdEncoder(nn.Sequential):
    """Pictures (B, 3, H, W) in [0, 1] -> scaled latents (B, C, H / 8, W / 8)."""

    def __init__(self, channels: int) -> None:
        super().__init__(_conv(3), _Block(), *_encoder_levels(), nn.Conv2d(_WIDTH, channels, 3, padding=1))


def read_decoder(path: Path) -> TaesdDecoder:
    """A decoder from its file. Raises CorruptFile."""
    tensors = read_tensors(path)
    return _fill(TaesdDecoder(_shape(path, tensors, "1.weight")[1]), path, tensors)


def read_encoder(path: Path) -> TaesdEncoder:
    """An encoder from its file. Raises CorruptFile."""
    tensors = read_tensors(path)
    return _fill(TaesdEncoder(_shape(path, tensors, "14.weight")[0]), path, tensors)


class _SoftClamp(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return (x / 3).tanh() * 3


class _Block(nn.Module):
    """Three convolutions added to their input. The names are those of the files."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Sequential(_conv(), nn.ReLU(), _conv(), nn.ReLU(), _conv())
        self.skip = nn.Identity()
        self.fuse = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.fuse(self.conv(x) + self.skip(x))


def _conv(channels: int = _WIDTH, *, stride: int = 1, bias: bool = True) -> nn.Conv2d:
    return nn.Conv2d(channels, _WIDTH, 3, padding=1, stride=stride, bias=bias)


def _decoder_levels() -> Iterator[nn.Module]:
    for blocks in (3, 3, 3):
        yield from (_Block() for _ in range(blocks))
        yield nn.Upsample(scale_factor=2)
        yield _conv(bias=False)
    yield _Block()


def _encoder_levels() -> Iterator[nn.Module]:
    for _ in range(3):
        yield _conv(stride=2, bias=False)
        yield from (_Block() for _ in range(3))


def _shape(path: Path, tensors: dict[str, Tensor], name: str) -> torch.Size:
    if name not in tensors or tensors[name].ndim != 4:
        raise CorruptFile(f"{path.name} is no TAESD file: it has no convolution {name}")
    return tensors[name].shape


def _fill(module: _M, path: Path, tensors: dict[str, Tensor]) -> _M:
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        what = instead(tensors, "TAESD network")
        raise CorruptFile(f"{path.name}: {what}") from error
    return module.eval().requires_grad_(False).to(torch.float32)
