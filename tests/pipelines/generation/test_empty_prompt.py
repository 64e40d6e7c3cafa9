"""The empty prompt that pads the shorter side is the bare model's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from pipelines.denoising.model_call import CallHook, ModelCall
from pipelines.engine.engine import Engine
from pipelines.generation.hooks import hook
from pipelines.generation.job import GenerationJob
from pipelines.generation.sampling_pass import SamplingPass
from tests.engines import make_engine, make_request

TOKENS = 77


@dataclass
class Contexts:
    """The negative prompt's context at every model call."""

    seen: list[Tensor] = field(default_factory=list[Tensor])

    @hook
    def begin_pass(self, job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
        return self.note

    def note(self, call: ModelCall) -> ModelCall:
        self.seen.append(call.context[len(call.context) // 2 :])
        return call


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def test_neither_networks_nor_a_clip_skip_of_the_request_count(engine: Engine) -> None:
    contexts = Contexts()
    engine.services.hooks.register(contexts)

    def padding(tags: str = "", clip_skip: int = 1, *, overridden: bool = False) -> Tensor:
        request = make_request(engine.settings.folders.models, steps=1, prompt=f"{tags}{'word ' * 90}")
        options = replace(request.options, pad_cond_uncond=True, CLIP_stop_at_last_layers=clip_skip)
        keys = frozenset({"CLIP_stop_at_last_layers"} if overridden else ())
        engine.run(replace(request, options=options, overridden=keys))
        context = contexts.seen[-1]
        assert context.shape[1] == 2 * TOKENS
        return context[:, TOKENS:]

    bare = padding()
    assert torch.equal(padding("<lora:tiny-lora-unet-te:1>"), bare)
    assert torch.equal(padding(clip_skip=2, overridden=True), bare)
    assert not torch.equal(padding(clip_skip=2), bare)
