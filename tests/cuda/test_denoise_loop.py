"""The denoise loop never waits for the GPU: what a pass reads and copies does not grow with its steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.options import OutputOptions
from pipelines.engine.engine import Engine
from pipelines.sampling.sampler_table import SAMPLER_INFOS
from tests.cuda.engines import cost, device_engine
from tests.cuda_stand_in import Traffic, cuda_stand_in
from tests.derived_checkpoints import models_with_derived
from tests.engines import engine_settings, make_request

SHORT, LONG = 4, 6
ADAPTIVE = "DPM adaptive"
"""Decides its steps by the error that it finds, so it has to read that."""
HOST_NOISE = ("noise of the CPU", "noise as NVIDIA's")
"""Draw every step's noise on the CPU, which has to be copied."""
WITHOUT_PREVIEWS = OutputOptions(live_previews_enable=False)


@pytest.fixture(scope="module")
def models(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models_with_derived(models_dir, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def engine(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with cuda_stand_in(), device_engine(engine_settings(models, tmp_path_factory.mktemp("data"))) as made:
        yield made


def growth(engine: Engine, models: Path, **changes: Any) -> Traffic:
    """What a longer pass costs more than a shorter one."""
    requests = [
        make_request(models, **({"output": WITHOUT_PREVIEWS} | changes | {"steps": steps}))
        for steps in (SHORT, SHORT, LONG)
    ]
    with cuda_stand_in() as counted:
        _, short, long = (cost(engine, request, counted) for request in requests)
    assert long.launches.total() > short.launches.total()
    return Traffic(reads=long.reads - short.reads, copies=long.copies - short.copies)


@pytest.mark.parametrize("name", [name for name in SAMPLER_INFOS if name != ADAPTIVE])
def test_samplers(engine: Engine, models: Path, name: str) -> None:
    assert growth(engine, models, sampler=name) == Traffic()
