"""Pictures on the way of a training run: by the preview fields, or by the training prompts."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.training import TrainingPictures, TrainingPreview
from sdapi.dialects.a1111.arguments import ArgumentReader
from sdapi.dialects.a1111.training_preview import preview_for
from tests.sdapi.states import make_state

PICTURES = TrainingPictures(folder="/p", folder_as_sent="p", width=64, height=96, template=("[name]",))
FIELDS: dict[str, Any] = {
    "create_image_every": 2,
    "preview_from_txt2img": True,
    "preview_prompt": "p",
    "preview_negative_prompt": "n",
    "preview_steps": 3,
    "preview_sampler_name": "Euler a",
    "preview_cfg_scale": 5,
    "preview_seed": 7,
    "preview_width": 128,
    "preview_height": 192,
}


def asked(
    *, lenient: bool = False, pictures: TrainingPictures = PICTURES, **changes: Any
) -> TrainingPreview | None:
    async def preview() -> TrainingPreview | None:
        read = ArgumentReader({**FIELDS, **changes})
        return await preview_for(read, PICTURES, make_state(), lenient=lenient)

    return anyio.run(preview)


def made(**changes: Any) -> TrainingPreview:
    preview = asked(**changes)
    assert preview is not None
    return preview


@pytest.mark.parametrize("every", [0, None])
def test_an_interval_of_nothing_is_never(every: int | None) -> None:
    assert asked(create_image_every=every) is None


def test_the_preview_fields_are_a_generation() -> None:
    preview = made()
    request = preview.request
    assert (request.prompt, request.negative_prompt, request.sampler) == ("p", "n", "Euler a")
    assert (request.steps, request.cfg_scale, request.width, request.height) == (3, 5, 128, 192)
    assert (request.seeds.seed, request.seeds.random) == (7, False)
    assert (preview.prompt_from_picture, preview.broken) == (False, "")


def test_without_them_the_training_prompt_is_drawn() -> None:
    preview = made(preview_from_txt2img=False)
    request = preview.request
    assert (request.sampler, request.steps, request.cfg_scale) == ("DPM++ 2M", 20, 7.0)
    assert (request.width, request.height, request.prompt) == (64, 96, "")
    assert preview.prompt_from_picture


def test_null_prompts_are_empty_and_a_seed_of_minus_one_is_drawn() -> None:
    request = made(preview_prompt=None, preview_negative_prompt=None, preview_seed=-1).request
    assert (request.prompt, request.negative_prompt, request.seeds.random) == ("", "", True)


def test_an_unknown_sampler_is_refused_or_ends_the_run_later() -> None:
    with pytest.raises(InvalidRequest, match="no sampler is called 'magic'") as refused:
        asked(preview_sampler_name="magic")
    assert refused.value.field == "preview_sampler_name"
    late = made(preview_sampler_name="magic", lenient=True)
    assert (late.broken, late.request.sampler) == ("no sampler is called 'magic'", "DPM++ 2M")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"preview_steps": 0}, "preview_steps"),
        ({"preview_steps": "many"}, "preview_steps"),
        ({"preview_width": 4}, "preview_width"),
        ({"preview_height": 10**9}, "preview_height"),
        ({"preview_seed": None}, "preview_seed"),
        ({"preview_cfg_scale": []}, "preview_cfg_scale"),
        ({"preview_from_txt2img": "perhaps"}, "preview_from_txt2img"),
    ],
)
def test_a_wrong_field_has_the_routes_name(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        asked(**changes)
    assert refused.value.field == field
