"""The nodes that denoise: their scales, steps, tiles, and diffusers' schedulers for packs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler
from torch import Tensor

from extensions.invokeai.drawing import denoise as drawing
from extensions.invokeai.drawing.tiles import TileSize
from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.nodes.denoise import check_scales, get_scheduler
from extensions.invokeai.nodes.models import unet_of
from pipelines.contract.errors import InvalidRequest
from tests.extensions.invokeai.bench import Bench
from tests.extensions.invokeai.graphs import model

MAIN = ModelIdentifierField.model_validate(model("m", "main"))
CONDITIONING = {"conditioning_name": "c"}
INPUTS = {
    "positive_conditioning": CONDITIONING,
    "negative_conditioning": CONDITIONING,
    "unet": unet_of(MAIN).model_dump(),
}
TILED = "tiled_multi_diffusion_denoise_latents"


@pytest.mark.parametrize("scale", [1, 7.5, [1.0, 2.0, 3.0]])
def test_scales_from_one_on_are_taken(scale: float | list[float]) -> None:
    check_scales(scale, 3)


@pytest.mark.parametrize(
    ("scale", "said"),
    [(0.9, "greater than 1"), ([1.0, 0.9, 1.0], "greater than 1"), ([1.0, 2.0], "2 entries for 3 steps")],
)
def test_low_scales_and_lists_of_other_lengths_are_refused(scale: float | list[float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_scales(scale, 3)


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[TileSize | None]:
    """Sizes of tiles that a stand-in of denoising was given."""
    given: list[TileSize | None] = []

    def denoise(context: Any, node: Any, size: TileSize | None = None) -> tuple[Tensor, int]:
        given.append(size)
        assert size is None or (node.ip_adapter, node.t2i_adapter, node.denoise_mask) == (None, None, None)
        return torch.ones(1, 4, 2, 3), 8

    monkeypatch.setattr(drawing, "denoise", denoise)
    return given


def test_denoised_latents_keep_their_seed(bench: Bench, sizes: list[TileSize | None]) -> None:
    output = bench.run("denoise_latents", **INPUTS)
    assert (output["width"], output["height"], output["latents"]["seed"]) == (24, 16, 8)
    assert sizes == [None]


def test_tiles_are_measured_in_cells(bench: Bench, sizes: list[TileSize | None]) -> None:
    output = bench.run(TILED, **INPUTS, tile_width=512, tile_height=256, tile_overlap=64)
    assert sizes == [TileSize(width=64, height=32, overlap=8)]
    assert output["latents"]["seed"] is None


@pytest.mark.parametrize("kind", ["denoise_latents", TILED])
def test_steps_and_scales_are_checked_first(kind: str, bench: Bench, sizes: list[TileSize | None]) -> None:
    with pytest.raises(InvalidRequest, match="steps"):
        bench.run(kind, **INPUTS, steps=10**6)
    with pytest.raises(ValueError, match="cfg_scale"):
        bench.run(kind, **INPUTS, cfg_scale=[2.0])
    assert sizes == []


class LoadedScheduler:
    """A context manager as ``models.load`` returns it."""

    def __enter__(self) -> DDIMScheduler:
        return DDIMScheduler(beta_start=0.5)

    def __exit__(self, *error: object) -> None:
        pass


@pytest.mark.parametrize(
    ("name", "kind", "karras"),
    [
        ("euler", EulerDiscreteScheduler, False),
        ("euler_k", EulerDiscreteScheduler, True),
        ("none", DDIMScheduler, None),
    ],
)
def test_packs_get_the_named_scheduler_with_the_models_noise(
    name: str, kind: type[Any], karras: bool | None
) -> None:
    context: Any = SimpleNamespace(models=SimpleNamespace(load=lambda info: LoadedScheduler()))
    made = get_scheduler(context, MAIN, name, 0)
    assert type(made) is kind and made.config["beta_start"] == 0.5
    assert made.config.get("use_karras_sigmas") is karras
