"""A family is one folder: dropped into the data folder it makes pictures through the API."""

from __future__ import annotations

import base64
import io
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file, save_file

from tests.contributor.family.toy_files import write_toy
from tests.extensions.invokeai.graphs import drawing
from tests.running import running

TOY = Path(__file__).parent / "toy_flow"
SD_VAE, SD1 = "sd.safetensors", "zz-sd1.safetensors"
ASKED: dict[str, Any] = {
    "prompt": "a red circle",
    "seed": 1,
    "steps": 4,
    "width": 64,
    "height": 48,
    "sampler_name": "Euler",
}


@pytest.fixture(scope="module")
def models(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_toy(folder)
    sd1 = models_dir / "Stable-diffusion" / "tiny-sd1.safetensors"
    shutil.copy(sd1, folder / "Stable-diffusion" / SD1)
    tensors = load_file(sd1)
    save_file(
        {n: t for n, t in tensors.items() if n.startswith("first_stage_model.")}, folder / "VAE" / SD_VAE
    )
    return folder


@pytest.fixture(scope="module")
def client(root: Path, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    data = tmp_path_factory.mktemp("data")
    shutil.copytree(TOY, data / "families" / "toy_flow")
    (data / "families" / "broken").mkdir()
    (data / "families" / "broken" / "__init__.py").write_text("FAMILIES = 1 / 0\n")
    with running(root, models, data, threads=1) as client:
        yield client


def encoded(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def made(client: httpx.Client, path: str = "txt2img", **changes: Any) -> tuple[Image.Image, dict[str, Any]]:
    answer = client.post(f"/sdapi/v1/{path}", json={**ASKED, **changes})
    assert answer.status_code == 200, answer.text
    picture = Image.open(io.BytesIO(base64.b64decode(answer.json()["images"][0])))
    return picture, json.loads(answer.json()["info"])


def test_it_makes_the_picture_that_was_asked_for(client: httpx.Client) -> None:
    picture, info = made(client)
    assert picture.size == (64, 48)
    assert np.asarray(picture).std() > 1
    assert info["sd_model_name"] == "toy"
    assert picture.tobytes() == made(client)[0].tobytes()
    others: list[dict[str, Any]] = [{"prompt": "a blue square"}, {"seed": 2}, {"negative_prompt": "dark"}]
    for other in others:
        assert made(client, **other)[0].tobytes() != picture.tobytes(), other


def test_sizes_are_whole_cells_of_the_family(client: httpx.Client) -> None:
    assert made(client, width=72, height=40)[0].size == (64, 32)
    assert made(client, width=16, height=16)[0].size == (16, 16)
    enlarged, _ = made(client, enable_hr=True, hr_resize_x=100, hr_resize_y=40, denoising_strength=0.5)
    assert enlarged.size == (96, 32)
    latent = {"init_images": [encoded(Image.new("RGB", (20, 20)))], "resize_mode": 3}
    assert made(client, "img2img", **latent)[0].size == (64, 48)


TINY = {"init_images": [encoded(Image.new("RGB", (12, 12)))], "resize_mode": 3}


@pytest.mark.parametrize(
    ("path", "asked", "told"),
    [
        ("txt2img", {"width": 8}, "width must be at least 16 pixels"),
        ("txt2img", {"height": 12}, "height must be at least 16 pixels"),
        ("txt2img", {"enable_hr": True, "hr_scale": 0.2}, "hr_scale: a result of 12x9 is too small"),
        (
            "txt2img",
            {"enable_hr": True, "hr_resize_x": 100, "hr_resize_y": 9},
            "hr_resize_x: a result of 100x9 is too small",
        ),
        ("img2img", TINY, "init_images.0: with resize_mode 3 it must have 16x16 pixels at least"),
    ],
)
def test_less_than_a_cell_is_refused(
    client: httpx.Client, path: str, asked: dict[str, Any], told: str
) -> None:
    answer = client.post(f"/sdapi/v1/{path}", json={**ASKED, "denoising_strength": 0.5, **asked})
    assert answer.status_code == 422, answer.text
    assert told in answer.text


@pytest.mark.parametrize("only_masked", [False, True])
@pytest.mark.parametrize("fill", [0, 1, 2, 3])
def test_a_mask_spares_the_rest(client: httpx.Client, fill: int, only_masked: bool) -> None:
    mask = Image.new("L", (64, 48))
    mask.paste(255, (16, 16, 32, 32))
    asked: dict[str, Any] = {"init_images": [encoded(Image.new("RGB", (64, 48), "red"))]}
    asked |= {"mask": encoded(mask), "mask_blur": 0, "inpainting_fill": fill, "inpaint_full_res": only_masked}
    pixels = np.asarray(made(client, "img2img", denoising_strength=0.75, **asked)[0])
    assert (pixels[:, 40:] == (255, 0, 0)).all()
    assert (pixels[16:32, 16:32] != (255, 0, 0)).any()


@pytest.mark.parametrize("sampler", ["Heun", "LMS", "DPM2", "DPM++ 2M"])
def test_other_samplers_end_near_each_other(client: httpx.Client, sampler: str) -> None:
    steps: dict[str, Any] = {"steps": 24, "cfg_scale": 1}
    euler, other = (np.asarray(made(client, sampler_name=s, **steps)[0], float) for s in ("Euler", sampler))
    assert np.abs(euler - other).mean() < 4


def test_pictures_are_changed_and_enlarged(client: httpx.Client) -> None:
    picture, _ = made(client)
    init = {"init_images": [encoded(picture)]}
    assert made(client, "img2img", denoising_strength=0.5, **init)[0].size == (64, 48)
    enlarged, _ = made(client, enable_hr=True, hr_scale=2, hr_upscaler="Latent", denoising_strength=0.7)
    assert enlarged.size == (128, 96)


def test_prompts_of_any_length_and_schedule(client: httpx.Client) -> None:
    long = " ".join(f"word{n}" for n in range(40))
    assert made(client, prompt=long)[0].tobytes() != made(client, prompt=f"{long} more")[0].tobytes()
    scheduled = made(client, prompt="[a red:a blue:2] circle")[0].tobytes()
    assert scheduled != made(client, prompt="a red circle")[0].tobytes()


def test_adapters_find_its_layers(client: httpx.Client) -> None:
    plain = made(client)[0].tobytes()
    assert made(client, prompt="a red circle<lora:toy:1>")[0].tobytes() != plain
    assert made(client)[0].tobytes() == plain


def test_a_sampler_that_can_t_work_with_a_flow_is_refused(client: httpx.Client) -> None:
    answer = client.post("/sdapi/v1/txt2img", json={**ASKED, "sampler_name": "DDIM"})
    assert answer.status_code == 422
    assert "flow" in answer.text and "sampler_name" in answer.text


def test_what_the_family_doesn_t_take_is_said(client: httpx.Client) -> None:
    merged = client.post(
        "/sdapi/v1/txt2img", json={**ASKED, "override_settings": {"token_merging_ratio": 0.5}}
    )
    assert merged.status_code == 200
    assert "token merging is left out" in merged.text


def test_the_autoencoder_of_another_family_is_refused(client: httpx.Client) -> None:
    answer = client.post("/sdapi/v1/txt2img", json={**ASKED, "override_settings": {"sd_vae": SD_VAE}})
    assert 400 <= answer.status_code < 500
    assert "4 channels, the checkpoint takes 16" in answer.text and "sd_vae" in answer.text


def test_families_take_turns_in_one_engine(client: httpx.Client) -> None:
    before = made(client)[0].tobytes()
    other = made(client, override_settings={"sd_model_checkpoint": SD1})[0].tobytes()
    assert other != before
    assert made(client)[0].tobytes() == before


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"enable_hr": True, "hr_checkpoint_name": SD1, "hr_upscaler": "Latent"}, "hr_checkpoint_name"),
        ({"enable_hr": True, "hr_checkpoint_name": SD1, "hr_upscaler": "Lanczos"}, "hr_checkpoint_name"),
        ({"refiner_checkpoint": SD1, "refiner_switch_at": 0.5}, "refiner_checkpoint"),
    ],
)
def test_a_checkpoint_of_another_family_can_t_take_over(
    client: httpx.Client, asked: dict[str, Any], field: str
) -> None:
    answer = client.post("/sdapi/v1/txt2img", json={**ASKED, **asked})
    assert answer.status_code == 422, answer.text
    assert field in answer.text and "channels" in answer.text
    assert made(client)[0].size == (64, 48)


