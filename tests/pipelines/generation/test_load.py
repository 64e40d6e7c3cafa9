"""The beginning of a job: its checkpoint, its facts for infotexts, and passes that are too small."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest, Hires, Img2Img
from pipelines.families.base import Latents
from pipelines.generation.job import GenerationJob
from pipelines.generation.load import job_around, load_job
from pipelines.generation.plan import plan_generation
from tests.pipelines.jobs.helpers import make_request

SHA = "0123456789abcdef"


def model_of(**changes: Any) -> Any:
    values: dict[str, Any] = {
        "path": Path("/models/one.safetensors"),
        "latents": Latents(channels=4, cell=8, scale=1.0),
        "conditioning": "none",
        "sha256": SHA,
        "vae_path": None,
    }
    return SimpleNamespace(**(values | changes))


class Services:
    """Services whose checkpoints are one model; ``asked`` lists the files."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.asked: list[str] = []
        self.hashes = SimpleNamespace(sha256=lambda path: "f" * 64)

    def load_checkpoint(self, path: str, options: object, warn: Any) -> Any:
        self.asked.append(path)
        warn("a yaml was ignored")
        return self.model


def loaded(request: GenerationRequest, model: Any = None) -> GenerationJob:
    context: Any = SimpleNamespace(services=Services(model or model_of()), control=None, reporter=None)
    return load_job(plan_generation(request), context)


def test_a_job_has_its_checkpoint_and_its_warnings() -> None:
    job = loaded(make_request(checkpoint="/models/one.safetensors", pairs={"Module": "x"}))
    assert job.services.asked == ["/models/one.safetensors"]  # type: ignore[attr-defined]
    assert job.notes.warnings == ("a yaml was ignored",)
    assert dict(job.notes.pairs) == {"Module": "x"}


def test_hashes_have_ten_digits_and_may_be_unknown() -> None:
    facts = loaded(make_request(), model_of(vae_path=Path("/vaes/soft.pt"))).checkpoint
    assert (facts.model_name, facts.model_hash) == ("one", SHA[:10])
    assert (facts.vae_name, facts.vae_hash) == ("soft.pt", "f" * 10)
    facts = loaded(make_request(), model_of(sha256=None)).checkpoint
    assert (facts.model_hash, facts.vae_name, facts.vae_hash) == (None, None, None)


def test_only_an_editing_checkpoint_has_a_picture_scale() -> None:
    request = make_request(img2img=Img2Img(images=(b"",), image_cfg_scale=1.5))
    assert loaded(request).checkpoint.image_cfg_scale is None
    assert loaded(request, model_of(conditioning="edit")).checkpoint.image_cfg_scale == 1.5
    assert loaded(make_request(), model_of(conditioning="edit")).checkpoint.image_cfg_scale is None


@pytest.mark.parametrize(
    ("width", "height", "field"), [(7, 64, "width"), (64, 7, "height"), (8, 8, None), (15, 9, None)]
)
def test_a_pass_needs_a_whole_cell(width: int, height: int, field: str | None) -> None:
    request = make_request(width=width, height=height)
    if field is None:
        loaded(request)
        return
    with pytest.raises(InvalidRequest, match="must be at least 8 pixels") as caught:
        loaded(request)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("hires", "field"),
    [
        (Hires(scale=0.05), "hires.scale"),
        (Hires(resize_x=4, resize_y=4), "hires.resize_x"),
        (Hires(resize_x=4, resize_y=12), "hires.resize_x"),
        (Hires(scale=0.5), None),
    ],
)
def test_a_second_pass_needs_a_whole_cell_too(hires: Hires, field: str | None) -> None:
    request = make_request(width=64, height=64, hires=hires)
    if field is None:
        loaded(request)
        return
    with pytest.raises(InvalidRequest, match="is too small") as caught:
        loaded(request)
    assert caught.value.field == field


def test_a_job_around_a_model_loads_nothing() -> None:
    services, model = Services(model_of()), model_of(path=Path("/models/two.safetensors"))
    context: Any = SimpleNamespace(services=services, control=None, reporter=None)
    request = replace(make_request(), checkpoint="/models/two.safetensors")
    job = job_around(model, plan_generation(request), context)
    assert job.loaded is model and job.checkpoint.model_name == "two"
    assert services.asked == []
