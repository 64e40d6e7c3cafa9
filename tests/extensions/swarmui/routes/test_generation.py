"""GenerateText2Image and AddImageToHistory over HTTP."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from pipelines.contract.errors import OutOfMemory
from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import EngineResult, GenerationResult
from sdapi.http.responses import encode_base64
from tests.extensions.swarmui import stepped_jobs
from tests.extensions.swarmui.conftest import SwarmClient
from tests.sdapi.fakes import answer, png

URL = f"data:image/png;base64,{encode_base64(png())}"


def metadata(client: SwarmClient, address: str) -> dict[str, Any]:
    answer = client.http.get(f"/{address}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    with Image.open(io.BytesIO(answer.content)) as image:
        return json.loads(image.info["parameters"])


def test_a_picture_and_what_it_carries(client: SwarmClient) -> None:
    found = client.draw(prompt="a <random:red> cat", seed=5, steps=3, personalnote="mine")
    (address,) = found["images"]
    assert address.startswith("View/local/raw/")
    assert "a red cat" in address
    told = metadata(client, address)
    params, extra = told["sui_image_params"], told["sui_extra_data"]
    assert (params["prompt"], params["seed"], params["steps"], params["width"]) == ("a red cat", 5, 3, 64)
    assert (params["model"], params["personalnote"]) == ("tiny-sd1-b", "mine")
    assert extra["original_prompt"] == "a <random:red> cat"
    assert extra["generation_time"].endswith(" sec")


def test_what_the_engine_is_asked(client: SwarmClient) -> None:
    client.draw(model="tiny-sd1.safetensors", sampler="dpmpp_2m", scheduler="karras", **{"CFG Scale": "3"})
    asked = client.jobs.generation
    assert (asked.checkpoint, asked.sampler, asked.scheduler) == (
        "/models/tiny-sd1.safetensors",
        "DPM++ 2M",
        "Karras",
    )
    assert (asked.cfg_scale, asked.steps, asked.output.show_progress_every_n_steps) == (3.0, 20, 1)
    client.draw(
        loras="tiny",
        loraweights="0.5",
        vae="tiny-vae-b",
        clipstopatlayer=-2,
        seamlesstileable="true",
        batchsize=2,
    )
    asked = client.jobs.generation
    assert (asked.prompt, asked.options.sd_vae) == ("a<lora:tiny:0.5>", "tiny-vae-b.safetensors")
    assert (asked.options.CLIP_stop_at_last_layers, asked.tiling, asked.batch_size) == (2, True, 2)
    client.draw(initimage=URL, maskimage=URL, maskgrow=2, initimagecreativity=0.5, steps=4, samplersigmamax=9)
    asked = client.jobs.generation
    assert asked.img2img is not None
    assert asked.img2img.inpaint is not None
    assert (asked.denoising_strength, asked.options.sigma_max) == (0.375, 9.0)
    client.draw(
        refinerupscale=2,
        refinerupscalemethod="pixel-lanczos",
        prompt="a<refiner> b",
        variationseed=4,
        variationseedstrength=0.3,
    )
    asked = client.jobs.generation
    assert asked.hires is not None
    assert (asked.hires.upscaler, asked.hires.prompt, asked.seeds.subseed_strength) == ("Lanczos", "a b", 0.3)


def test_several_pictures_count_their_seeds(client: SwarmClient) -> None:
    images = client.draw(images="3", seed=40)["images"]
    assert [metadata(client, image)["sui_image_params"]["seed"] for image in images] == [40, 41, 42]
    images = client.draw(images=2, seed=40, noseedincrement=True)["images"]
    assert [metadata(client, image)["sui_image_params"]["seed"] for image in images] == [40, 40]
    images = client.draw(images=2, batchsize=2, seed=40)["images"]
    assert [metadata(client, image)["sui_image_params"]["seed"] for image in images] == [40, 41, 42, 43]
    assert len(set(images)) == 4


@pytest.mark.parametrize("spelling", ["donotsave", "do_not_save", "Do Not Save"])
def test_unsaved_pictures_are_sent(spelling: str, client: SwarmClient) -> None:
    (image,) = client.draw(**{spelling: True})["images"]
    assert image.startswith("data:image/png;base64,")
    assert client.files() == []


def test_raw_input_is_the_same(client: SwarmClient) -> None:
    found = client.ask(
        "GenerateText2Image", images=1, rawInput={"prompt": "b", "width": 64, "height": 64, "steps": 2}
    )
    assert metadata(client, found["images"][0])["sui_image_params"]["prompt"] == "b"
    nested = client.ask("GenerateText2Image", rawInput={"rawInput": {"images": 2, "width": 64, "height": 64}})
    assert len(nested["images"]) == 2


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"images": None}, "Missing required parameter 'images'"),
        ({"images": "many"}, "'images': value is not a valid integer"),
        ({"images": 5000}, "Images: '5000' must be between 1 and 1000"),
        ({"steps": 9999}, "Steps: '9999' must be between 1 and 500"),
        ({"width": 32}, "Width: '32' must be between 64 and 16384"),
        ({"width": 16384, "height": 16384}, "Invalid value for parameter width: "),
        ({"batchsize": 100}, "parameter batchsize"),
        ({"model": "nobody's"}, "Model: 'nobody's': are you sure that model name is correct?"),
        ({"initimage": "not a picture at all"}, "parameter initimage"),
        ({"prompt": "<segment:face>"}, "by the extension ADetailer, which isn't here"),
        ({"prompt": "<segment:face,2>"}, "<segment:face,2> can't be done: its numbers must be between"),
        ({"prompt": "<region:left>"}, "<region:left> can't be done: a number is none"),
        ({"loraweights": "x", "loras": "tiny"}, "LoRA Weights: they must be numbers"),
    ],
)
def test_bad_parameters_are_told(fields: dict[str, Any], why: str, client: SwarmClient) -> None:
    found = client.draw(**fields)
    assert set(found) == {"error"}
    assert why in found["error"]
    assert client.draw()["images"]


def test_what_fails_in_the_engine_is_told(client: SwarmClient) -> None:
    client.jobs.failure = OutOfMemory("the device ran out of memory")
    assert client.draw(images=3) == {"error": "the device ran out of memory"}
    assert client.ask("GetCurrentStatus")["status"] == dict.fromkeys(
        ("waiting_gens", "loading_models", "waiting_backends", "live_gens"), 0
    )


def test_what_a_script_adds_is_no_picture(client: SwarmClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_a_map(request: EngineRequest) -> EngineResult:
        made = answer(request)
        assert isinstance(made, GenerationResult)
        return replace(made, images=(*made.images, png(4, 4, "blue")))

    monkeypatch.setattr(stepped_jobs, "answer", with_a_map)
    assert len(client.draw(images=2)["images"]) == 2
    assert client.jobs.generation.options.extension["control_net_no_detectmap"]


def test_a_failure_need_not_end_the_others(client: SwarmClient) -> None:
    found = client.draw(images=3, prompt="<random:a,b> <wc:nobody>", continueaftererrors=True)
    assert len(found["images"]) == 3
    client.jobs.failure = OutOfMemory("no room")
    assert client.draw(images=3, continueaftererrors=True) == {"error": "no room"}
    assert len(client.jobs.submitted) == 6


def test_what_is_ignored_is_told(client: SwarmClient) -> None:
    found = client.draw(guidanceScale=5, maskimage=URL, prompt="<lora:nobody>")
    assert len(found["warnings"]) == 3


@pytest.mark.parametrize("kind", ["JPG", "WEBP_90"])
def test_formats_and_names(kind: str, client: SwarmClient) -> None:
    (image,) = client.draw(imageformat=kind, overrideoutpathformat="my/[seed]", seed=3)["images"]
    assert image == f"View/local/my/3.{kind[:4].lower().rstrip('_')}"
    assert client.http.get(f"/{image}").status_code == 200


def test_settings_hold(client: SwarmClient) -> None:
    client.ask(
        "ChangeUserSettings",
        settings={"OutPathBuilder.Format": "x/[seed]", "FileFormat.SaveTextFileMetadata": True},
    )
    assert client.draw(seed=3)["images"] == ["View/local/x/3.png"]
    assert client.http.get("/View/local/x/3.txt").status_code == 200
    client.ask("ChangeUserSettings", settings={"SaveFiles": False})
    assert client.draw()["images"][0].startswith("data:")


def test_an_infotext_where_it_is_asked_for(client: SwarmClient) -> None:
    (image,) = client.draw(writeinfotext=True)["images"]
    with Image.open(io.BytesIO(client.http.get(f"/{image}").content)) as picture:
        assert picture.info["parameters"] == "Grüße"
        assert json.loads(picture.info["sui_image_params"])["sui_image_params"]["prompt"] == "a"


def test_wildcards_and_presets(client: SwarmClient) -> None:
    (client.data / "wildcards").mkdir()
    (client.data / "wildcards" / "color.txt").write_text("# colours\nred\n\n")
    assert client.ask("AddNewPreset", title="Fast", param_map={"steps": 2, "prompt": "p"}) == {
        "success": True
    }
    assert client.ask("TestPromptFill", prompt="a <wc:color> cat, <preset:fast>") == {
        "result": "a red cat, p"
    }
    client.draw(prompt="<wildcard:color>", presets=["fast"])
    assert (client.jobs.generation.steps, client.jobs.generation.prompt) == (2, "p")
    client.draw(prompt="<wildcard:color><param[steps]:3>")
    assert (client.jobs.generation.steps, client.jobs.generation.prompt) == (3, "red")


def test_a_picture_of_the_history_is_an_input(client: SwarmClient) -> None:
    client.draw(overrideoutpathformat="raw/mine")
    client.draw(initimage="raw/mine.png")
    assert client.jobs.generation.img2img is not None
    assert client.draw(initimage="raw/nothing.png") == {"error": "That file does not exist, cannot use."}
    assert "error" in client.draw(initimage="raw/../../../config.json")


def test_a_picture_of_the_clients_own_is_kept(client: SwarmClient) -> None:
    found = client.ask("AddImageToHistory", image=URL, prompt="mine", seed=9, rawInput={"steps": 4})
    (item,) = found["images"]
    assert item["batch_index"] == "0"
    assert json.loads(item["metadata"])["sui_image_params"]["steps"] == 4
    assert metadata(client, item["image"])["sui_image_params"]["prompt"] == "mine"
    assert len(client.files()) == 1
    assert "error" in client.ask("AddImageToHistory", image="nothing")
    assert client.ask("AddImageToHistory") == {"error": "Missing required parameter 'image'"}
    assert "error" in client.ask("AddImageToHistory", image=URL, steps=9999)
