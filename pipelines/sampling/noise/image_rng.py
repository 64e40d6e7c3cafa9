"""The noise of a batch: one stream per image, so that a batch equals its images made singly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from pipelines.sampling.noise.source import Source, Stream, reseed_global, stream

Shape = tuple[int, int, int]


@dataclass(slots=True, kw_only=True)
class ImageRNG:
    """Initial noise first, then the sampler's draws, for every image of a batch.

    ``shape`` is (C, h, w) of the latents. A subclass may change the initial noise and what follows it.
    """

    shape: Shape
    seeds: Sequence[int]
    source: Source = "GPU"
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    streams: list[Stream] = field(init=False)
    _started: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.streams = [self.stream(seed) for seed in self.seeds]

    def next(self) -> Tensor:
        """The next draw, (B, C, h, w) float32 on the device. The first one is the initial noise.

        Side effect of the first: torch's global generators are seeded with the last image's seed
        (sources GPU and CPU).
        """
        if self._started:
            return torch.stack([draw(self.shape) for draw in self.streams])
        self._started = True
        first = torch.stack([self.initial(i) for i in range(len(self.seeds))])
        reseed_global(self.source, self.seeds[-1])
        self.after_first()
        return first

    def stream(self, seed: int) -> Stream:
        """A fresh stream of this source."""
        return stream(self.source, seed, self.device)

    def initial(self, i: int) -> Tensor:
        """The initial noise of image ``i``, (C, h, w)."""
        return self.streams[i](self.shape)

    def after_first(self) -> None:
        """Do nothing between the initial noise and the sampler's draws; a subclass may draw here."""
