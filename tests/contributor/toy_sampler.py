"""A sampler of one's own: Heun's predictor alone, with half steps. One function and one row."""

from __future__ import annotations

from collections.abc import Generator

from torch import Tensor

from pipelines.plugin import Evaluate, Noise, SamplerInfo


def half_steps(x: Tensor, sigmas: Tensor, noise: Noise) -> Generator[Evaluate, Tensor, Tensor]:
    """Two Euler steps for each level: to the middle, then on."""
    for i in range(len(sigmas) - 1):
        middle = (sigmas[i] + sigmas[i + 1]) / 2
        for start, end in ((sigmas[i], middle), (middle, sigmas[i + 1])):
            denoised = yield Evaluate(x, start, i)
            x = x + (x - denoised) / start * (end - start)
    return x


SAMPLERS = (
    SamplerInfo(name="Half steps", aliases=("half",), run="tests.contributor.toy_sampler:half_steps"),
)
