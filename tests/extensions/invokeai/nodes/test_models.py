"""Nodes that choose models: parts, LoRAs, settings and sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extensions.invokeai.fields.model_values import CLIPField, LoRAField, ModelIdentifierField, UNetField
from extensions.invokeai.models import catalog
from extensions.invokeai.models.catalog import UnknownModelException, key_of
from extensions.invokeai.nodes.models import clip_of, unet_of, vae_of, with_lora, with_loras
from extensions.invokeai.vocabulary.models import BaseModelType
from tests.extensions.invokeai.bench import Bench
from tests.extensions.invokeai.graphs import model

MAIN = ModelIdentifierField.model_validate(model("m", "main"))


def place(bench: Bench, folder: str, name: str) -> Path:
    file = bench.engine.settings.folders.models / folder / f"{name}.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    return file


@pytest.fixture
def main(bench: Bench) -> Path:
    """A checkpoint ``m``."""
    return place(bench, "Stable-diffusion", "m")


def lora(key: str, weight: float = 0.5) -> LoRAField:
    identifier = ModelIdentifierField.model_validate({**model(key, "lora"), "key": key})
    return LoRAField(lora=identifier, weight=weight)


def keys(field: UNetField | CLIPField | None) -> list[str]:
    return [] if field is None else [one.lora.key for one in field.loras]


def test_parts_of_a_checkpoint_are_named() -> None:
    unet, first, second = unet_of(MAIN), clip_of(MAIN), clip_of(MAIN, second=True)
    assert (unet.unet.submodel_type, unet.scheduler.submodel_type) == ("unet", "scheduler")
    assert (first.tokenizer.submodel_type, first.text_encoder.submodel_type) == ("tokenizer", "text_encoder")
    assert (second.tokenizer.submodel_type, second.text_encoder.submodel_type) == (
        "tokenizer_2",
        "text_encoder_2",
    )
    assert vae_of(MAIN).vae.submodel_type == "vae"
    assert {one.name for one in (unet.unet, first.tokenizer, vae_of(MAIN).vae)} == {"m"}


def test_a_lora_is_added_to_a_copy() -> None:
    bare = unet_of(MAIN)
    one = with_lora(bare, lora("a"))
    assert (keys(bare), keys(one), keys(with_lora(one, lora("b")))) == ([], ["a"], ["a", "b"])
    assert with_lora(None, lora("a")) is None


def test_the_same_lora_twice_is_refused_alone_and_left_out_of_a_list() -> None:
    once = with_lora(clip_of(MAIN), lora("a", 0.5))
    with pytest.raises(ValueError, match='LoRA "a" already applied'):
        with_lora(once, lora("a", 0.9))
    several = with_loras(once, [lora("a", 0.9), lora("b"), lora("b")])
    assert several is not None and keys(several) == ["a", "b"]
    assert several.loras[0].weight == 0.5
    assert with_loras(None, [lora("a")]) is None


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("main_model_loader", {"unet", "clip", "vae"}),
        ("sdxl_model_loader", {"unet", "clip", "clip2", "vae"}),
        ("sdxl_refiner_model_loader", {"unet", "clip2", "vae"}),
    ],
)
@pytest.mark.usefixtures("main")
def test_a_checkpoint_is_found_by_its_name(kind: str, parts: set[str], bench: Bench, main: Path) -> None:
    output = bench.run(kind, model=model("m", "main", "unknown"))
    assert output.keys() == parts
    assert output["unet"]["unet"]["key"] == output["vae"]["vae"]["key"] == key_of(main)
    with pytest.raises(UnknownModelException, match="'other'"):
        bench.run(kind, model=model("other", "main"))


def test_loaders_put_loras_on_what_they_are_given(bench: Bench) -> None:
    place(bench, "Lora", "a")
    file, named = place(bench, "Lora", "b"), model("b", "lora")
    unet, clip = (field.model_dump() for field in (unet_of(MAIN), clip_of(MAIN)))
    one = bench.run("lora_loader", lora=named, unet=unet)
    assert one["unet"]["loras"][0]["lora"]["key"] == key_of(file) and one["clip"] is None
    assert one["unet"]["loras"][0]["weight"] == 0.75
    three = bench.run("sdxl_lora_loader", lora=named, unet=unet, clip=clip, clip2=clip, weight=0.2)
    assert [len(three[part]["loras"]) for part in ("unet", "clip", "clip2")] == [1, 1, 1]
    picked = [bench.run("lora_selector", lora=model(name, "lora"))["lora"] for name in "ab"]
    listed = bench.run("lora_collection_loader", loras=picked, unet=unet, clip=clip)
    assert [len(listed[part]["loras"]) for part in ("unet", "clip")] == [2, 2]
    single = bench.run("sdxl_lora_collection_loader", loras=picked[0], clip2=clip)
    assert len(single["clip2"]["loras"]) == 1
    assert bench.run("lora_collection_loader", unet=unet)["unet"]["loras"] == []


def test_an_autoencoder_and_any_model_are_identified(bench: Bench, main: Path) -> None:
    vae = place(bench, "VAE", "v")
    assert bench.run("vae_loader", vae_model=model("v", "vae"))["vae"]["vae"]["key"] == key_of(vae)
    found = bench.run("model_identifier", model=model("m", "main", "unknown"))["model"]
    assert found["key"] == key_of(main)


@pytest.mark.parametrize(
    ("x", "y", "axes"), [(True, True, ["x", "y"]), (True, False, ["x"]), (False, False, [])]
)
def test_pictures_wrap_around_along_axes(x: bool, y: bool, axes: list[str], bench: Bench) -> None:
    unet = {**unet_of(MAIN).model_dump(), "seamless_axes": ["y"]}
    output = bench.run("seamless", unet=unet, seamless_x=x, seamless_y=y)
    assert output["unet"]["seamless_axes"] == axes and output["vae"] is None
    vae = bench.run("seamless", vae=vae_of(MAIN).model_dump(), seamless_x=x, seamless_y=y)["vae"]
    assert vae["seamless_axes"] == axes


def test_freeu_has_its_factors(bench: Bench) -> None:
    unet = bench.run("freeu", unet=unet_of(MAIN).model_dump(), b1=1.5)["unet"]
    assert unet["freeu_config"] == {"s1": 0.9, "s2": 0.2, "b1": 1.5, "b2": 1.4}


def test_a_scheduler_is_handed_on(bench: Bench) -> None:
    assert bench.run("scheduler", scheduler="lcm") == {"scheduler": "lcm"}


@pytest.mark.parametrize(
    ("base", "asked", "size"),
    [
        (BaseModelType.StableDiffusion1, {"width": 1024, "height": 1024}, (512, 512)),
        (BaseModelType.StableDiffusion1, {"width": 400, "height": 100}, (1024, 256)),
        (BaseModelType.StableDiffusion2, {"width": 100, "height": 100}, (768, 768)),
        (BaseModelType.StableDiffusionXL, {"width": 1600, "height": 900}, (1360, 768)),
        (BaseModelType.StableDiffusionXL, {"width": 9, "height": 9, "multiplier": 0.5}, (512, 512)),
    ],
)
@pytest.mark.usefixtures("main")
def test_the_ideal_size_keeps_area_and_shape(
    base: BaseModelType,
    asked: dict[str, Any],
    size: tuple[int, int],
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For 16:9, 1024 * (16 / 9) ** 0.5 is 1365.3 and 1024 * (9 / 16) ** 0.5 is 768, cut to cells of 8."""

    def main_base(path: Path) -> BaseModelType:
        return base

    monkeypatch.setitem(catalog._BASES, catalog.ModelType.Main, main_base)  # type: ignore[arg-type]
    unet = unet_of(ModelIdentifierField.model_validate(model("m", "main", base))).model_dump()
    output = bench.run("ideal_size", unet=unet, **asked)
    assert (output["width"], output["height"]) == size
