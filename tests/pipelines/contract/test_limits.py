"""One check holds for every generation, whoever asks for it, and names field and flag."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import WorkLimits, check_generation, check_picture
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import (
    Churn,
    GenerationRequest,
    Hires,
    Img2Img,
    Inpaint,
    Inversion,
    PerPicture,
    Seeds,
    Style,
)

LIMITS = WorkLimits(
    pixels=65_536, side=1024, batch_size=2, batch_count=3, steps=10, cost=1, prompt_length=100
)
START = Img2Img(images=(b"",))


def request(**changes: Any) -> GenerationRequest:
    seeds = Seeds(seed=1, subseed=2)
    values: dict[str, Any] = {"checkpoint": "/gone", "width": 64, "height": 64, "steps": 10, "seeds": seeds}
    return GenerationRequest(**values | changes)


def test_what_is_within_passes() -> None:
    check_generation(request(), LIMITS)
    check_generation(request(denoising_strength=5), LIMITS)
    check_generation(request(width=1024, height=64, steps=1, batch_count=3, batch_size=2), LIMITS)
    check_generation(request(hires=Hires(scale=2, steps=2), steps=2, denoising_strength=0.5), LIMITS)


@pytest.mark.parametrize(
    ("changes", "field", "flag"),
    [
        ({"steps": 11}, "steps", "--max-steps"),
        ({"steps": 0}, "steps", "between 1 and 10"),
        ({"batch_size": 3}, "batch_size", "--max-batch-size"),
        ({"batch_count": 4}, "batch_count", "--max-n-iter"),
        ({"width": 1032}, "width", "--max-side"),
        ({"width": 512, "height": 512}, "width", "--max-pixels"),
        ({"height": 7}, "height", "at least 8"),
        ({"img2img": START, "denoising_strength": math.nan}, "denoising_strength", "between 0 and 1"),
        ({"img2img": Img2Img(images=(b"",) * 2)}, "start.images", "passed: 2; expecting 1 or less"),
        ({"img2img": Img2Img(images=())}, "start.images", "passed: 0; expecting 1 or less"),
        ({"hires": Hires(scale=9), "denoising_strength": 0.5}, "hires.scale", "--max-pixels"),
        ({"hires": Hires(steps=11), "denoising_strength": 0.5}, "hires.steps", "--max-steps"),
        ({"hires": Hires(resize_x=2000), "denoising_strength": 0.5}, "hires.resize_x", "--max-side"),
        (
            {"hires": Hires(first_width=64), "denoising_strength": 0.5},
            "hires.first_height",
            "both sides|least 8",
        ),
        ({"hires": Hires(scale=0.05), "denoising_strength": 0.5}, "hires.scale", "too small"),
        ({"img2img": START, "inversion": Inversion(prompt="", steps=11)}, "script.args", "--max-steps"),
        (
            {"img2img": START, "inversion": Inversion(prompt="a" * 101, steps=1)},
            "script.args",
            "--max-prompt",
        ),
        ({"prompt": "a" * 101}, "prompt", "--max-prompt-length"),
        ({"negative_prompt": "a" * 101}, "negative_prompt", "--max-prompt-length"),
        ({"per_picture": PerPicture(prompts=("a" * 101,))}, "prompt", "--max-prompt-length"),
        ({"styles": (Style(name="a", prompt="b" * 101),)}, "styles", "--max-prompt-length"),
        ({"width": 256, "height": 256, "steps": 10, "batch_size": 2}, "steps|batch_size", "--max-cost"),
        ({"cfg_scale": math.inf}, "cfg_scale", "too large"),
        ({"churn": Churn(eta=math.nan)}, "churn.eta", "too large, or none"),
        ({"seeds": Seeds(seed=2**64, subseed=0)}, "seeds.seed", "between"),
        ({"options": GenerationOptions(skip_early_cond=5)}, "options.skip_early_cond", "between 0"),
        ({"options": GenerationOptions(ESRGAN_tile=-1)}, "options.ESRGAN_tile", "between 0"),
    ],
)
def test_what_is_beyond_names_field_and_flag(changes: dict[str, Any], field: str, flag: str) -> None:
    with pytest.raises(InvalidRequest, match=flag) as error:
        check_generation(request(**changes), LIMITS)
    assert error.value.field in field.split("|")


def test_a_prompt_of_many_parts_is_refused() -> None:
    check_generation(request(prompt=" AND ".join("a" * 100)), WorkLimits())
    with pytest.raises(InvalidRequest, match="101 texts joined by AND"):
        check_generation(request(prompt=" AND ".join("a" * 101)), WorkLimits())


def test_a_mask_of_absurd_blur_is_refused() -> None:
    start = replace(START, inpaint=Inpaint(mask=b"", blur_x=4096))
    check_generation(request(img2img=start), LIMITS)
    start = replace(START, inpaint=Inpaint(mask=b"", blur_x=4097))
    with pytest.raises(InvalidRequest, match=r"mask\.blur"):
        check_generation(request(img2img=start), LIMITS)


def test_a_picture_beyond_both_limits_names_both() -> None:
    with pytest.raises(InvalidRequest, match=r"100000x64 .*--max-pixels.* and .*--max-side"):
        check_picture("width", 100_000, 64, replace(WorkLimits(), pixels=2**20))
    with pytest.raises(InvalidRequest, match=r"100000x64 is beyond 16384 pixels a side \(--max-side\)"):
        check_picture("width", 100_000, 64, WorkLimits())
    with pytest.raises(InvalidRequest, match="is beyond"):
        check_picture("width", math.inf, 1e300, WorkLimits())
