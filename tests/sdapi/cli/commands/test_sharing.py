"""bench: the same jobs in turn and together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.contract.errors import SdapiError
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.settings import EngineSettings
from pipelines.engine.engine import Engine
from sdapi.cli.commands.sharing import Sharing, run_in_turn, run_together, time_sharing
from tests.engines import engine_settings, make_request


@pytest.fixture
def settings(models_dir: Path, tmp_path: Path) -> EngineSettings:
    return engine_settings(models_dir, tmp_path)


@pytest.fixture
def short(models_dir: Path) -> GenerationRequest:
    return make_request(models_dir, steps=2)


def test_gain_is_time_in_turn_over_time_together() -> None:
    assert Sharing(jobs=2, in_turn=3.0, together=2.0).gain == 1.5


def test_both_ways_are_timed(settings: EngineSettings, short: GenerationRequest) -> None:
    sharing = time_sharing(settings, short, jobs=2, rounds=1)
    assert sharing.in_turn > 0
    assert sharing.together > 0


def test_in_turn_means_a_call_for_each(settings: EngineSettings, short: GenerationRequest) -> None:
    engine = Engine(settings)
    run_in_turn(engine, [short] * 3)
    assert set(engine.batches) == {1}


def test_together_means_one_call_for_all(settings: EngineSettings, short: GenerationRequest) -> None:
    engine = Engine(settings)
    run_together(engine, [short] * 3)
    assert set(engine.batches) == {3}


def test_a_failure_is_not_timed(settings: EngineSettings, short: GenerationRequest) -> None:
    engine = Engine(settings)
    missing = replace(short, checkpoint="/missing.safetensors")
    with pytest.raises(SdapiError):
        run_together(engine, [missing])
