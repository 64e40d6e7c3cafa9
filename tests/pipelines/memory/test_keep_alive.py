"""An engine lets go of what its requests no longer want."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.contract.errors import OverBudget
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import engine_settings, make_engine, make_request


def draw(engine: Engine, request: GenerationRequest) -> tuple[bytes, ...]:
    """The pictures of a request."""
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return result.images


def test_models_stay_as_long_as_the_last_request_says(models_dir: Path, tmp_path: Path) -> None:
    engine = make_engine(models_dir, tmp_path)
    services = engine.services
    request = make_request(models_dir, prompt="a circle <lora:tiny-lokr:1>", steps=1)
    engine.run(request)
    assert engine.rest() is None
    assert len(services.residency.loaded) == 1
    assert services.networks.bytes > 0
    engine.run(replace(request, keep_alive=500))
    seconds = engine.rest()
    assert seconds is not None and 0 < seconds <= 500
    engine.run(replace(request, keep_alive=0))
    assert engine.rest() is None
    assert services.residency.loaded == ()
    assert services.networks.bytes == 0
    engine.close()


def test_a_budget_fails_the_job_that_breaks_it_and_no_other(models_dir: Path, tmp_path: Path) -> None:
    plain = make_request(models_dir, steps=1)
    networks = replace(plain, prompt="a circle <lora:tiny-lora-unet-te:1>")
    engine = Engine(engine_settings(models_dir, tmp_path, ram_budget=30 * 2**20))
    before = draw(engine, plain)
    with pytest.raises(OverBudget, match="budget is 30 MiB"):
        engine.run(networks)
    assert engine.services.residency.budget.used <= 30 * 2**20
    assert draw(engine, plain) == before
    engine.close()
