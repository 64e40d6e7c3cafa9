"""Hooks of model calls that graphs use, on the stand-in: what they compute, read and copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pipelines.contract.options import GenerationOptions
from pipelines.denoising.freeu import FreeU
from pipelines.denoising.model_call import CallHook, ModelCall
from pipelines.denoising.token_regions import RegionalAttention, TokenRegions
from pipelines.engine.engine import Engine
from pipelines.engine.evaluate import evaluate
from pipelines.families.load import load_checkpoint
from pipelines.families.model import LoadedModel
from tests.cuda.engines import device_engine
from tests.cuda_stand_in import cuda_stand_in
from tests.engines import CHECKPOINT, engine_settings
from tests.pipelines.denoising.tiny_calls import call_of

LEFT = (torch.arange(8) < 4).float().expand(8, 8)


def regions(place: torch.device) -> CallHook:
    masks = torch.stack([LEFT, 1 - LEFT]).to(place)
    return RegionalAttention(TokenRegions(masks=masks, lengths=(40, 37)), None)


def freeu(place: torch.device) -> CallHook:
    return FreeU((1.2, 1.4, 0.9, 0.2), version=1, placed="block")


HOOKS: dict[str, Callable[[torch.device], CallHook]] = {"regions": regions, "FreeU": freeu}


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with cuda_stand_in(), device_engine(engine_settings(models_dir, tmp_path_factory.mktemp("d"))) as made:
        yield made


def on_device(model: LoadedModel, call: ModelCall) -> ModelCall:
    place = model.device
    given = {"x": call.x.to(place), "timesteps": call.timesteps.to(place), "context": call.context.to(place)}
    return replace(call, **given)


@pytest.mark.parametrize("name", ["regions", pytest.param("FreeU", marks=pytest.mark.slow)])
def test_a_step_waits_for_nothing_and_answers_what_the_cpu_answers(
    name: str, engine: Engine, models_dir: Path
) -> None:
    path = models_dir / "Stable-diffusion" / CHECKPOINT
    plain = load_checkpoint(path)
    expected = evaluate([HOOKS[name](plain.device)(call_of(plain))])[0]
    with cuda_stand_in() as counted:
        model = engine.services.load_checkpoint(str(path), GenerationOptions())
        hook, call = HOOKS[name](model.device), on_device(model, call_of(model))
        evaluate([hook(call)])
        counted.take()
        found = evaluate([hook(call)])[0]
        taken = counted.take()
        assert not taken.reads and not taken.copies
        answered = found.float().cpu()
    assert torch.allclose(answered, expected.float(), atol=0.05)
