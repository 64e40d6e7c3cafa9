"""Bodies of enhancements and masks as wishes."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from extensions.fooocus.bodies.enhance import MaskOfPicture
from extensions.fooocus.intent.enhance import engine_of, mask_wish, require_mask_files
from extensions.fooocus.masking import MaskWish
from pipelines.contract.errors import InvalidRequest, MissingWeights
from tests.extensions.fooocus.conftest import FooocusServer, fooocus_server
from tests.pipelines.catalog.folders import folders_in
from tests.sdapi.fakes import png

PATH = "/v2/generation/image-enhance"
PICTURE = base64.b64encode(png(64, 64)).decode()


def entry(**fields: Any) -> dict[str, Any]:
    return {"enhance_enabled": True, "enhance_mask_model": "u2net"} | {
        f"enhance_{name}": value for name, value in fields.items()
    }


def test_entries_become_steps(fooocus: FooocusServer) -> None:
    made = fooocus.make(
        PATH,
        enhance_input_image=PICTURE,
        prompt="a cat",
        image_seed=3,
        image_number=2,
        style_selections=[],
        enhance_uov_method="Disabled",
        enhance_ctrlnets=[
            entry(prompt="eyes", inpaint_strength=0.5, inpaint_engine="None"),
            entry(enabled=False, prompt="nothing"),
            entry(mask_invert=True, inpaint_erode_or_dilate=-3),
        ],
    )
    assert made.enhance is not None and made.upscale is None
    eyes, plain = made.enhance.steps
    assert made.base.per_picture.prompts == ("a cat", "a cat", "eyes", "eyes", "a cat", "a cat")
    assert (eyes.own, eyes.first, plain.own, plain.first) == (True, 2, False, 4)
    assert [picture.seed for picture in eyes.pictures] == [3, 4]
    assert (eyes.inpaint.strength, eyes.inpaint.field, eyes.inpaint.engine) == (0.5, 0.618, "")
    assert (plain.inpaint.invert, plain.inpaint.grow, plain.inpaint.engine) == (True, -3, "v2.6")
    assert plain.mask.field == "enhance_ctrlnets.2.enhance_mask_model"
    assert made.word == "fooocus-enhance"


def test_the_order_and_whose_words_the_upscale_has(fooocus: FooocusServer) -> None:
    made = fooocus.make(
        PATH,
        enhance_input_image=PICTURE,
        enhance_uov_processing_order="After Last Enhancement",
        enhance_uov_prompt_type="Last Filled Enhancement Prompts",
        enhance_ctrlnets=[entry(prompt="eyes")],
        advanced_params={"debugging_enhance_masks_checkbox": True, "dino_erode_or_dilate": 4},
    ).enhance
    assert made is not None
    assert (made.upscale_last, made.last_words, made.masks) == (True, True, True)
    assert made.steps[0].mask.grow == 4


def test_what_doesn_t_count_is_told(fooocus: FooocusServer) -> None:
    entries = [entry(), entry(prompt="eyes <lora:x:1>"), entry(), entry()]
    made = fooocus.make(PATH, enhance_input_image=PICTURE, enhance_ctrlnets=entries)
    assert made.enhance is not None and len(made.enhance.steps) == 3
    assert any("the first 3 count" in text for text in made.warnings)
    assert "enhance_ctrlnets.1.enhance_prompt: LoRAs in it don't count" in made.warnings


def test_too_many_drawings_are_refused_in_the_clients_numbers(tmp_path: Path) -> None:
    server = fooocus_server(tmp_path, max_n_iter=4)
    body = {"enhance_input_image": PICTURE, "image_number": 2, "enhance_ctrlnets": [entry(), entry()]}
    answer = server.client.post(PATH, json=body)
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == ["body", "image_number"]
    assert fault["msg"] == (
        "2 with 2 entries of enhance_ctrlnets count as 6, and at most 4 are drawn (see --max-n-iter)"
    )
    server.make(PATH, **{**body, "image_number": 1})


def test_a_box_that_is_off_enhances_nothing(fooocus: FooocusServer) -> None:
    made = fooocus.make(
        PATH, enhance_input_image=PICTURE, enhance_checkbox=False, enhance_ctrlnets=[entry(prompt="eyes")]
    )
    assert made.enhance is not None
    assert (made.enhance.steps, made.upscale) == ((), None)
    assert "enhance_checkbox: it is off, so nothing is enhanced" in made.warnings


@pytest.mark.parametrize("words", ["", "  ", " . "])
def test_an_entry_of_words_needs_words(words: str, fooocus: FooocusServer) -> None:
    entries = [entry(), entry(mask_model="sam", mask_dino_prompt_text=words)]
    body = {"enhance_input_image": PICTURE, "enhance_ctrlnets": entries}
    answer = fooocus.client.post(PATH, json=body)
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == ["body", "enhance_ctrlnets", 1, "enhance_mask_dino_prompt_text"]


def test_a_mask_of_words_needs_words() -> None:
    body = MaskOfPicture.model_validate({"image": "x", "mask_model": "sam"})
    with pytest.raises(InvalidRequest) as refused:
        mask_wish(body)
    assert refused.value.field == "dino_prompt_text"
    wish = mask_wish(body.model_copy(update={"dino_prompt_text": "face", "sam_max_detections": 2}))
    assert (wish.words, wish.most, wish.size) == ("face", 2, "vit_b")


def test_weights_that_are_missing_are_named(tmp_path: Any) -> None:
    folders = folders_in(tmp_path)
    saliency = MaskWish(model="u2net", field="mask_model")
    require_mask_files(saliency, None)
    with pytest.raises(MissingWeights, match=r"u2net\.onnx"):
        require_mask_files(saliency, folders)
    with pytest.raises(MissingWeights, match="Grounding DINO") as refused:
        require_mask_files(MaskWish(model="sam", field="mask_model", words="face"), folders)
    assert refused.value.field == "mask_model"
    (tmp_path / "models" / "rembg").mkdir(parents=True)
    (tmp_path / "models" / "rembg" / "u2net.onnx").write_bytes(b"x")
    require_mask_files(saliency, folders)


@pytest.mark.parametrize(("text", "engine"), [("None", ""), ("v1", "v1"), ("v9", "v2.6")])
def test_engines(text: str, engine: str) -> None:
    assert engine_of(text) == engine
