"""HyperTile: self-attention within tiles of the picture, whose sizes are drawn anew at every call."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from random import Random
from typing import Any, TypeAlias

from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from pipelines.families.patches import Hypertile

_SMALLEST_TILE = 128
_VAE_ATTENTION = "decoder.mid_block.attentions.0"


DepthOf: TypeAlias = Callable[[str, int], "int | None"]
"""(path of a module, how many levels there are) -> how deep a self-attention lies, None for other modules."""


class HypertilePatcher:
    """Hooks on the self-attentions of a UNet, or on the decoder's middle attention of a VAE."""

    def __init__(self) -> None:
        self._handles: list[RemovableHandle] = []

    def apply(self, hypertile: Hypertile | None, module: nn.Module, depth_of: DepthOf) -> None:
        """Tile in ``module`` from now on, and no longer where it was before; None leaves no trace."""
        for handle in self._handles:
            handle.remove()
        self._handles = []
        if hypertile is None:
            return
        tiles = Tiles(hypertile)
        levels = len(list(getattr(module, "down_blocks", ())))
        for path, child in module.named_modules():
            depth = depth_of(path, levels)
            if depth is not None and depth <= hypertile.max_depth:
                self._handles += _hook(child, tiles, depth)


def vae_depth(path: str, levels: int) -> int | None:
    """Return 0 for the middle attention of a VAE's decoder, the only one that is tiled, else None."""
    return 0 if path == _VAE_ATTENTION else None


class Tiles:
    """Draws the grid for each attention call: two numbers, rows first."""

    def __init__(self, hypertile: Hypertile) -> None:
        divisor = math.gcd(hypertile.width, hypertile.height)
        largest = min(divisor & -divisor, hypertile.max_tile)
        self._cells = max(_SMALLEST_TILE, largest) // hypertile.cell
        self._swap = hypertile.swap_size
        self._random = hypertile.random or Random(hypertile.seed)
        self.aspect = hypertile.width / hypertile.height

    def draw(self, height: int, width: int, depth: int) -> tuple[int, int]:
        """Draw the numbers of tiles along the two sides; each divides its side (in cells at that depth)."""
        return self._count(height, depth), self._count(width, depth)

    def _count(self, side: int, depth: int) -> int:
        smallest = min(self._cells * 2**depth, side)
        sizes = [size for size in range(smallest, side + 1) if side % size == 0]
        counts = [side // size for size in sizes[: max(self._swap, 1)]]
        return counts[self._random.randint(0, len(counts) - 1)]


@lru_cache
def grid_of(tokens: int, aspect: float) -> tuple[int, int]:
    """Return the sides of a grid of so many tokens; as in A1111, ``aspect`` is first over second."""
    first, second = round(math.sqrt(tokens * aspect)), round(math.sqrt(tokens / aspect))
    if first * second == tokens:
        return first, second
    if first and tokens % first == 0:
        return first, tokens // first
    if second and tokens % second == 0:
        return tokens // second, second
    divisors = [d for d in range(2, tokens + 1) if tokens % d == 0]
    pairs = [(d, tokens // d) for d in divisors] or [(tokens, 1)]
    return min(pairs, key=lambda pair: abs(pair[1] / pair[0] - aspect))


def _hook(attention: nn.Module, tiles: Tiles, depth: int) -> Iterator[RemovableHandle]:
    """Cut the attention's input into tiles, and put its output together again."""
    join: list[Callable[[Tensor], Tensor]] = []

    def before(_module: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...]:
        x: Tensor = args[0]
        cut = _cut_picture if x.ndim == 4 else _cut_tokens
        tiled, back = cut(x, tiles, depth)
        join.append(back)
        return (tiled, *args[1:])

    def after(_module: nn.Module, _args: tuple[Any, ...], output: Tensor) -> Tensor:
        return join.pop()(output)

    yield attention.register_forward_pre_hook(before)
    yield attention.register_forward_hook(after, prepend=True)  # before token merging puts tokens back


def _cut_tokens(x: Tensor, tiles: Tiles, depth: int) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Cut (B, N, C) into (B * tiles, N / tiles, C); return them and the function that joins them."""
    batch, count, channels = x.shape
    height, width = grid_of(count, tiles.aspect)
    nh, nw = tiles.draw(height, width, depth)
    h, w = height // nh, width // nw
    tiled = x.reshape(batch, nh, h, nw, w, channels).transpose(2, 3)

    def join(y: Tensor) -> Tensor:
        return y.reshape(batch, nh, nw, h, w, -1).transpose(2, 3).reshape(batch, count, -1)

    return tiled.reshape(batch * nh * nw, h * w, channels), join


def _cut_picture(x: Tensor, tiles: Tiles, depth: int) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """Cut (B, C, H, W) into (B * tiles, C, H / nh, W / nw); return them and the function that joins them."""
    batch, channels, height, width = x.shape
    nh, nw = tiles.draw(height, width, depth)
    h, w = height // nh, width // nw
    tiled = x.reshape(batch, channels, nh, h, nw, w).permute(0, 2, 4, 1, 3, 5)

    def join(y: Tensor) -> Tensor:
        apart = y.reshape(batch, nh, nw, -1, h, w).permute(0, 3, 1, 4, 2, 5)
        return apart.reshape(batch, -1, height, width).contiguous()

    return tiled.reshape(batch * nh * nw, channels, h, w).contiguous(), join
