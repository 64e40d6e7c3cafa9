"""Infotext pairs of hires fix, and upscalers that are refused before anything is sampled."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.requests import Hires
from pipelines.generation.enlarge.hires import check_hires, hires_pairs
from pipelines.generation.plan import plan_generation
from tests.pipelines.jobs.helpers import make_request


def pairs_of(**changes: Any) -> dict[str, Any]:
    """Return the pairs of a job's first picture, those of None left out."""
    request = make_request("a cat", hires=Hires(**changes), denoising_strength=0.7, sampler="Euler")
    plan = plan_generation(request)
    services = SimpleNamespace(short_title=lambda path: f"{path} [hash]")
    job: Any = SimpleNamespace(request=request, plan=plan, services=services)
    assert request.hires is not None and plan.hires is not None
    pairs = hires_pairs(job, request.hires, plan.hires)
    values = {name: value(0) if callable(value) else value for name, value in pairs.items()}
    return {name: value for name, value in values.items() if value is not None}


def test_usual_values_have_no_pairs() -> None:
    assert pairs_of() == {"Denoising strength": 0.7, "Hires upscale": 2.0}
    assert pairs_of(sampler="Euler", prompt="a cat") == pairs_of()


def test_pairs_stand_in_a1111s_order() -> None:
    pairs = pairs_of(
        scale=1.5,
        upscaler="Latent",
        steps=5,
        checkpoint="two",
        sampler="DDIM",
        prompt="a dog",
        negative_prompt="blue",
    )
    assert list(pairs.items()) == [
        ("Denoising strength", 0.7),
        ("Hires checkpoint", "two [hash]"),
        ("Hires sampler", "DDIM"),
        ("Hires prompt", "a dog"),
        ("Hires negative prompt", "blue"),
        ("Hires upscale", 1.5),
        ("Hires steps", 5),
        ("Hires upscaler", "Latent"),
    ]


def test_a_size_takes_the_place_of_a_scale() -> None:
    pairs = pairs_of(resize_x=640, resize_y=512)
    assert pairs["Hires resize"] == "640x512" and "Hires upscale" not in pairs


class Refusing:
    """Upscalers of which none can be used."""

    def get(self, name: str, options: object) -> None:
        if name == "missing":
            raise MissingWeights("put it there", field="upscaler")
        raise InvalidRequest(f"no {name}", field="upscaler")


@pytest.mark.parametrize(("name", "kind"), [("nope", InvalidRequest), ("missing", MissingWeights)])
def test_a_refusal_names_the_field_of_hires_fix(name: str, kind: type[InvalidRequest]) -> None:
    services: Any = SimpleNamespace(upscalers=Refusing())
    with pytest.raises(InvalidRequest) as caught:
        check_hires(make_request(hires=Hires(upscaler=name)), services)
    assert type(caught.value) is kind
    assert caught.value.field == "hires.upscaler"


@pytest.mark.parametrize("hires", [None, Hires(), Hires(upscaler="Latent (bicubic)"), Hires(upscaler="None")])
def test_latents_need_no_upscaler(hires: Hires | None) -> None:
    services: Any = SimpleNamespace(upscalers=Refusing())
    check_hires(make_request(hires=hires), services)
