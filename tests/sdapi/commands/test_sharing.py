"""bench: the same jobs in turn and together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.engine import Engine
from pipelines.errors import SdapiError
from pipelines.options import OutputOptions
from pipelines.request import GenerationRequest, Seeds
from pipelines.settings import EngineSettings, Folders
from sdapi.commands.sharing import Sharing, run_together, time_sharing


@pytest.fixture
def settings(models_dir: Path, tmp_path: Path) -> EngineSettings:
    checkpoints = (models_dir / "Stable-diffusion",)
    folders = Folders(
        data=tmp_path,
        models=models_dir,
        checkpoints=checkpoints,
        vaes=(),
        loras=(),
        embeddings=(),
        hypernetworks=(),
    )
    return EngineSettings(folders=folders, device="cpu", no_half=True)


@pytest.fixture
def request_of_two_steps(models_dir: Path) -> GenerationRequest:
    return GenerationRequest(
        seeds=Seeds(seed=1, subseed=1),
        checkpoint=str(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors"),
        steps=2,
        width=64,
        height=64,
        output=OutputOptions(live_previews_enable=False),
    )


def test_gain_is_time_in_turn_over_time_together() -> None:
    assert Sharing(jobs=2, in_turn=3.0, together=2.0).gain == 1.5


def test_both_ways_are_timed(settings: EngineSettings, request_of_two_steps: GenerationRequest) -> None:
    sharing = time_sharing(settings, request_of_two_steps, jobs=2, rounds=1)
    assert sharing.in_turn > 0
    assert sharing.together > 0


def test_together_means_one_call_for_all(
    settings: EngineSettings, request_of_two_steps: GenerationRequest
) -> None:
    engine = Engine(settings)
    run_together(engine, [request_of_two_steps] * 3)
    assert set(engine.batches) == {3}


def test_a_failure_is_not_timed(settings: EngineSettings, request_of_two_steps: GenerationRequest) -> None:
    engine = Engine(settings)
    missing = replace(request_of_two_steps, checkpoint="/missing.safetensors")
    with pytest.raises(SdapiError):
        run_together(engine, [missing])
