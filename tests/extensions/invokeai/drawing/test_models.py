"""Checkpoints, LoRAs and hooks behind the fields of a graph."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from extensions.invokeai.drawing.models import (
    checkpoint,
    networks,
    text_patches,
    unet_hooks,
    unet_patches,
    vae_host,
    vae_model,
    wrapped,
)
from extensions.invokeai.fields.model_values import CLIPField, FreeUConfig, LoRAField, UNetField
from extensions.invokeai.models.catalog import UnknownModelException
from extensions.invokeai.models.configs import AnyModelConfig
from extensions.invokeai.vocabulary.models import BaseModelType, ModelFormat, ModelType
from tests.extensions.invokeai.graphs import model


def config(name: str, kind: ModelType, base: BaseModelType) -> AnyModelConfig:
    path = f"/models/{name}.safetensors"
    return AnyModelConfig(
        key=name,
        hash="",
        path=path,
        name=name,
        type=kind,
        format=ModelFormat.Checkpoint,
        base=base,
        source=path,
    )


SD1, SDXL = BaseModelType.StableDiffusion1, BaseModelType.StableDiffusionXL
MODELS = (
    config("plain", ModelType.Main, SD1),
    config("large", ModelType.Main, SDXL),
    config("soft", ModelType.LoRA, SD1),
    config("smooth", ModelType.VAE, SDXL),
)


class Residency:
    """Answers the checkpoint that is asked for and its VAE."""

    def __init__(self, current: str | None) -> None:
        self.current = None if current is None else SimpleNamespace(path=Path(current))

    def checkpoint(self, path: Path, *, vae: Path, name: str) -> tuple[str, str]:
        return name, vae.stem


def context(known: tuple[AnyModelConfig, ...] = MODELS, current: str | None = None) -> Any:
    services = SimpleNamespace(
        load_checkpoint=lambda path, options, warn: Path(path).stem,
        residency=Residency(current),
        networks=SimpleNamespace(get=lambda path: SimpleNamespace(version=7)),
    )
    return SimpleNamespace(
        models=SimpleNamespace(
            get_config=lambda which: next(one for one in known if one.name == which.name),
            search_by_attrs=lambda type: [one for one in known if one.type is type],
        ),
        services=SimpleNamespace(work=SimpleNamespace(services=services), warnings=[]),
    )


def which(name: str) -> Any:
    return SimpleNamespace(name=name)


def lora(weight: float) -> LoRAField:
    return LoRAField.model_validate({"lora": model("soft", "lora"), "weight": weight})


def unet(**more: Any) -> UNetField:
    parts = {"unet": model("plain", "main"), "scheduler": model("plain", "main")}
    return UNetField.model_validate({**parts, "loras": [lora(0.7)], **more})


def test_only_a_main_model_is_a_checkpoint() -> None:
    assert str(checkpoint(context(), which("plain"))) == "plain"
    with pytest.raises(UnknownModelException, match="soft is no checkpoint"):
        checkpoint(context(), which("soft"))


def test_a_vae_whose_name_tells_its_family_goes_into_a_checkpoint_of_that() -> None:
    kin: Any = vae_model(context(current="/models/plain.safetensors"), which("smooth"))
    assert kin == ("large", "smooth")
    assert str(vae_model(context(), which("plain"))) == "plain"


def test_any_other_vae_goes_into_the_checkpoint_that_is_loaded() -> None:
    sd1, sdxl = BaseModelType.StableDiffusion1, BaseModelType.StableDiffusionXL
    plain, large = config("plain", ModelType.Main, sd1), config("large", ModelType.Main, sdxl)
    vae = config("any", ModelType.VAE, sd1)
    assert vae_host(vae, [plain, large], Path(large.path)) == Path(large.path)
    assert vae_host(vae, [large, plain], None) == Path(plain.path)
    assert vae_host(vae, [large], None) == Path(large.path)
    assert vae_host(vae, [], None) is None


def test_a_vae_alone_needs_a_checkpoint() -> None:
    with pytest.raises(UnknownModelException, match="smooth needs a checkpoint"):
        vae_model(context(MODELS[2:]), which("smooth"))


def test_a_lora_acts_on_the_part_that_it_is_put_on() -> None:
    (on_text,) = networks(context(), [lora(0.7)], text=True)
    (on_unet,) = networks(context(), [lora(0.7)], text=False)
    assert (on_text.te, on_text.unet, on_text.version) == (0.7, 0.0, 7)
    assert (on_unet.te, on_unet.unet) == (0.0, 0.7)
    encoder = {"tokenizer": model("plain", "main"), "text_encoder": model("plain", "main")}
    clip = CLIPField.model_validate({**encoder, "skipped_layers": 0, "loras": [lora(0.7)]})
    assert text_patches(context(), clip).networks == (on_text,)
    assert unet_patches(context(), unet(seamless_axes=["x"])).networks == (on_unet,)
    assert unet_patches(context(), unet(seamless_axes=["x"])).tiling == "x"


@pytest.mark.parametrize(
    ("axes", "tiling"), [([], False), (["x"], "x"), (["y", "y"], "y"), (["y", "x"], True)]
)
def test_axes_that_wrap_around(axes: list[str], tiling: object) -> None:
    assert wrapped(axes) == tiling


def test_freeu_is_a_hook_where_a_graph_has_it() -> None:
    assert unet_hooks(unet()) == ()
    assert len(unet_hooks(unet(freeu_config=FreeUConfig(s1=0.9, s2=0.2, b1=1.2, b2=1.4)))) == 1
