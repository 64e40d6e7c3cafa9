"""Extensions may change the encoded prompts of a pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipelines.contract.results import GenerationResult
from pipelines.denoising.denoiser import Prompts
from pipelines.generation.hooks import PromptsHook
from pipelines.plugin import GenerationJob, SamplingPass, StepConditioning, hook
from tests.engines import make_engine, make_request, pixels


@dataclass(frozen=True)
class Unheard:
    """Prompts that count for nothing."""

    prompts: Prompts

    def at(self, call: int) -> StepConditioning:
        """The same with no weight."""
        told = self.prompts.at(call)
        parts = tuple(tuple((row, 0.0) for row, _ in image) for image in told.parts)
        return replace(told, parts=parts)


class Silence:
    """Lets no prompt count, in the first pass, while it is on."""

    def __init__(self) -> None:
        self.on = False

    @hook
    def prompts_hook(self, job: GenerationJob, sampling: SamplingPass) -> PromptsHook | None:
        """Return the hook for a first pass while it is on."""
        return Unheard if self.on and not sampling.hires else None


def test_a_hook_decides_what_prompts_count(models_dir: Path, tmp_path: Path) -> None:
    engine, silence = make_engine(models_dir, tmp_path), Silence()
    engine.services.hooks.register(silence)
    request = make_request(models_dir, prompt="a red circle AND a blue square", steps=2)
    heard, none = engine.run(request), engine.run(replace(request, cfg_scale=0.0))
    silence.on = True
    silenced = engine.run(request)
    engine.close()
    assert isinstance(heard, GenerationResult) and isinstance(none, GenerationResult)
    assert isinstance(silenced, GenerationResult)
    assert np.array_equal(pixels(silenced), pixels(none))
    assert not np.array_equal(pixels(silenced), pixels(heard))
