"""Names of samplers, schedulers and upscalers stand for ones that the engine has."""

from __future__ import annotations

import pytest

from extensions.swarmui.models.samplers import ENLARGERS, OPTIONS, PLAIN, SAMPLERS, SCHEDULERS, enlarger
from pipelines.sampling.sampler_names import find_scheduler
from pipelines.sampling.sampler_table import SAMPLER_INFOS


def test_every_name_stands_for_a_label_of_the_engine() -> None:
    assert set(SAMPLERS.values()) <= set(SAMPLER_INFOS)
    assert all(map(find_scheduler, SCHEDULERS.values()))
    assert set(OPTIONS) <= set(SAMPLERS)
    assert set(PLAIN) <= set(ENLARGERS.values())


@pytest.mark.parametrize(
    ("method", "meant"),
    [
        ("pixel-lanczos", "Lanczos"),
        ("latent-nearest-exact", "Latent (nearest-exact)"),
        ("model-R-ESRGAN 4x+", "R-ESRGAN 4x+"),
        ("model-model-x", "model-x"),
    ],
)
def test_ways_to_enlarge(method: str, meant: str) -> None:
    assert enlarger(method) == meant
