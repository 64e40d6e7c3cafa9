"""The noise of a batch: one stream per image, so that a batch equals its images made singly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from pipelines.sampling.noise.slerp import slerp
from pipelines.sampling.noise.source import Source, Stream, reseed_global, stream

Shape = tuple[int, int, int]


@dataclass(slots=True, kw_only=True)
class ImageRNG:
    """Initial noise first, then the sampler's draws, for every image of a batch.

    ``shape`` is (C, h, w) of the latents. ``resize`` (h, w) in cells draws the
    noise at that size and pastes it into the middle. ``ensd`` (option
    eta_noise_seed_delta) other than 0 restarts every stream at seed + ensd after the first draw.
    """

    shape: Shape
    seeds: Sequence[int]
    subseeds: Sequence[int] = ()
    subseed_strength: float = 0.0
    resize: tuple[int, int] | None = None
    source: Source = "GPU"
    ensd: int = 0
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    _streams: list[Stream] = field(init=False)
    _started: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._streams = [self._stream(seed) for seed in self.seeds]

    def next(self) -> Tensor:
        """The next draw, (B, C, h, w) float32 on the device. The first one is the initial noise.

        Side effect of the first: torch's global generators are seeded with the last image's seed
        (sources GPU and CPU).
        """
        if self._started:
            return torch.stack([draw(self.shape) for draw in self._streams])
        self._started = True
        first = torch.stack([self._initial(i) for i in range(len(self.seeds))])
        reseed_global(self.source, self.seeds[-1])
        if self.ensd:
            self._streams = [self._stream(seed + self.ensd) for seed in self.seeds]
        return first

    def _stream(self, seed: int) -> Stream:
        return stream(self.source, seed, self.device)

    def _initial(self, i: int) -> Tensor:
        drawn: Shape = (self.shape[0], *(self.resize or self.shape[1:]))
        resized = drawn != self.shape
        noise = (self._stream(self.seeds[i]) if resized else self._streams[i])(drawn)
        if self.subseeds and self.subseed_strength:
            subseed = self.subseeds[i] if i < len(self.subseeds) else 0
            noise = slerp(self.subseed_strength, noise, self._stream(subseed)(drawn))
        return paste_centred(noise, self._streams[i](self.shape)) if resized else noise


def paste_centred(noise: Tensor, base: Tensor) -> Tensor:
    """``base`` (C, h, w) with the middle of ``noise`` (C, h', w') pasted into its middle."""
    result = base.clone()
    dy, dx = ((base.shape[axis] - noise.shape[axis]) // 2 for axis in (1, 2))
    height = noise.shape[1] if dy >= 0 else noise.shape[1] + 2 * dy
    width = noise.shape[2] if dx >= 0 else noise.shape[2] + 2 * dx
    top, left = max(dy, 0), max(dx, 0)
    skip_y, skip_x = max(-dy, 0), max(-dx, 0)
    window = noise[:, skip_y : skip_y + height, skip_x : skip_x + width]
    result[:, top : top + height, left : left + width] = window
    return result
