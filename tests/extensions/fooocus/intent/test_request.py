"""Requests of bodies: their pictures, labels, files and errors."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest

from extensions.fooocus.intent import request as requests
from extensions.fooocus.intent.request import file_name
from extensions.fooocus.routes import tools
from sdapi.http.pictures import PictureReader
from tests.extensions.fooocus.conftest import FooocusServer
from tests.sdapi.fakes import png

PICTURE = base64.b64encode(png(64, 64)).decode()
INPAINT, PROMPT = "/v2/generation/image-inpaint-outpaint", "/v2/generation/image-prompt"
UPSCALE = "/v2/generation/image-upscale-vary"


@pytest.mark.parametrize(
    ("method", "factor", "strength", "fast"),
    [
        ("Vary (Subtle)", None, 0.5, False),
        ("vary (strong)", None, 0.85, False),
        ("Upscale (1.5x)", 1.5, 0.382, False),
        ("Upscale (2x)", 2.0, 0.382, False),
        ("Upscale (Fast 2x)", 2.0, 0.382, True),
        ("Upscale (Custom)", 3.0, 0.382, False),
    ],
)
def test_methods(
    method: str, factor: float | None, strength: float, fast: bool, fooocus: FooocusServer
) -> None:
    made = fooocus.make(UPSCALE, input_image=PICTURE, uov_method=method, upscale_value=3)
    assert made.upscale is not None
    assert (made.upscale.factor, made.upscale.strength, made.upscale.fast) == (factor, strength, fast)
    assert made.word == "fooocus-upscale"


def test_overwritten_strengths(fooocus: FooocusServer) -> None:
    advanced = {"overwrite_vary_strength": 0.3, "overwrite_upscale_strength": 0.2}
    vary = fooocus.make(
        UPSCALE, input_image=PICTURE, uov_method="Vary (Strong)", advanced_params=advanced
    ).upscale
    larger = fooocus.make(UPSCALE, input_image=PICTURE, advanced_params=advanced).upscale
    assert vary is not None and larger is not None
    assert (vary.strength, larger.strength) == (0.3, 0.2)


def test_disabled_is_text_to_image(fooocus: FooocusServer) -> None:
    assert fooocus.make(UPSCALE, uov_method="Disabled", input_image=PICTURE).upscale is None


def test_outpainting_looks_at_everything(fooocus: FooocusServer) -> None:
    advanced = {"inpaint_strength": 0.4, "inpaint_respective_field": 0.3}
    body: dict[str, Any] = {"input_image": PICTURE, "advanced_params": advanced}
    made = fooocus.make(
        INPAINT, **body, outpaint_selections=["right", "Left"], outpaint_distance_left=9
    ).inpaint
    assert made is not None
    assert (made.sides, made.distances) == (("Left", "Right"), (9, 0, 0, 0))
    assert (made.strength, made.field) == (1.0, 1.0)
    masked = fooocus.make(INPAINT, **body, input_mask=PICTURE).inpaint
    assert masked is not None
    assert (masked.strength, masked.field) == (0.4, 0.3)


def test_a_picture_alone_is_not_repainted(fooocus: FooocusServer) -> None:
    made = fooocus.make(INPAINT, input_image=PICTURE, input_mask=None)
    assert (made.inpaint, made.word) == (None, "fooocus-inpaint")


def test_an_additional_prompt_comes_first(fooocus: FooocusServer) -> None:
    made = fooocus.make(INPAINT, prompt="a cat", inpaint_additional_prompt="eyes", style_selections=[])
    assert made.pictures[0].positive == ("eyes", "a cat")


def test_image_prompts_have_what_is_usual_for_their_type(fooocus: FooocusServer) -> None:
    prompts = [
        {"cn_img": PICTURE, "cn_type": "faceswap"},
        {"cn_img": "none", "cn_type": "CPDS"},
        {"cn_img": PICTURE, "cn_type": "PyraCanny", "cn_stop": 0.6, "cn_weight": 1.2},
        {"cn_img": PICTURE, "cn_stop": None},
    ]
    made = fooocus.make(PROMPT, image_prompts=[*prompts, *prompts])
    found = [(picture.kind, picture.stop, picture.weight) for picture in made.control.pictures]
    assert found == [("FaceSwap", 0.9, 0.75), ("PyraCanny", 0.6, 1.2), ("ImagePrompt", 0.5, 0.6)]
    assert made.word == "fooocus-prompt"


def test_image_prompts_with_words_are_text_to_image(fooocus: FooocusServer) -> None:
    made = fooocus.make("/v2/generation/text-to-image-with-ip", image_prompts=[{"cn_img": PICTURE}])
    assert (made.word, len(made.control.pictures)) == ("fooocus-text", 1)


def test_enhancing_begins_with_varying(fooocus: FooocusServer) -> None:
    path = "/v2/generation/image-enhance"
    made = fooocus.make(path, enhance_input_image=PICTURE, enhance_uov_method="Vary (Subtle)")
    assert made.upscale is not None
    assert (made.upscale.strength, made.word) == (0.5, "fooocus-enhance")


def test_the_picture_of_an_enhancement_is_read_once(
    fooocus: FooocusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    plain = PictureReader.read

    async def counted(self: PictureReader, value: object, *, field: str) -> bytes:
        read.append(field)
        return await plain(self, value, field=field)

    monkeypatch.setattr(PictureReader, "read", counted)
    made = fooocus.make("/v2/generation/image-enhance", enhance_input_image=PICTURE)
    assert read == ["enhance_input_image"]
    assert made.enhance is not None and made.upscale is not None
    assert (made.enhance.image, made.upscale.image) == (png(64, 64), b"")


@pytest.mark.parametrize(
    ("module", "name", "path"),
    [
        (requests, "intent_of", "/v2/generation/image-enhance"),
        (requests, "require_mask_files", "/v2/generation/image-enhance"),
        (tools, "require_mask_files", "/v1/tools/generate_mask"),
    ],
)
def test_files_are_looked_at_beside_the_event_loop(
    module: Any, name: str, path: str, fooocus: FooocusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain: Callable[..., Any] = getattr(module, name)
    on_the_loop: list[bool] = []

    def watched(*args: Any, **named: Any) -> Any:
        on_the_loop.append(_runs_a_loop())
        return plain(*args, **named)

    monkeypatch.setattr(module, name, watched)
    entry = {"enhance_enabled": True}
    body = {"image": PICTURE, "enhance_input_image": PICTURE, "enhance_ctrlnets": [entry]}
    fooocus.client.post(path, json=body)
    assert on_the_loop == [False]


def _runs_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"save_extension": "bmp"}, ["body", "save_extension"]),
        ({"outpaint_distance_top": 10**6, "input_image": PICTURE, "outpaint_selections": "Top"}, None),
        ({"input_image": "!!!!", "outpaint_selections": "Top"}, ["body", "input_image"]),
        ({"image_prompts": [{"cn_img": "zz"}]}, ["body", "image_prompts", 0, "cn_img"]),
        ({"aspect_ratios_selection": "99999*99999"}, ["body", "aspect_ratios_selection"]),
        ({"prompt": "x" * 30_000}, ["body", "prompt"]),
    ],
)
def test_bad_input_names_its_field(
    body: dict[str, Any], where: list[Any] | None, fooocus: FooocusServer
) -> None:
    answer = fooocus.client.post(PROMPT, json={"image_prompts": [], **body})
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == (where or ["body", "outpaint_distance_top"])


@pytest.mark.parametrize(
    ("text", "name"),
    [("cat", "cat"), ("../../etc/x", "x"), ("a\\b", "b"), ("..", ""), ("", ""), ("a:b?", "a_b_")],
)
def test_names_of_files_stay_in_their_folder(text: str, name: str) -> None:
    assert file_name(text) == name
