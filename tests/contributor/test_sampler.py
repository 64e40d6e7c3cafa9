"""A sampler is one function and one row: it is listed, chosen by any spelling, and draws."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.contract.results import GenerationResult
from pipelines.sampling.sampler_names import resolve_sampler
from pipelines.sampling.sampler_table import SAMPLER_INFOS, register_sampler
from tests.contributor.toy_sampler import SAMPLERS
from tests.engines import make_engine, make_request


@pytest.fixture
def registered() -> Iterator[str]:
    register_sampler(*SAMPLERS)
    yield SAMPLERS[0].name
    del SAMPLER_INFOS[SAMPLERS[0].name]


def test_it_is_found_by_every_spelling(registered: str) -> None:
    for spelling in ("Half steps", "half steps", "HALF", "Half steps Karras"):
        assert resolve_sampler(spelling, None).sampler == registered
    assert list(SAMPLER_INFOS)[-1] == registered


def test_it_draws_a_picture_of_its_own(registered: str, models_dir: Path, tmp_path: Path) -> None:
    engine = make_engine(models_dir, tmp_path)
    drawn = [
        engine.run(make_request(models_dir, steps=3, sampler=sampler, scheduler="Automatic"))
        for sampler in (registered, "Euler")
    ]
    engine.close()
    first, second = drawn
    assert isinstance(first, GenerationResult)
    assert isinstance(second, GenerationResult)
    assert f"Sampler: {registered}" in first.info["infotexts"][0]
    assert first.images != second.images


def test_a_name_is_taken_once(registered: str) -> None:
    register_sampler(*SAMPLERS)
    with pytest.raises(ValueError, match="Euler"):
        register_sampler(SAMPLER_INFOS["Euler"].__class__(name="Euler", aliases=(), run="heun"))