def test_training_is_refused(client: httpx.Client) -> None:
    lora: dict[str, Any] = {
        "output_name": "mug",
        "images": [{"image": encoded(Image.new("RGB", (64, 48))), "caption": "a mug"}],
        "max_train_steps": 1,
        "resolution": 64,
    }
    answer = client.post("/sdapi/v1/train/lora", json=lora)
    assert 400 <= answer.status_code < 500, answer.text
    assert "can't be trained: it is a Toy Flow" in answer.text


def test_control_networks_are_refused(client: httpx.Client) -> None:
    unit = {"module": "reference_only", "image": encoded(Image.new("RGB", (64, 48)))}
    asked = {**ASKED, "alwayson_scripts": {"controlnet": {"args": [unit]}}}
    answer = client.post("/sdapi/v1/txt2img", json=asked)
    assert 400 <= answer.status_code < 500
    assert "no UNet" in answer.text and "Toy Flow" in answer.text


FOOOCUS: dict[str, Any] = {
    "prompt": "a red circle",
    "base_model_name": "toy.safetensors",
    "style_selections": [],
    "loras": [],
    "require_base64": True,
    "advanced_params": {"overwrite_step": 2, "sampler_name": "euler", "scheduler_name": "normal"},
}


@pytest.mark.parametrize(
    ("path", "asked", "size"),
    [
        ("v1/generation/text-to-image", {"aspect_ratios_selection": "72*40"}, (64, 32)),
        ("v2/generation/image-inpaint-outpaint", {"outpaint_selections": ["Left"]}, (83, 48)),
    ],
)
def test_fooocus_api_draws_with_it(
    client: httpx.Client, path: str, asked: dict[str, Any], size: tuple[int, int]
) -> None:
    picture = (
        {} if path.endswith("text-to-image") else {"input_image": encoded(Image.new("RGB", (64, 48), "red"))}
    )
    answer = client.post(f"/{path}", json={**FOOOCUS, **picture, **asked})
    assert answer.status_code == 200, answer.text
    drawn = Image.open(io.BytesIO(base64.b64decode(answer.json()[0]["base64"].rpartition(",")[2])))
    assert drawn.size == size


