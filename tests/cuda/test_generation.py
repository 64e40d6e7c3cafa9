"""Samplers and features on the stand-in: nothing mixes devices, halves draw what fp32 draws."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image, ImageDraw

from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import Hires, Img2Img, Inpaint, Inversion, Refiner, ScriptCall, Seeds
from pipelines.sampling.sampler_table import SAMPLER_INFOS
from tests.cuda.engines import TOLERANCE, Pair
from tests.derived_checkpoints import models_with_derived
from tests.engines import CHECKPOINT, engine_settings, make_request

QUICK = ("DPM++ 2M SDE",)
"""Samplers that every run of the tests draws with."""
MAIN = ("inpainting",)
"""Features that every run of the tests draws with; the others take as long again."""


@pytest.fixture(scope="module")
def models(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models_with_derived(models_dir, tmp_path_factory.mktemp("models"))


def picture(mask: bool = False) -> bytes:
    image = Image.new("L" if mask else "RGB", (64, 64), "black" if mask else "orange")
    ImageDraw.Draw(image).ellipse((12, 12, 44, 44), fill="white" if mask else "navy")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def img2img(**mask: Any) -> dict[str, Any]:
    inpaint = Inpaint(mask=picture(mask=True), **mask) if mask else None
    return {"img2img": Img2Img(images=(picture(),), inpaint=inpaint), "denoising_strength": 0.9}


def script(name: str, *args: object) -> dict[str, Any]:
    return {"always_on": (ScriptCall(name=name, args=args),)}


def features(models: Path) -> Mapping[str, dict[str, Any]]:
    """Changes of a request by the name of the feature that they switch on."""
    other = str(models / "Stable-diffusion" / "tiny-sd1-inpainting.safetensors")
    edit = str(models / "Stable-diffusion" / "tiny-sd1-ip2p.safetensors")
    own = str(models / "Stable-diffusion" / CHECKPOINT)
    return {
        "hires latent": {"hires": Hires(scale=1.5, upscaler="Latent"), "denoising_strength": 0.7},
        "hires lanczos": {"hires": Hires(scale=1.5, upscaler="Lanczos"), "denoising_strength": 0.7},
        "img2img": img2img(),
        "inpainting": img2img(only_masked=False, fill=1),
        "only masked, latent noise": img2img(only_masked=True, fill=2),
        "soft inpainting": img2img(fill=1) | script("soft inpainting", True, 1, 0.5, 4, 0, 0.5, 2),
        "inpainting checkpoint": img2img(fill=1) | {"checkpoint": other},
        "editing checkpoint": img2img() | {"checkpoint": edit},
        "noise of a picture": img2img()
        | {"inversion": Inversion(prompt="a circle", steps=3), "sampler": "Euler"},
        "refiner": {"refiner": Refiner(checkpoint=own, switch_at=0.5), "checkpoint": own},
        "tiling": {"tiling": True},
        "lora": {"prompt": "a red circle <lora:tiny-lora-unet-te:1>"},
        "other networks": {"prompt": "a circle <lora:tiny-lokr:1> <lora:tiny-ia3:1> <lora:tiny-norm:1>"},
        "convolutions": {"prompt": "a circle <lora:tiny-lora-conv:0.7>"},
        "hypernetwork": {"prompt": "a circle <hypernet:tinyhn:1>"},
        "prompts": {"prompt": "a [red:blue:0.5] (circle:1.3) AND a square :0.4 AND a house", "batch_size": 2},
        "long prompt": {"prompt": "a red circle on a white background, " * 12},
        "variations": {
            "seeds": Seeds(seed=1, subseed=2, subseed_strength=0.3, resize_width=48, resize_height=64)
        },
        "clip skip, merged tokens": {
            "options": GenerationOptions(CLIP_stop_at_last_layers=2, extension={"token_merging_ratio": 0.5})
        },
        "hypertile": {
            "options": GenerationOptions(
                extension={"hypertile_enable_unet": True, "hypertile_max_tile_unet": 32}
            )
        },
        "no batch of both prompts": {"options": GenerationOptions(batch_cond_uncond=False, s_min_uncond=4.0)},
        "noise of the CPU": {"options": GenerationOptions(randn_source="CPU"), "sampler": "DPM++ SDE"},
        "noise as NVIDIA's": {"options": GenerationOptions(randn_source="NV")},
        "zero terminal noise": {
            "options": GenerationOptions(sd_noise_schedule="Zero Terminal SNR"),
            "sampler": "DDIM",
        },
        "own": {"checkpoint": own, "cfg_scale": 1.0},
    }


FEATURES = tuple(features(Path()))
SLOW = pytest.mark.slow
_Pairs = Callable[[torch.dtype], Pair]


@pytest.fixture(scope="module")
def pair(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Pairs]:
    """Engines by dtype, made when they are asked for first."""
    made: dict[torch.dtype, Pair] = {}

    def of(dtype: torch.dtype) -> Pair:
        if dtype not in made:
            made[dtype] = Pair(engine_settings(models, tmp_path_factory.mktemp("data")), dtype)
        return made[dtype]

    yield of
    for engines in made.values():
        engines.close()


@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n in MAIN else SLOW) for n in FEATURES])
@pytest.mark.parametrize("dtype", [torch.float16, pytest.param(torch.bfloat16, marks=SLOW)], ids=str)
def test_features(pair: _Pairs, models: Path, dtype: torch.dtype, name: str) -> None:
    request = make_request(models, **({"steps": 3, "sampler": "Euler a"} | features(models)[name]))
    assert pair(dtype).difference(request) < TOLERANCE[dtype]


@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n in QUICK else SLOW) for n in SAMPLER_INFOS])
@pytest.mark.parametrize("dtype", [torch.float16, pytest.param(torch.bfloat16, marks=SLOW)], ids=str)
def test_samplers(pair: _Pairs, models: Path, dtype: torch.dtype, name: str) -> None:
    assert pair(dtype).difference(make_request(models, sampler=name, steps=4)) < TOLERANCE[dtype]
