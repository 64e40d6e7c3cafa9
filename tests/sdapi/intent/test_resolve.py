"""An intent becomes a request: names looked up, pictures read, all checked, in any client's spelling."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import PerPicture, Style
from sdapi.core.state import State
from sdapi.http.errors import ApiError
from sdapi.intent.intent import (
    HiresIntent,
    Intent,
    MaskIntent,
    NetworkIntent,
    RefinerIntent,
    ScriptIntent,
    SeedsIntent,
    StartIntent,
)
from sdapi.intent.resolve import Resolved, resolve
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png

Resolve = Callable[[Intent], Resolved]
START = StartIntent(images=(png(),))


@pytest.fixture
def resolved(server: Server) -> Resolve:
    """Resolve with the state of a server."""
    state = cast("State", server.app.state.sdapi)
    return lambda intent: anyio.run(resolve, intent, state)


def test_an_empty_intent_is_a_picture_of_the_servers_checkpoint(resolved: Resolve) -> None:
    found = resolved(Intent())
    request = found.request
    assert (request.width, request.steps, request.batch_size, request.denoising_strength) == (
        512,
        50,
        1,
        None,
    )
    assert request.checkpoint.endswith(".safetensors")
    assert request.seeds.random and request.seeds.seed >= 0
    assert (found.warnings, dict(found.overrides)) == ((), {})


def test_names_are_looked_up_in_any_spelling(resolved: Resolve) -> None:
    intent = Intent(
        checkpoint="tiny-sd1-b",
        sampler="euler a",
        scheduler="karras",
        seeds=SeedsIntent(seed=3, subseed=4),
        hires=HiresIntent(upscaler="lanczos", sampler="dpm++ 2m"),
        refiner=RefinerIntent(checkpoint="tiny-sd1", switch_at=0.8),
        denoising_strength=0.5,
    )
    request = resolved(intent).request
    assert request.checkpoint == "/models/tiny-sd1-b.safetensors"
    assert (request.sampler, request.scheduler) == ("Euler a", "Karras")
    assert (request.seeds.seed, request.seeds.subseed, request.seeds.random) == (3, 4, False)
    assert request.hires is not None
    assert (request.hires.upscaler, request.hires.sampler) == ("Lanczos", "DPM++ 2M")
    assert request.refiner is not None
    assert request.refiner.checkpoint == "/models/tiny-sd1.safetensors"


def test_styles_come_by_name_or_as_texts(resolved: Resolve, server: Server) -> None:
    (server.data / "styles.csv").write_text("name,prompt,negative_prompt\nold,aged,\n")
    own = Style(name="own", prompt="{prompt}, bright")
    found = resolved(Intent(styles=("old", own, "gone")))
    assert [style.prompt for style in found.request.styles] == ["aged", "{prompt}, bright", ""]
    assert found.warnings == ("styles: 'gone' is not a known style",)


def test_networks_of_a_list_stand_at_the_end_of_every_prompt(resolved: Resolve) -> None:
    own = PerPicture(prompts=("a", "b"))
    intent = Intent(
        prompt="x", batch_size=2, per_picture=own, networks=(NetworkIntent(name="TINY", strength=0.5),)
    )
    request = resolved(intent).request
    assert request.prompt == "x<lora:tiny:0.5>"
    assert request.per_picture.prompts == ("a<lora:tiny:0.5>", "b<lora:tiny:0.5>")
    for prompt, hires in (("", ""), ("y", "y<lora:tiny:0.5>")):
        request = resolved(replace(intent, hires=HiresIntent(prompt=prompt))).request
        assert request.hires is not None
        assert request.hires.prompt == hires


@pytest.mark.parametrize("picture", [png(), base64.b64encode(png()).decode()])
def test_pictures_are_bytes_or_text(picture: object, resolved: Resolve) -> None:
    intent = Intent(start=StartIntent(images=(picture,)), mask=MaskIntent(picture=picture, blur=3))
    request = resolved(intent).request
    assert request.img2img is not None
    assert request.img2img.images == (png(),)
    assert request.img2img.inpaint is not None
    assert (request.img2img.inpaint.mask, request.img2img.inpaint.blur_y) == (png(), 3)
    assert request.denoising_strength == 0.75


def test_several_pictures_are_a_batch(resolved: Resolve) -> None:
    request = resolved(Intent(batch_size=3, start=StartIntent(images=(png(), png())))).request
    assert request.batch_size == 2


def test_hires_fix_needs_a_strength_and_is_told(resolved: Resolve) -> None:
    found = resolved(Intent(hires=HiresIntent()))
    assert found.request.denoising_strength == 0.75
    assert found.warnings == ("denoising_strength: hires fix needs one; 0.75 was used",)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"steps": 0}, "steps"),
        ({"batch_count": 0}, "batch_count"),
        ({"width": 4}, "width"),
        ({"hires": HiresIntent(upscaler="magic")}, "hires.upscaler"),
        ({"hires": HiresIntent(sampler="magic")}, "hires.sampler"),
        ({"hires": HiresIntent(checkpoint="magic")}, "hires.checkpoint"),
        ({"hires": HiresIntent(scale=1000.0)}, "hires.scale"),
        ({"refiner": RefinerIntent(checkpoint="magic")}, "refiner.checkpoint"),
        ({"refiner": RefinerIntent(checkpoint="tiny-sd1", switch_at=2.0)}, "refiner.switch_at"),
        ({"start": StartIntent(images=())}, "start.images"),
        ({"start": replace(START, resize_mode=9)}, "start.resize_mode"),
        ({"start": START, "mask": MaskIntent(picture=png(), fill=9)}, "mask.fill"),
        ({"start": START, "mask": MaskIntent(picture=png(), blur_x=-1)}, "mask.blur_x"),
        ({"start": START, "denoising_strength": 2.0}, "denoising_strength"),
        ({"mask": MaskIntent(picture=png())}, "mask"),
        ({"networks": (NetworkIntent(name="tiny"), NetworkIntent(name="gone"))}, "networks.1.name"),
        ({"per_picture": PerPicture(prompts=("a", "b"))}, "per_picture.prompts"),
        ({"per_picture": PerPicture(seeds=(1, 2))}, "per_picture.seeds"),
        ({"overrides": {"jpeg_quality": 1000}}, "overrides.jpeg_quality"),
        ({"seeds": SeedsIntent(seed=2**70)}, "seeds.seed"),
    ],
)
def test_errors_name_our_paths(changes: dict[str, Any], field: str, resolved: Resolve) -> None:
    with pytest.raises(InvalidRequest) as refused:
        resolved(Intent(**changes))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": StartIntent(images=(png(), "no picture")), "batch_size": 2}, "start.images.1"),
        ({"start": StartIntent(images=(b"no picture",))}, "start.images.0"),
        ({"start": StartIntent(images=(7,))}, "start.images.0"),
        ({"start": START, "mask": MaskIntent(picture="!")}, "mask.picture"),
        ({"start": START, "mask": MaskIntent(picture=png(), latent_mask="!")}, "mask.latent_mask"),
        ({"script": ScriptIntent(name="no such")}, "script.name"),
        ({"always_on": (ScriptIntent(name="no such", args=(1,)),)}, "always_on.no such"),
        ({"always_on": (ScriptIntent(name="animatediff", args=(False,)),)}, "always_on.animatediff"),
    ],
)
def test_so_do_those_of_pictures_and_scripts(changes: dict[str, Any], field: str, resolved: Resolve) -> None:
    with pytest.raises(ApiError) as refused:
        resolved(Intent(**changes))
    assert (refused.value.field, refused.value.status_code) == (field, 422)


def test_what_was_replaced_is_said_by_our_paths(resolved: Resolve) -> None:
    intent = Intent(checkpoint="gone", sampler="Nope", scheduler="Nope", overrides={"nothing": 1})
    paths = [warning.partition(": ")[0] for warning in resolved(intent).warnings]
    assert paths == ["overrides", "checkpoint", "sampler", "scheduler"]
    (warning,) = resolved(Intent(overrides={"sd_model_checkpoint": "gone"})).warnings
    assert warning.startswith("overrides.sd_model_checkpoint: no checkpoint is called 'gone'")


def test_overrides_come_back_in_their_types(resolved: Resolve, tmp_path: Path) -> None:
    found = resolved(Intent(overrides={"sd_model_checkpoint": "tiny-sd1", "eta_noise_seed_delta": "3"}))
    assert found.overrides["eta_noise_seed_delta"] == 3
    assert str(found.overrides["sd_model_checkpoint"]).startswith("tiny-sd1.safetensors [")
    assert "eta_noise_seed_delta" in found.request.overridden
