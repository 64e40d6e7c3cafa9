"""Extensions may change how both prompts' predictions are combined."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from pipelines.contract.results import GenerationResult
from pipelines.denoising.guidance_hook import GuidanceHook, Predictions
from pipelines.plugin import GenerationJob, SamplingPass, hook
from tests.engines import make_engine, make_request, pixels


class Weaker:
    """Guides by 2 whatever the request says, while it is on."""

    def __init__(self) -> None:
        self.on = False
        self.timesteps: list[float] = []

    @hook
    def guidance_hook(self, job: GenerationJob, sampling: SamplingPass) -> GuidanceHook | None:
        """Guide by 2 while it is on, and note the timesteps."""

        def weaken(seen: Predictions) -> Predictions:
            self.timesteps.append(seen.timestep)
            assert seen.cond.shape == seen.uncond.shape == seen.picture.shape
            return replace(seen, scale=2.0)

        return weaken if self.on else None


def test_a_hook_decides_the_weight(models_dir: Path, tmp_path: Path) -> None:
    engine, weaker = make_engine(models_dir, tmp_path), Weaker()
    engine.services.hooks.register(weaker)
    request = make_request(models_dir, negative_prompt="blue", steps=3)
    plain = engine.run(replace(request, cfg_scale=2.0))
    weaker.on = True
    changed = engine.run(request)
    timestep = engine.run(replace(request, sampler="DDIM"))
    engine.close()
    assert isinstance(plain, GenerationResult) and isinstance(changed, GenerationResult)
    assert isinstance(timestep, GenerationResult)
    assert np.array_equal(pixels(plain), pixels(changed))
    assert weaker.timesteps[:3] == sorted(weaker.timesteps[:3], reverse=True)


def test_it_is_not_asked_where_prompts_are_composed(models_dir: Path, tmp_path: Path) -> None:
    engine, weaker = make_engine(models_dir, tmp_path), Weaker()
    engine.services.hooks.register(weaker)
    weaker.on = True
    engine.run(make_request(models_dir, prompt="a cat AND a dog", steps=1))
    engine.close()
    assert weaker.timesteps == []
