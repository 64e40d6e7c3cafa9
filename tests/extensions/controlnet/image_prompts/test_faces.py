"""Adapters of faces, against diffusers' own classes or the formulas that define them."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from extensions.controlnet.image_prompts.adapter import load_adapter
from extensions.controlnet.image_prompts.hook import ImagePromptHook, image_prompt_of
from extensions.controlnet.image_prompts.inputs import inputs
from extensions.controlnet.image_prompts.layout import Projector
from extensions.controlnet.image_prompts.pulid import ZEROS
from extensions.controlnet.maps.embedding import (
    FaceEmbedding,
    PortraitEmbedding,
)
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.spellings import PulidMode
from pipelines.denoising.model_call import ModelCall
from pipelines.engine.evaluate import evaluate
from tests.extensions.controlnet import ip_files, tiny
from tests.extensions.controlnet.embeddings import embedding

KINDS = {
    "face": Projector.FACE,
    "face-plus": Projector.FACE_PLUS,
    "face-plusv2": Projector.FACE_PLUS,
    "instant": Projector.IDENTITY,
    "pulid": Projector.PORTRAIT,
}


def hooked(call: ModelCall, unit: PreparedUnit, path: Path) -> ModelCall:
    hook = ImagePromptHook(
        units=[unit], progress=lambda: (0, 20), adapter=lambda u, model: load_adapter(path, model, field="m")
    )
    return hook(call)


def theirs(call: ModelCall, kind: str, face: FaceEmbedding, scale: float) -> Tensor:
    """diffusers' UNet with diffusers' processors and projections."""
    unet = copy.deepcopy(call.model.unet)
    parts: Any = [ip_files.adapter_tensors(call.model, kind)]
    unet._load_ip_adapter_weights(parts, low_cpu_mem_usage=False)  # pyright: ignore[reportPrivateUsage]
    for processor in unet.attn_processors.values():
        if hasattr(processor, "scale"):
            cast("Any", processor).scale = [scale]
    if face.seen is not None:
        projection: Any = cast("Any", unet.encoder_hid_proj).image_projection_layers[0]
        projection.clip_embeds = torch.stack([face.seen.hidden, face.seen.empty_hidden])
        projection.shortcut = kind.endswith("v2")
    seen = face.identity[:, None] if kind == "instant" else face.identity
    rows = torch.stack([seen, torch.zeros_like(seen)])
    with torch.no_grad():
        return unet(
            call.x,
            call.timesteps,
            encoder_hidden_states=call.context,
            class_labels=call.vector,
            added_cond_kwargs={"image_embeds": [rows]},
            return_dict=False,
        )[0]


@pytest.mark.parametrize("kind", ["face", "face-plus", "face-plusv2", "instant"])
@pytest.mark.parametrize("sdxl", [False, True])
def test_attention_is_that_of_diffusers(tmp_path: Path, kind: str, sdxl: bool) -> None:
    model = tiny.tiny_model(sdxl=sdxl)
    path = ip_files.write_adapter(model, kind, tmp_path / f"ip-adapter-{kind}.safetensors")
    face = embedding(kind, 1)
    assert isinstance(face, FaceEmbedding)
    call = tiny.tiny_call(model)
    ours = evaluate([hooked(call, replace(tiny.tiny_unit(weight=0.7), embeddings=(face,)), path)])[0]
    wanted = theirs(call, kind, face, 0.7)
    assert float((wanted - evaluate([call])[0]).abs().max()) > 3e-4
    torch.testing.assert_close(ours, wanted, rtol=1e-4, atol=5e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_files_tell_what_they_are(tmp_path: Path, kind: str) -> None:
    model = tiny.tiny_model()
    path = ip_files.write_adapter(model, kind, tmp_path / f"ip-adapter-{kind}.bin")
    layout = load_adapter(path, model, field="m").layout
    assert layout.projector is KINDS[kind]
    assert layout.shortcut == kind.endswith("v2")
    values = inputs(layout, embedding(kind, 1))
    assert values is not None and tuple(value.shape[-1] for value in values) == layout.widths
    others = [name for name in KINDS if KINDS[name] is not KINDS[kind] and name != "face-plusv2"]
    strange = {name: inputs(layout, embedding(name, 1)) for name in others}
    assert {name for name, found in strange.items() if found is not None} <= {"face", "face-plus", "instant"}
    assert (strange.get("pulid") is None) and (kind != "pulid" or not any(strange.values()))


def test_tokens_of_a_portrait_are_what_the_layers_say(tmp_path: Path) -> None:
    """PuLID's encoder, computed from its tensors by hand."""
    model = tiny.tiny_model(sdxl=True)
    path = ip_files.write_adapter(model, "pulid", tmp_path / "pulid.safetensors")
    adapter = load_adapter(path, model, field="m")
    tensors = ip_files.adapter_tensors(model, "pulid")["image_proj"]
    face = embedding("pulid", 3)
    assert isinstance(face, PortraitEmbedding)

    def mlp(name: str, x: Tensor) -> Tensor:
        for index in (0, 3):
            x = F.linear(x, tensors[f"{name}.{index}.weight"], tensors[f"{name}.{index}.bias"])
            norm = tensors[f"{name}.{index + 1}.weight"], tensors[f"{name}.{index + 1}.bias"]
            x = F.leaky_relu(F.layer_norm(x, norm[0].shape, *norm))
        return F.linear(x, tensors[f"{name}.6.weight"], tensors[f"{name}.6.bias"])

    def encode(identity: Tensor, features: tuple[Tensor, ...]) -> Tensor:
        first = mlp("body", identity).reshape(1, 5, -1)
        layers = [
            mlp(f"mapping_{i}", f[:, :1]) + mlp(f"mapping_patch_{i}", f[:, 1:]).mean(1, keepdim=True)
            for i, f in enumerate(features)
        ]
        return torch.cat([first, *layers], dim=1)

    made = adapter.tokens([face], torch.device("cpu"))
    zeros = tuple(torch.zeros_like(f) for f in face.features)
    torch.testing.assert_close(made[1:], encode(face.identity, face.features), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(made[:1], encode(torch.zeros_like(face.identity), zeros), rtol=1e-4, atol=1e-4)
    assert adapter.layout.tokens == made.shape[1] == 10


@pytest.mark.parametrize("mode", PulidMode)
def test_pulid_speaks_in_both_modes(tmp_path: Path, mode: PulidMode) -> None:
    model = tiny.tiny_model(sdxl=True)
    path = ip_files.write_adapter(model, "pulid", tmp_path / "pulid.safetensors")
    unit = tiny.tiny_unit(pulid_mode=mode, weight=1.0)
    unit = replace(unit, embeddings=(embedding("pulid", 1),))
    prompt = image_prompt_of(unit, load_adapter(path, model, field="m"), model)
    assert prompt.tokens.shape[1] == 10
    assert prompt.attentions[0].keys.shape[1] == 10 + ZEROS[mode]
    assert not bool(prompt.attentions[0].keys[:, 10:].any())
    call = tiny.tiny_call(model)
    plain, made = evaluate([call])[0], evaluate([hooked(call, unit, path)])[0]
    assert float((made - plain).abs().max()) > 1e-3


def test_modes_of_pulid_differ(tmp_path: Path) -> None:
    model = tiny.tiny_model(sdxl=True)
    path = ip_files.write_adapter(model, "pulid", tmp_path / "pulid.safetensors")
    call = tiny.tiny_call(model)
    made = [
        evaluate(
            [hooked(call, replace(tiny.tiny_unit(pulid_mode=m), embeddings=(embedding("pulid", 1),)), path)]
        )[0]
        for m in PulidMode
    ]
    assert not torch.allclose(made[0], made[1])
