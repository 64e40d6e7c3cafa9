"""Brownian paths that can be asked for any increment, in any order, with the same answer."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from pipelines.sampling.noise.source import Source, stream

_DIGITS = 6  # times are kept to 1e-6
_POOL_SIZE = 24
_CACHED_NODES = 64

Normal = Callable[[int], Tensor]
"""Standard normals of the path's shape for a 32-bit seed."""


class _Node(NamedTuple):
    """The interval [start, end] at place ``key`` of level ``depth`` in the halving tree."""

    start: float
    end: float
    key: int = 0
    depth: int = 0

    @property
    def middle(self) -> float:
        return round(0.5 * (self.end + self.start), _DIGITS)

    def left(self) -> _Node:
        return _Node(self.start, self.middle, 2 * self.key, self.depth + 1)

    def right(self) -> _Node:
        return _Node(self.middle, self.end, 2 * self.key + 1, self.depth + 1)


@dataclass(slots=True)
class BrownianPath:
    """A path over [start, end] whose increments depend on ``entropy`` alone.

    The Brownian tree of torchsde 0.2.6 (tol 1e-6, pool size 24, halfway tree): every interval is
    split at its middle with a seed derived from its place, down to the requested times.
    """

    start: float
    end: float
    entropy: int
    normal: Normal
    _root: _Node = field(init=False)
    _whole: Tensor = field(init=False)
    _cache: OrderedDict[tuple[int, int], Tensor] = field(init=False)

    def __post_init__(self) -> None:
        self._cache = OrderedDict()
        self._root = _Node(round(self.start, _DIGITS), round(self.end, _DIGITS))
        seed = np.random.SeedSequence(self.entropy, pool_size=_POOL_SIZE).generate_state(3)[0]
        self._whole = self.normal(int(seed)) * math.sqrt(self.end - self.start)

    def increment(self, low: float, high: float) -> Tensor:
        """W(high) - W(low) for low <= high; times outside the range are moved to its ends."""
        first, last = (
            round(min(max(time, self._root.start), self._root.end), _DIGITS) for time in (low, high)
        )
        if first >= last:
            return torch.zeros_like(self._whole)
        total: Tensor | None = None
        for path in _cover([self._root], first, last):
            part = self._value(path)
            total = part if total is None else total + part
        assert total is not None
        return total

    def _value(self, path: list[_Node]) -> Tensor:
        """The increment over the last node of a path from the root, along which it is derived."""
        if len(path) == 1:
            return self._whole
        node, parent = path[-1], path[-2]
        cached = self._cache.get((node.key, node.depth))
        if cached is not None:
            self._cache.move_to_end((node.key, node.depth))
            return cached
        whole = self._value(path[:-1])
        left = self._left(parent, whole)
        value = left if node.key % 2 == 0 else whole - left
        self._cache[node.key, node.depth] = value
        if len(self._cache) > _CACHED_NODES:
            self._cache.popitem(last=False)
        return value

    def _left(self, parent: _Node, whole: Tensor) -> Tensor:
        """Sample the left half of an interval given the increment over the whole (a bridge)."""
        left, right = parent.middle - parent.start, parent.end - parent.middle
        reciprocal = 1 / (parent.end - parent.start)
        sequence = np.random.SeedSequence(
            self.entropy, spawn_key=(parent.key, parent.depth), pool_size=_POOL_SIZE
        )
        fresh = self.normal(int(sequence.generate_state(4)[0]))
        return left * whole * reciprocal + math.sqrt(left * right * reciprocal) * fresh


def _cover(path: list[_Node], low: float, high: float) -> Iterator[list[_Node]]:
    """Paths to the tree's nodes that make up [low, high], from left to right."""
    node = path[-1]
    if low == node.start and high == node.end:
        yield path
        return
    middle = node.middle
    if low < middle:
        yield from _cover([*path, node.left()], low, min(high, middle))
    if high > middle:
        yield from _cover([*path, node.right()], max(low, middle), high)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrownianNoise:
    """Noise of the SDE samplers: one path per seed over the noise levels [sigma_min, sigma_max]."""

    paths: tuple[BrownianPath, ...]
    stacked: bool = True

    def between(self, sigma: Tensor, sigma_next: Tensor) -> Tensor:
        """Unit-variance noise of the step, (B, C, h, w); negated when going down, as in k-diffusion."""
        low, high = sorted((float(sigma), float(sigma_next)))
        parts = [path.increment(low, high) for path in self.paths]
        increment = torch.stack(parts) if self.stacked else parts[0]
        sign = -1.0 if sigma > sigma_next else 1.0
        return increment * sign / (sigma_next - sigma).abs().sqrt()


def brownian_noise(
    seeds: Sequence[int],
    shape: tuple[int, int, int],
    sigma_range: tuple[float, float],
    *,
    source: Source = "GPU",
    device: torch.device | None = None,
) -> BrownianNoise:
    """One path per image; ``shape`` (C, h, w), ``sigma_range`` of the full schedule."""
    paths = tuple(_path(seed, shape, sigma_range, source, device) for seed in seeds)
    return BrownianNoise(paths=paths)


def joint_brownian_noise(
    batch_shape: tuple[int, int, int, int],
    sigma_range: tuple[float, float],
    *,
    source: Source = "GPU",
    device: torch.device | None = None,
) -> BrownianNoise:
    """One path for the whole batch, seeded from torch's global generator.

    For the option no_dpmpp_sde_batch_determinism.
    """
    seed = int(torch.randint(0, 2**63 - 1, ()))
    return BrownianNoise(paths=(_path(seed, batch_shape, sigma_range, source, device),), stacked=False)


def _path(
    seed: int,
    shape: tuple[int, ...],
    sigma_range: tuple[float, float],
    source: Source,
    device: torch.device | None,
) -> BrownianPath:
    place = device or torch.device("cpu")
    entropy = seed & 0xFFFFFFFFFFFFFFFF

    def normal(node_seed: int) -> Tensor:
        return stream(source, node_seed, place)(shape)

    return BrownianPath(*sigma_range, entropy, normal)
