"""Revision: the pooled text embedding is exchanged for what CLIP sees."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from extensions.controlnet.image_prompts.revision import RevisionHook, noised
from extensions.controlnet.maps.embedding import ImageEmbedding
from extensions.controlnet.prepare.prepared import PreparedUnit
from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import engine_settings, make_request, pixels
from tests.extensions.controlnet import ip_files, tiny
from tests.extensions.controlnet.control_engine import MODELS, folder_flags

POOLED = 1280
VECTOR = torch.randn(2, POOLED + 6 * 256, generator=torch.Generator().manual_seed(5))
CALL = replace(tiny.tiny_call(tiny.tiny_model(sdxl=True)), vector=VECTOR)


def seen(fill: float, width: int = POOLED) -> ImageEmbedding:
    nothing = torch.zeros(1, 1, 1)
    return ImageEmbedding(
        pooled=torch.full((1, width), fill), hidden=nothing, empty_hidden=nothing, last=nothing
    )


def unit(
    fill: float, module: str = "revision_clipvision", width: int = POOLED, **values: Any
) -> PreparedUnit:
    return replace(tiny.tiny_unit(module, **values), embeddings=(seen(fill, width),))


def hook(*units: PreparedUnit, step: int = 0, without_prompt: bool = False) -> RevisionHook:
    return RevisionHook(units=units, progress=lambda: (step, 10), without_prompt=without_prompt)


def test_embeddings_add_up_in_rows_of_the_prompt() -> None:
    call = hook(unit(2.0, weight=0.5), unit(3.0))(CALL)
    assert call.vector is not None
    assert (call.vector[0, :POOLED] == 4.0).all()
    assert (call.vector[1, :POOLED] == 0.0).all()
    assert torch.equal(call.vector[:, POOLED:], VECTOR[:, POOLED:])
    assert torch.equal(call.context, CALL.context)


@pytest.mark.parametrize(
    ("units", "without_prompt"),
    [((unit(1.0, "revision_ignore_prompt"), unit(1.0)), False), ((unit(1.0),), True)],
)
def test_words_are_silenced(units: tuple[PreparedUnit, ...], without_prompt: bool) -> None:
    assert not hook(*units, without_prompt=without_prompt)(CALL).context.any()


def test_outside_its_window_nothing_changes() -> None:
    assert hook(unit(1.0, guidance_start=0.5), without_prompt=True)(CALL) is CALL


def test_noise_follows_the_diffusion_of_linear_betas() -> None:
    ones = torch.ones(1, 100_000)
    drawn = [noised(ones, amount, torch.Generator().manual_seed(1)) for amount in (0.0, 0.5, 1.0)]
    betas = torch.linspace(1e-4, 2e-2, 1000)
    for embedding, level in zip(drawn, (0, 500, 999), strict=True):
        kept = torch.prod(1 - betas[: level + 1])
        assert torch.isclose(embedding.mean(), kept.sqrt(), atol=0.02)
        assert torch.isclose(embedding.var(), 1 - kept, atol=0.02)


def test_other_checkpoints_and_towers_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="only supports SDXL") as caught:
        hook(unit(1.0))(tiny.tiny_call(tiny.tiny_model()))
    assert caught.value.field == "args.0.module"
    with pytest.raises(InvalidRequest, match=f"gives {POOLED + 1} numbers"):
        hook(unit(1.0, width=POOLED + 1))(CALL)


def engine_of(models: Path, folder: Path) -> Engine:
    flags = folder_flags(annotators=folder / "annotators")
    return Engine(engine_settings(models, folder / "data", extensions=("controlnet",), extension_flags=flags))


def drawn(engine: Engine, *modules: str, **changes: Any) -> NDArray[np.int16]:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(buffer, "PNG")
    picture = base64.b64encode(buffer.getvalue()).decode()
    units = tuple({"image": picture, "module": module} for module in modules)
    call = ScriptCall(name="ControlNet", args=units)
    request = make_request(engine.settings.folders.models, steps=2, always_on=(call,), **changes)
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return pixels(result)


def test_a_generation_reaches_the_tower_and_the_check(tmp_path: Path) -> None:
    engine = engine_of(MODELS, tmp_path)
    with pytest.raises(MissingWeights, match=r"clip_g\.pth"):
        drawn(engine, "revision_clipvision")
    ip_files.tiny_tower(tmp_path / "annotators" / "clip_g")
    with pytest.raises(InvalidRequest, match="only supports SDXL"):
        drawn(engine, "revision_clipvision")
    engine.close()


def test_pictures_change_what_sdxl_draws(parity_dir: Path, tmp_path: Path) -> None:
    engine = engine_of(parity_dir / "models", tmp_path)
    sdxl = str(parity_dir / "models" / "Stable-diffusion" / "tiny-sdxl.safetensors")
    ip_files.tiny_tower(tmp_path / "annotators" / "clip_g", projection=64)
    base = drawn(engine, checkpoint=sdxl)
    seen = drawn(engine, "revision_clipvision", checkpoint=sdxl)
    assert np.abs(seen - base).max() > 0
    assert np.abs(drawn(engine, "revision_ignore_prompt", checkpoint=sdxl) - seen).max() > 0
    assert np.array_equal(drawn(engine, "revision_clipvision", checkpoint=sdxl), seen)
    assert np.array_equal(drawn(engine, checkpoint=sdxl), base)
    engine.close()
