"""Token merging in a generation: which share a pass merges, and how that is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from extensions.token_merging.engine import merging_ratio
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Img2Img
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from pipelines.generation.job import GenerationJob
from tests.engines import make_engine, make_request, pixels, take_options


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield made
    made.close()


def job(shares: tuple[float, float, float], *, img2img: bool = False, own: bool = False) -> GenerationJob:
    """A job with the shares: as a rule, in img2img, in the second pass; ``own``: the request set the rule."""
    names = ("token_merging_ratio", "token_merging_ratio_img2img", "token_merging_ratio_hr")
    request = make_request(
        Path(),
        options=GenerationOptions(extension=dict(zip(names, shares, strict=True))),
        img2img=Img2Img(images=(b"",)) if img2img else None,
        overridden=frozenset(names[:1]) if own else frozenset(),
    )
    return cast("GenerationJob", SimpleNamespace(request=request))


@pytest.mark.parametrize(
    ("given", "hires", "expected"),
    [
        (job((0.1, 0.2, 0.3)), False, 0.1),
        (job((0.1, 0.2, 0.3)), True, 0.3),
        (job((0.1, 0.2, 0.0)), True, 0.1),
        (job((0.1, 0.2, 0.3), img2img=True), False, 0.2),
        (job((0.1, 0.0, 0.3), img2img=True), False, 0.1),
        (job((0.1, 0.2, 0.3), img2img=True, own=True), False, 0.1),
    ],
)
def test_the_share_of_a_pass(given: GenerationJob, hires: bool, expected: float) -> None:
    assert merging_ratio(given, hires=hires) == expected


def test_it_merges_and_tells_it_in_its_place(engine: Engine) -> None:
    models = engine.settings.folders.models
    given: dict[str, Any] = {"token_merging_ratio": 0.5, "randn_source": "CPU"}
    options = take_options(given)
    plain = engine.run(make_request(models, steps=1, options=GenerationOptions(randn_source="CPU")))
    merged = engine.run(make_request(models, steps=1, options=options))
    assert isinstance(plain, GenerationResult)
    assert isinstance(merged, GenerationResult)
    assert (pixels(plain) != pixels(merged)).any()
    assert "Token merging ratio: 0.5, RNG: CPU" in merged.info["infotexts"][0]
    assert merged.info["extra_generation_params"] == plain.info["extra_generation_params"]


def test_a_share_out_of_range_is_refused(engine: Engine) -> None:
    options = GenerationOptions(extension={"token_merging_ratio_hr": 5})
    with pytest.raises(InvalidRequest, match=r"0\.99") as caught:
        engine.run(make_request(engine.settings.folders.models, options=options))
    assert caught.value.field == "options.token_merging_ratio_hr"
