"""Noise of seeds and subseeds, drawn at another size where asked, and of other seeds after the first draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from extensions.seeds.slerp import slerp
from pipelines.plugin import ImageRNG


@dataclass(slots=True, kw_only=True)
class VariedRNG(ImageRNG):
    """Streams whose initial noise is varied.

    ``resize`` (h, w) in cells draws the noise at that size and pastes it into the middle. ``ensd`` (option
    eta_noise_seed_delta) other than 0 restarts every stream at seed + ensd after the first draw.
    """

    subseeds: Sequence[int] = ()
    subseed_strength: float = 0.0
    resize: tuple[int, int] | None = None
    ensd: int = 0

    def initial(self, i: int) -> Tensor:
        """Noise of the seed, blended with that of the subseed."""
        drawn = (self.shape[0], *(self.resize or self.shape[1:]))
        resized = drawn != self.shape
        noise = (self.stream(self.seeds[i]) if resized else self.streams[i])(drawn)
        if self.subseeds and self.subseed_strength:
            subseed = self.subseeds[i] if i < len(self.subseeds) else 0
            noise = slerp(self.subseed_strength, noise, self.stream(subseed)(drawn))
        return paste_centred(noise, self.streams[i](self.shape)) if resized else noise

    def after_first(self) -> None:
        """Restart every stream at its seed + ENSD, if that isn't 0."""
        if self.ensd:
            self.streams = [self.stream(seed + self.ensd) for seed in self.seeds]


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
