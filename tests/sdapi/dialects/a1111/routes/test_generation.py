"""txt2img and img2img from body to answer."""

from __future__ import annotations

import base64
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.contract.errors import OutOfMemory, TooManyJobs
from pipelines.contract.requests import Style
from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.fakes import OTHER, TINY, checkpoint, png

RECORDED = Path(__file__).resolve().parents[4] / "data" / "recorded"
PICTURE = encode_base64(png())


def recorded(name: str) -> dict[str, Any]:
    """Read a recorded case."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def txt2img(server: Server, **body: Any) -> dict[str, Any]:
    """The answer to a request that must succeed."""
    answer = server.client.post("/sdapi/v1/txt2img", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def img2img(server: Server, **body: Any) -> dict[str, Any]:
    """The same with a start picture."""
    answer = server.client.post("/sdapi/v1/img2img", json={"init_images": [PICTURE], **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("name", ["sampler-unknown", "sampler-index-only"])
def test_echo_is_the_recorded_one(server: Server, name: str) -> None:
    case = recorded(name)
    answer = txt2img(server, **case["request"])
    assert json.dumps(answer["parameters"]) == json.dumps(case["response"]["parameters"])
    assert list(answer)[:3] == ["images", "parameters", "info"]


@pytest.mark.parametrize("name", ["i2i-include-init", "i2i-batch"])
def test_img2img_echo_is_the_recorded_one(server: Server, name: str) -> None:
    case = recorded(name)
    request = case["request"] | {"init_images": [PICTURE for _ in case["request"]["init_images"]]}
    ours, theirs = img2img(server, **request)["parameters"], case["response"]["parameters"]
    kept = request.get("include_init_images", False)
    assert ours.pop("init_images") == (request["init_images"] if kept else None)
    theirs.pop("init_images")
    assert json.dumps(ours) == json.dumps(theirs)


def test_echo_holds_coerced_values_and_no_unknown_fields(server: Server) -> None:
    answer = txt2img(server, steps="5", seed=7.9, subseed_strength=0, prompt=5, nonsense=1)
    echo = answer["parameters"]
    assert (echo["steps"], echo["seed"], echo["prompt"]) == (5, 7, "5")
    assert '"subseed_strength": 0.0' in json.dumps(echo)
    assert "nonsense" not in echo
    assert answer["warnings"] == ["unknown field 'nonsense' is ignored"]


def test_defaults_are_those_of_the_api(server: Server) -> None:
    txt2img(server)
    request = server.jobs.generation
    assert (request.steps, request.sampler, request.scheduler) == (50, "Euler", "Automatic")
    assert request.checkpoint == OTHER.filename
    assert 0 <= request.seeds.seed < 2**32
    assert request.denoising_strength is None


@pytest.mark.parametrize(
    "field",
    ["prompt", "negative_prompt", "steps", "batch_size", "n_iter", "width", "height", "cfg_scale", "seed"],
)
def test_null_means_the_default(server: Server, field: str) -> None:
    echo = txt2img(server, **{field: None})["parameters"]
    assert echo[field] is None


def test_info_is_text_with_blanks_and_escapes(server: Server) -> None:
    info = txt2img(server, prompt="x")["info"]
    assert '"infotexts": ["Gr\\u00fc\\u00dfe"]' in info
    assert json.loads(info)["odd"] is None


def test_pictures_are_base64_and_can_be_left_out(server: Server) -> None:
    answer = txt2img(server, batch_size=2, n_iter=2)
    assert [base64.b64decode(image) for image in answer["images"]] == [png()] * 4
    assert txt2img(server, send_images=False)["images"] == []


@pytest.mark.parametrize("name", ["tiny-sd1", "tiny-sd1.safetensors", TINY.title, TINY.hash, TINY.sha256])
def test_override_selects_a_checkpoint_for_one_request(server: Server, name: str) -> None:
    txt2img(server, override_settings={"sd_model_checkpoint": name})
    assert server.jobs.generation.checkpoint == TINY.filename
    txt2img(server)
    assert server.jobs.generation.checkpoint == OTHER.filename


def test_unknown_override_checkpoint_is_warned_about(server: Server) -> None:
    answer = txt2img(server, override_settings={"sd_model_checkpoint": "nope"})
    assert server.jobs.generation.checkpoint == OTHER.filename
    assert answer["warnings"][0].startswith("override_settings.sd_model_checkpoint")


def test_overrides_never_leak(server: Server) -> None:
    answer = txt2img(
        server, override_settings={"CLIP_stop_at_last_layers": 2, "forge_extra": 1, "tiling": True}
    )
    request = server.jobs.generation
    assert request.options.CLIP_stop_at_last_layers == 2
    assert request.tiling
    assert request.overridden == {"CLIP_stop_at_last_layers", "tiling"}
    assert answer["warnings"] == ["override_settings: 'forge_extra' is ignored"]
    txt2img(server)
    assert server.jobs.generation.options.CLIP_stop_at_last_layers == 1


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"fp8_storage": "Enable"}, ["fp8_storage"]),
        ({"live_previews_display_foo": 1}, ["live_previews_display_foo"]),
        ({"gallery_height": "100px", "CLIP_stop_at_last_layers": 2}, ["gallery_height"]),
        ({"api_enable_requests": False}, ["api_enable_requests"]),
        ({"sd_checkpoint_hash": "abc"}, ["sd_checkpoint_hash"]),
        ({"fp8_storage": "Disable", "gallery_height": ""}, []),
        ({"face_restoration": True, "tiling": True, "sd_vae": "None", "samples_format": "jpg"}, []),
    ],
)
def test_overrides_without_effect_are_told(server: Server, settings: dict[str, Any], told: list[str]) -> None:
    warnings = txt2img(server, override_settings=settings)["warnings"]
    assert [repr(key) in text for key, text in zip(told, warnings, strict=True)] == [True] * len(told)


def test_overrides_that_stay_have_an_effect(server: Server) -> None:
    body = {"override_settings": {"gallery_height": "100px"}, "override_settings_restore_afterwards": False}
    assert txt2img(server, **body)["warnings"] == []
    assert server.client.get("/sdapi/v1/options").json()["gallery_height"] == "100px"


def test_a_new_file_that_sorts_first_is_not_current(server: Server) -> None:
    txt2img(server)
    server.catalog.items = (checkpoint("!new", "9" * 64), OTHER, TINY)
    txt2img(server)
    assert server.jobs.generation.checkpoint == OTHER.filename
    assert server.client.get("/sdapi/v1/options").json()["sd_model_checkpoint"] == OTHER.title


def test_a_file_with_a_nearer_name_is_not_current(server: Server) -> None:
    server.client.post("/sdapi/v1/options", json={"sd_model_checkpoint": "tiny-sd1"})
    server.catalog.items = (replace(checkpoint("new", "9" * 64), title=TINY.title), OTHER, TINY)
    txt2img(server)
    assert server.jobs.generation.checkpoint == TINY.filename


def test_a_checkpoint_that_is_gone_is_current_again_when_it_is_back(server: Server) -> None:
    server.client.post("/sdapi/v1/options", json={"sd_model_checkpoint": "tiny-sd1"})
    used: list[str] = []
    for items in ((OTHER,), (checkpoint("!new", "9" * 64), OTHER), (OTHER, TINY), ()):
        server.catalog.items = items
        if items:
            txt2img(server)
            used.append(server.jobs.generation.checkpoint)
    assert used == [OTHER.filename, OTHER.filename, TINY.filename]
    assert server.client.post("/sdapi/v1/txt2img", json={}).status_code == 422


def test_overrides_stay_when_asked_to(server: Server) -> None:
    settings = {"CLIP_stop_at_last_layers": 2, "sd_model_checkpoint": "tiny-sd1"}
    txt2img(server, override_settings=settings, override_settings_restore_afterwards=False)
    txt2img(server)
    assert server.jobs.generation.options.CLIP_stop_at_last_layers == 2
    assert server.jobs.generation.checkpoint == TINY.filename
    assert not (server.data / "config.json").exists()


@pytest.mark.parametrize(("restore", "expected"), [(True, "png"), (False, "jpg")])
def test_format_of_the_answer_ignores_passing_overrides(server: Server, restore: bool, expected: str) -> None:
    override = {"samples_format": "jpg"}
    txt2img(server, override_settings=override, override_settings_restore_afterwards=restore)
    assert server.jobs.generation.response_format == expected
    assert server.jobs.generation.output.samples_format == "jpg"


def test_wrong_override_names_its_key(server: Server) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", json={"override_settings": {"eta_ddim": []}})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("override_settings.eta_ddim")


def test_styles_become_texts(make_server: MakeServer) -> None:
    server = make_server()
    (server.data / "styles.csv").write_text("name,prompt,negative_prompt\nnice,very {prompt},ugly\n")
    answer = txt2img(server, styles=["nice", "nope"])
    nice = Style(name="nice", prompt="very {prompt}", negative_prompt="ugly")
    assert server.jobs.generation.styles == (nice, Style(name="nope"))
    assert answer["warnings"] == ["styles: 'nope' is not a known style"]


def test_hires_names_are_resolved(server: Server) -> None:
    answer = txt2img(
        server, enable_hr=True, hr_upscaler="Lanczos", hr_checkpoint_name="tiny-sd1.", hr_scheduler="karras"
    )
    hires = server.jobs.generation.hires
    assert hires is not None
    assert (hires.upscaler, hires.checkpoint, hires.scheduler) == ("Lanczos", TINY.filename, "Karras")
    assert server.jobs.generation.denoising_strength == 0.75
    assert answer["warnings"] == ["denoising_strength: hires fix needs one; 0.75 was used"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"steps": 0}, "steps"),
        ({"steps": 10**6}, "steps"),
        ({"batch_size": 0}, "batch_size"),
        ({"n_iter": -1}, "n_iter"),
        ({"width": 0}, "width"),
        ({"height": 10**9}, "height"),
        ({"width": 16384, "height": 16384}, "width"),
        ({"enable_hr": True, "hr_scale": 0}, "hr_scale"),
        ({"enable_hr": True, "hr_scale": 50}, "hr_scale"),
        ({"enable_hr": True, "hr_resize_x": 100000}, "hr_resize"),
        ({"enable_hr": True, "hr_upscaler": "nope"}, "hr_upscaler"),
        ({"enable_hr": True, "hr_sampler_name": "Foo Karras"}, "hr_sampler_name"),
        ({"enable_hr": True, "denoising_strength": 2}, "denoising_strength"),
        ({"enable_hr": True, "hr_checkpoint_name": "nope"}, "hr_checkpoint_name"),
        ({"refiner_checkpoint": "nope"}, "refiner_checkpoint"),
        ({"seed": 2**70}, "seed"),
    ],
)
def test_what_cannot_be_done_names_its_field(server: Server, body: dict[str, Any], field: str) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", json=body)
    assert answer.status_code == 422
    assert field in json.dumps(answer.json()["detail"])
    assert server.jobs.submitted == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_name_their_field(server: Server, number: str) -> None:
    text = f'{{"cfg_scale": {number}}}'
    answer = server.client.post("/sdapi/v1/txt2img", content=text)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "cfg_scale"]


def test_init_images_set_the_batch_size(server: Server) -> None:
    img2img(server, init_images=[PICTURE, PICTURE], batch_size=4)
    assert server.jobs.generation.batch_size == 2


def test_mask_fields(server: Server) -> None:
    img2img(server, mask=f"data:image/png;base64,{PICTURE}", mask_blur=0, inpainting_mask_invert=True)
    start = server.jobs.generation.img2img
    assert start is not None
    assert start.inpaint is not None
    assert (start.inpaint.mask, start.inpaint.blur_x, start.inpaint.blur_y) == (png(), 0, 0)
    assert start.inpaint.invert


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"init_images": None}, 404, "init_images"),
        ({"init_images": []}, 422, "init_images"),
        ({"init_images": [PICTURE, PICTURE]}, 422, "init_images"),
        ({"init_images": [5]}, 422, "init_images.0"),
        ({"init_images": ["notbase64"]}, 422, "init_images.0"),
        ({"init_images": [PICTURE[:40]]}, 422, "init_images.0"),
        ({"init_images": ["http://127.0.0.1/x.png"]}, 422, "init_images.0"),
        ({"init_images": [PICTURE], "mask": "%%%"}, 422, "mask"),
        ({"init_images": [PICTURE], "mask": PICTURE, "inpainting_fill": 9}, 422, "inpainting_fill"),
        ({"init_images": [PICTURE], "mask": PICTURE, "mask_blur": -1}, 422, "mask_blur"),
        ({"init_images": [PICTURE], "resize_mode": 4}, 422, "resize_mode"),
        ({"init_images": [PICTURE], "denoising_strength": 1.5}, 422, "denoising_strength"),
    ],
)
def test_bad_start_pictures(server: Server, body: dict[str, Any], status: int, field: str) -> None:
    answer = server.client.post("/sdapi/v1/img2img", json=body)
    assert answer.status_code == status
    assert field in answer.text


def test_engine_errors_reach_the_client(server: Server) -> None:
    server.jobs.failure = OutOfMemory("the device ran out of memory")
    answer = server.client.post("/sdapi/v1/txt2img", json={})
    assert answer.status_code == 507
    assert answer.json() == {
        "error": "OutOfMemory",
        "detail": "the device ran out of memory",
        "body": "",
        "errors": "the device ran out of memory",
    }


def test_full_queue_says_when_to_come_back(server: Server) -> None:
    server.jobs.failure = TooManyJobs("the queue is full", retry_after=7)
    answer = server.client.post("/sdapi/v1/txt2img", json={})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_no_checkpoint_is_said(server: Server) -> None:
    server.catalog.items = ()
    answer = server.client.post("/sdapi/v1/txt2img", json={})
    assert answer.status_code == 422
    assert "No checkpoints found" in answer.json()["detail"]


def test_task_ids(server: Server) -> None:
    assert txt2img(server, force_task_id="task(mine)")["id"] == "task(mine)"
    assert txt2img(server)["id"].startswith("task(txt2img-")
    assert img2img(server, force_task_id="")["id"].startswith("task(img2img-")


def test_lone_surrogates_do_no_harm(server: Server) -> None:
    answer = server.client.post("/sdapi/v1/txt2img", content='{"prompt": "\\ud800"}')
    assert answer.status_code == 422
    for odd in ('{"\\udfff": 2}', '{"alwayson_scripts": {"\\ud800": {}}}', '{"styles": ["\\ud800"]}'):
        assert server.client.post("/sdapi/v1/txt2img", content=odd).status_code == 422


def test_damaged_style_file_stops_nothing(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    (server.data / "styles.csv").write_bytes(b"name,prompt\n\xff,x\n")
    assert txt2img(server, styles=["x"])["warnings"] == ["styles: 'x' is not a known style"]
    assert "styles.csv can't be read" in caplog.text
    assert server.client.get("/sdapi/v1/prompt-styles").json() == []


def test_programs_are_not_started_for_pictures(server: Server) -> None:
    postscript = base64.b64encode(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\n"
    ).decode()
    answer = server.client.post("/sdapi/v1/img2img", json={"init_images": [postscript]})
    assert (answer.status_code, answer.json()["detail"]) == (422, "Invalid encoded image")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_start_pictures_of_many_formats(server: Server, kind: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, kind)
    img2img(server, init_images=[encode_base64(buffer.getvalue())])
    start = server.jobs.generation.img2img
    assert start is not None
    assert start.images == (buffer.getvalue(),)


@pytest.mark.parametrize("depth", [100, 300, 900, 5000])
def test_deep_nesting_is_no_fault_of_the_server(server: Server, depth: int) -> None:
    text = '{"comments": {"a": ' + "[" * depth + "]" * depth + "}}"
    assert server.client.post("/sdapi/v1/txt2img", content=text).status_code < 500
