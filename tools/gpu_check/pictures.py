"""Compare pictures in half precision on the device with the CPU's in fp32, feature by feature."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipelines.contract.requests import GenerationRequest, Hires, Img2Img, Inpaint, ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from pipelines.pictures.reading.opening import open_picture
from tools.gpu_check.bench import TESTS, Bench

STEPS = 12
SAMPLERS = ("Euler a", "DPM++ 2M SDE", "UniPC", "DDIM")


def compare_pictures(bench: Bench) -> None:
    """Mean difference and its 99.9th percentile, of 255."""
    requests = features(bench)
    settings = replace(bench.settings(), device="cpu", no_half=True, extensions=("controlnet",))
    exact = Engine(settings)
    wanted = {name: drawn(exact, request) for name, request in requests.items()}
    exact.close()
    for precision in ("float16", "bfloat16"):
        with bench.engine(precision, extensions=("controlnet",)) as engine:
            for name, request in requests.items():
                difference = np.abs(drawn(engine, request) - wanted[name])
                tail = float(np.percentile(difference, 99.9))
                value = {"mean": round(float(difference.mean()), 3), "99.9th percentile": round(tail, 1)}
                bench.say(figure=f"{precision}: {name}", value=value)


def features(bench: Bench) -> Mapping[str, GenerationRequest]:
    """A request for each feature, with noise that does not depend on the device."""
    side, steps = bench.scale.picture_side, STEPS if not bench.tiny else 2
    plain = bench.request(bench.small_checkpoint, side, steps)
    plain = replace(plain, options=replace(plain.options, randn_source="NV"))
    lora = "tiny-lora-unet-te" if bench.tiny else "demo-teal"
    picture = Img2Img(images=(drawing(side),))
    masked = replace(picture, inpaint=Inpaint(mask=drawing(side, mask=True), only_masked=False))
    return {
        **{sampler: replace(plain, sampler=sampler) for sampler in SAMPLERS},
        "hires": replace(plain, hires=Hires(scale=1.5, upscaler="Latent"), denoising_strength=0.7),
        "img2img": replace(plain, img2img=picture, denoising_strength=0.7),
        "inpainting": replace(plain, img2img=masked, denoising_strength=0.9),
        "LoRA": replace(plain, prompt=f"{plain.prompt} <lora:{lora}:1>"),
        "ControlNet": controlled(bench, plain),
        "tiling": replace(plain, tiling=True),
        "batch": replace(plain, batch_size=2),
    }


def controlled(bench: Bench, request: GenerationRequest) -> GenerationRequest:
    """The request with a ControlNet of the small checkpoint."""
    network = "tiny-control-canny" if bench.small_checkpoint.is_relative_to(TESTS) else "demo-canny"
    image = base64.b64encode(drawing(request.width)).decode()
    unit: dict[str, Any] = {"enabled": True, "module": "canny", "model": network, "image": image}
    return replace(request, always_on=(ScriptCall(name="ControlNet", args=(unit,)),))


def drawing(side: int, *, mask: bool = False) -> bytes:
    """A disc, as a PNG."""
    image = Image.new("RGB", (side, side), "black" if mask else "white")
    ImageDraw.Draw(image).ellipse(
        (side // 4, side // 4, side * 3 // 4, side * 3 // 4), "white" if mask else "red"
    )
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def drawn(engine: Engine, request: GenerationRequest) -> NDArray[np.int16]:
    """A request's first picture."""
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return np.asarray(open_picture(result.images[0]).convert("RGB")).astype(np.int16)
