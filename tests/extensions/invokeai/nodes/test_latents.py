"""Nodes on latents: noise, sizes, blending, and the way to pictures."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor

from extensions.invokeai.drawing import pictures
from pipelines.contract.errors import InvalidRequest
from tests.extensions.invokeai.bench import Bench

VAE = {"vae": {"key": "k", "hash": "", "name": "v", "base": "sd-1", "type": "vae"}}


def named(bench: Bench, latents: Tensor, seed: int | None = None) -> dict[str, Any]:
    return {"latents_name": bench.tensor(latents), "seed": seed}


def loaded(bench: Bench, output: dict[str, Any]) -> Tensor:
    return bench.loaded(output["latents"]["latents_name"])


def test_noise_is_that_of_a_generator_with_the_seed(bench: Bench) -> None:
    output = bench.run("noise", seed=3, width=24, height=16)
    drawn = bench.loaded(output["noise"]["latents_name"])
    assert torch.equal(drawn, torch.randn(1, 4, 2, 3, generator=torch.Generator().manual_seed(3)))
    assert (output["noise"]["seed"], output["width"], output["height"]) == (3, 24, 16)


def test_noise_is_drawn_on_the_device_if_asked(bench: Bench) -> None:
    bench.engine.residency.device = "no such device"
    with pytest.raises(RuntimeError, match="no such device"):
        bench.run("noise", use_cpu=False)
    bench.run("noise", use_cpu=True)


def test_latents_are_resized_to_the_cells_of_a_picture(bench: Bench) -> None:
    latents = named(bench, torch.ones(1, 4, 2, 2), seed=5)
    output = bench.run("lresize", latents=latents, width=80, height=64, mode="nearest")
    assert (output["width"], output["height"], output["latents"]["seed"]) == (80, 64, 5)
    assert torch.equal(loaded(bench, output), torch.ones(1, 4, 8, 10))


def test_latents_are_scaled_to_whole_cells(bench: Bench) -> None:
    values = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    latents = named(bench, values)
    doubled = bench.run("lscale", latents=latents, scale_factor=2.5, mode="nearest")
    assert loaded(bench, doubled).shape == (1, 1, 5, 5)
    least = bench.run("lscale", latents=latents, scale_factor=0.1, mode="bilinear", antialias=True)
    assert loaded(bench, least).flatten().tolist() == [2.5]
    corner = bench.run("lscale", latents=latents, scale_factor=0.5, mode="nearest", antialias=True)
    assert loaded(bench, corner).flatten().tolist() == [1.0]


def test_only_smoothing_reads_between_cells(bench: Bench) -> None:
    latents = named(bench, torch.tensor([[[[0.0, 0, 0, 8, 0, 0, 0, 0]]]]).repeat(1, 1, 8, 1))
    plain, smooth = (
        loaded(bench, bench.run("lscale", latents=latents, scale_factor=0.25, antialias=antialias))
        for antialias in (False, True)
    )
    assert not plain[0, 0, 0, 0] and smooth[0, 0, 0, 0] > 0


def test_latents_are_blended_on_their_circle(bench: Bench) -> None:
    one, other = torch.tensor([[[[1.0, 0.0]]]]), torch.tensor([[[[0.0, 1.0]]]])
    output = bench.run("lblend", latents_a=named(bench, one), latents_b=named(bench, other), alpha=0.5)
    assert loaded(bench, output).flatten().tolist() == pytest.approx([0.5**0.5, 0.5**0.5])


def test_a_mask_blends_where_it_is_white(bench: Bench) -> None:
    one, other = torch.full((1, 1, 1, 2), 2.0), torch.full((1, 1, 1, 2), 4.0)
    mask = Image.new("L", (2, 1), 0)
    mask.putpixel((1, 0), 255)
    inputs = {"latents_a": named(bench, one), "latents_b": named(bench, other), "mask": bench.keep(mask)}
    assert loaded(bench, bench.run("lblend", **inputs, alpha=1)).flatten().tolist() == [2.0, 4.0]


def test_latents_of_unlike_sizes_are_not_blended(bench: Bench) -> None:
    one, other = (named(bench, torch.zeros(1, 4, 2, side)) for side in (2, 3))
    with pytest.raises(ValueError, match="can't be blended"):
        bench.run("lblend", latents_a=one, latents_b=other)


def test_a_part_of_latents_is_cut_out(bench: Bench) -> None:
    latents = named(bench, torch.arange(12.0).reshape(1, 1, 3, 4), seed=9)
    output = bench.run("crop_latents", latents=latents, x=16, y=8, width=8, height=40)
    assert loaded(bench, output).flatten().tolist() == [6.0, 10.0]
    assert (output["width"], output["height"], output["latents"]["seed"]) == (8, 16, 9)
    with pytest.raises(ValueError, match="nothing of the latents is left"):
        bench.run("crop_latents", latents=latents, x=32, y=0, width=8, height=8)


def test_pictures_go_through_the_autoencoder(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def encode(context: Any, vae: Any, image: Image.Image) -> Tensor:
        assert image.mode == "RGB"
        return torch.ones(1, 4, image.height // 8, image.width // 8)

    def decode(context: Any, vae: Any, latents: Tensor) -> Image.Image:
        return Image.new("RGB", (latents.shape[3] * 8, latents.shape[2] * 8), "red")

    monkeypatch.setattr(pictures, "encode", encode)
    monkeypatch.setattr(pictures, "decode", decode)
    latents = bench.run("i2l", image=bench.keep(Image.new("RGBA", (24, 16))), vae=VAE)
    assert (latents["width"], latents["height"]) == (24, 16)
    drawn = bench.drawn("l2i", latents=latents["latents"], vae=VAE)
    assert drawn.shape == (16, 24, 3) and drawn[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("noise", {"width": 160_000, "height": 160_000}),
        ("lresize", {"width": 160_000, "height": 160_000}),
        ("lscale", {"scale_factor": 10_000}),
    ],
)
def test_latents_beyond_the_limits_are_not_made(kind: str, inputs: dict[str, float], bench: Bench) -> None:
    latents = {} if kind == "noise" else {"latents": named(bench, torch.zeros(1, 4, 8, 8))}
    with pytest.raises(InvalidRequest, match="beyond"):
        bench.run(kind, **latents, **inputs)
