"""png-info, and requests filled from an infotext."""

from __future__ import annotations

import io
import json
from typing import Any

import piexif
import piexif.helper
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sdapi.http.responses import encode_base64
from tests.sdapi.conftest import Server
from tests.sdapi.dialects.a1111.infotext.test_parse import DEFAULTS, TEXT
from tests.sdapi.fakes import png


def picture(kind: str, text: str) -> str:
    """A picture that carries an infotext, in base64."""
    buffer = io.BytesIO()
    image = Image.new("RGB", (8, 8))
    if kind == "PNG":
        chunks = PngInfo()
        chunks.add_text("parameters", text)
        chunks.add_text("extra", "kept")
        image.save(buffer, kind, pnginfo=chunks)
    elif kind == "GIF":
        image.save(buffer, kind, comment=text)
    else:
        comment = piexif.helper.UserComment.dump(text, encoding="unicode")
        image.save(buffer, kind, exif=piexif.dump({"Exif": {piexif.ExifIFD.UserComment: comment}}))
    return encode_base64(buffer.getvalue())


def png_info(server: Server, image: str) -> dict[str, Any]:
    """The answer to a request that must succeed."""
    answer = server.client.post("/sdapi/v1/png-info", json={"image": image})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_infotext_of_every_format(server: Server, kind: str) -> None:
    answer = png_info(server, picture(kind, TEXT))
    assert answer["info"] == TEXT
    assert answer["parameters"]["Seed"] == "1"
    assert "parameters" not in answer["items"]


def test_other_metadata_is_listed(server: Server) -> None:
    assert png_info(server, picture("PNG", TEXT))["items"] == {"extra": "kept"}


def test_no_infotext_gives_the_defaults(server: Server) -> None:
    answer = png_info(server, f"  {encode_base64(png())}\n")
    assert (answer["info"], answer["items"]) == ("", {})
    assert json.dumps(answer["parameters"]) == json.dumps(DEFAULTS)


def test_novelai(server: Server) -> None:
    chunks = PngInfo()
    comment = {"steps": 28, "sampler": "euler_ancestral", "scale": 11.0, "seed": 5, "uc": "bad"}
    for key, value in {"Software": "NovelAI", "Description": "cat", "Comment": json.dumps(comment)}.items():
        chunks.add_text(key, value)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 16)).save(buffer, "PNG", pnginfo=chunks)
    parameters = png_info(server, encode_base64(buffer.getvalue()))["parameters"]
    assert (parameters["Prompt"], parameters["Negative prompt"]) == ("cat", "bad")
    assert (parameters["Sampler"], parameters["Clip skip"], parameters["Size-2"]) == ("Euler a", "2", "16")


def test_request_is_filled(server: Server) -> None:
    body = {"infotext": TEXT, "steps": 3}
    echo = server.client.post("/sdapi/v1/txt2img", json=body).json()["parameters"]
    expected = {
        "prompt": "a cat, masterpiece\nsecond line",
        "negative_prompt": "blurry\nmore",
        "steps": 3,
        "seed": 1,
        "width": 512,
        "height": 768,
        "cfg_scale": 7.0,
        "sampler_name": "DPM++ 2M",
        "scheduler": "Karras",
        "enable_hr": False,
        "override_settings": {},
    }
    assert {key: echo[key] for key in expected} == expected
    assert server.jobs.generation.height == 768


def test_hires_and_options_are_filled(server: Server) -> None:
    text = (
        "cat\nSteps: 2, Size: 64x64, Denoising strength: 0.4, Clip skip: 2, Model hash: 51e88316d5, "
        "Hires upscale: 1.5, Hires upscaler: Lanczos, ENSD: 31337, VAE Decoder: nonsense"
    )
    echo = server.client.post("/sdapi/v1/txt2img", json={"infotext": text}).json()["parameters"]
    assert (echo["enable_hr"], echo["hr_scale"], echo["hr_upscaler"]) == (True, 1.5, "Lanczos")
    assert (echo["hr_sampler_name"], echo["hr_checkpoint_name"]) == (None, None)
    wanted = {
        "CLIP_stop_at_last_layers": 2,
        "eta_noise_seed_delta": 31337,
        "sd_vae_decode_method": "nonsense",
    }
    assert echo["override_settings"] == wanted
    assert server.jobs.generation.options.CLIP_stop_at_last_layers == 2