def test_swarmui_draws_with_it(client: httpx.Client) -> None:
    session = client.post("/API/GetNewSession", json={}).json()["session_id"]
    asked = {"session_id": session, "prompt": "a red circle", "model": "toy", "width": 64, "height": 80}
    answer = client.post("/API/GenerateText2Image", json={**asked, "images": 1, "steps": 2}).json()
    (address,) = answer["images"]
    assert Image.open(io.BytesIO(client.get(f"/{address}").content)).size == (64, 80)


def test_invokes_nodes_for_clip_say_so(client: httpx.Client) -> None:
    listed = client.get("/api/v2/models/").json()["models"]
    (toy,) = (model for model in listed if model["name"] == "toy" and model["type"] == "main")
    assert (toy["base"], toy["variant"]) == ("unknown", "normal")
    graph = drawing()
    graph["nodes"]["model:1"]["model"] = {key: toy[key] for key in ("key", "hash", "name", "base", "type")}
    sent = client.post("/api/v1/queue/default/enqueue_batch", json={"batch": {"graph": graph, "runs": 1}})
    (number,) = sent.json()["item_ids"]
    item: dict[str, Any] = {"status": "pending"}
    while item["status"] in ("pending", "in_progress"):
        item = client.get(f"/api/v1/queue/default/i/{number}").json()
        time.sleep(0.05)
    assert item["status"] == "failed"
    assert "CLIP's text encoders, which Toy Flow has not" in item["error_message"]


def test_a_part_that_is_missing_is_named_with_its_folder(client: httpx.Client, models: Path) -> None:
    letters = models / "text_encoder" / "toy-letters.safetensors"
    letters.rename(letters.with_suffix(".away"))
    try:
        client.post("/sdapi/v1/unload-checkpoint")
        answer = client.post("/sdapi/v1/txt2img", json=ASKED)
    finally:
        letters.with_suffix(".away").rename(letters)
    assert 400 <= answer.status_code < 600
    assert "no letters: put one into the folder text_encoder" in answer.text
    assert made(client)[0].size == (64, 48)
