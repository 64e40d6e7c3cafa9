"""Bodies of txt2img and img2img: A1111's order and defaults, nulls and unknown fields."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from sdapi.dialects.a1111.schemas.generation import (
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
)
from sdapi.jobs.preferences import BODY_FIELDS

SHARED = ("sampler_index", "script_args", "send_images", "save_images", "alwayson_scripts")


@pytest.mark.parametrize("field", SHARED)
def test_null_is_the_default_where_the_original_refuses_it(field: str) -> None:
    body = StableDiffusionProcessingTxt2Img.model_validate({field: None})
    assert getattr(body, field) == getattr(StableDiffusionProcessingTxt2Img(), field)
    assert field not in body.model_fields_set


def test_img2img_has_two_more_of_these() -> None:
    sent = {"denoising_strength": None, "include_init_images": None}
    body = StableDiffusionProcessingImg2Img.model_validate(sent)
    assert (body.denoising_strength, body.include_init_images) == (0.75, False)
    assert (
        StableDiffusionProcessingTxt2Img.model_validate({"denoising_strength": None}).echo()[
            "denoising_strength"
        ]
        is None
    )


def test_other_nulls_are_echoed() -> None:
    body = StableDiffusionProcessingTxt2Img.model_validate({"steps": None, "prompt": None})
    assert (body.echo()["steps"], body.echo()["prompt"]) == (None, None)


def test_defaults_are_not_coerced() -> None:
    sent = StableDiffusionProcessingTxt2Img.model_validate({"subseed_strength": 0})
    left_out = StableDiffusionProcessingTxt2Img()
    assert [repr(body.echo()["subseed_strength"]) for body in (sent, left_out)] == ["0.0", "0"]


def test_the_echo_is_in_schema_order() -> None:
    echo = StableDiffusionProcessingTxt2Img.model_validate({"steps": "5", "prompt": 7, "zoo": 1}).echo()
    assert list(echo)[:5] == ["prompt", "negative_prompt", "styles", "seed", "subseed"]
    assert list(echo)[-1] == "infotext"
    assert (echo["steps"], echo["prompt"], "zoo" in echo, len(echo)) == (5, "7", False, 55)
    assert len(StableDiffusionProcessingImg2Img().echo()) == 57


def test_unknown_fields_are_named_and_ours_are_not() -> None:
    sent = {"zoo": 1, "prompt": "x", **dict.fromkeys(BODY_FIELDS, None)}
    assert StableDiffusionProcessingTxt2Img.model_validate(sent).unknown() == ("zoo",)
    assert StableDiffusionProcessingTxt2Img(prompt="x").unknown() == ()


def test_a_body_is_an_object() -> None:
    with pytest.raises(ValidationError):
        StableDiffusionProcessingTxt2Img.model_validate([1])


def test_the_document_allows_null_for_these() -> None:
    properties = StableDiffusionProcessingTxt2Img.model_json_schema()["properties"]
    assert all(properties[field]["nullable"] for field in SHARED)
    img2img = StableDiffusionProcessingImg2Img.model_json_schema()["properties"]
    assert img2img["denoising_strength"]["nullable"]
