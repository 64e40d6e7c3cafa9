"""IP-Adapters beside a UNet, against diffusers' own classes on the same random weights."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from torch import Tensor

from extensions.controlnet.image_prompts.adapter import load_adapter, read_adapter
from extensions.controlnet.image_prompts.attention import DecoupledAttention, ImagePrompt
from extensions.controlnet.image_prompts.hook import ImagePromptHook
from extensions.controlnet.image_prompts.layout import Projector, adapter_layout, flat_names
from extensions.controlnet.maps.embedding import ImageEmbedding
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.detect import ControlKind, detect
from pipelines.catalog.pickle_shapes import read_pickle_shapes
from pipelines.contract.errors import UnsupportedModel
from pipelines.denoising.model_call import ModelCall
from pipelines.engine.evaluate import evaluate
from pipelines.families.model import LoadedModel
from tests.extensions.controlnet import ip_files, tiny

KINDS: tuple[str, ...] = ("plain", "plus", "full")
PROJECTORS: dict[str, Projector] = {
    "plain": Projector.LINEAR,
    "plus": Projector.RESAMPLER,
    "full": Projector.MLP,
}


def embedding(seed: int, tokens: int = 17) -> ImageEmbedding:
    generator = torch.Generator().manual_seed(seed)
    return ImageEmbedding(
        pooled=torch.randn(1, ip_files.POOLED, generator=generator),
        hidden=torch.randn(1, tokens, ip_files.HIDDEN, generator=generator),
        empty_hidden=torch.randn(1, tokens, ip_files.HIDDEN, generator=generator),
        last=torch.randn(1, tokens, ip_files.HIDDEN, generator=generator),
    )


def speaking(unit: PreparedUnit, *seeds: int) -> PreparedUnit:
    return replace(unit, embeddings=tuple(embedding(seed) for seed in seeds))


def hooked(
    call: ModelCall, units: list[PreparedUnit], paths: list[Path], step: int = 0, steps: int = 20
) -> ModelCall:
    """The call as a pass of these units makes it."""
    files = dict(zip(map(id, units), paths, strict=True))
    hook = ImagePromptHook(
        units=units,
        progress=lambda: (step, steps),
        adapter=lambda unit, model: load_adapter(files[id(unit)], model, field="args.0.model"),
    )
    return hook(call)


def theirs(
    model: LoadedModel,
    call: ModelCall,
    parts: list[dict[str, Any]],
    scales: list[float],
    images: list[Tensor],
) -> Tensor:
    """diffusers' UNet with diffusers' attention processors and projections."""
    unet = copy.deepcopy(model.unet)
    unet._load_ip_adapter_weights(parts, low_cpu_mem_usage=False)  # pyright: ignore[reportPrivateUsage]
    for processor in unet.attn_processors.values():
        if hasattr(processor, "scale"):
            cast("Any", processor).scale = list(scales)
    with torch.no_grad():
        return unet(
            call.x,
            call.timesteps,
            encoder_hidden_states=call.context,
            class_labels=call.vector,
            added_cond_kwargs={"image_embeds": images},
            return_dict=False,
        )[0]


def rows_of(kind: str, seen: ImageEmbedding) -> Tensor:
    """The input of diffusers' projection for a prompt's row and a negative prompt's: (2, 1, ...)."""
    if kind == "plain":
        return torch.stack([seen.pooled, torch.zeros_like(seen.pooled)])
    return torch.stack([seen.hidden, seen.empty_hidden])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sdxl", [False, True])
def test_attention_is_that_of_diffusers(tmp_path: Path, kind: str, sdxl: bool) -> None:
    model = tiny.tiny_model(sdxl=sdxl)
    path = ip_files.write_adapter(model, kind, tmp_path / "one.safetensors")
    unit = speaking(tiny.tiny_unit(weight=0.7), 1)
    call = tiny.tiny_call(model)
    plain = evaluate([call])[0]
    ours = evaluate([hooked(call, [unit], [path])])[0]
    parts = ip_files.adapter_tensors(model, kind)
    wanted = theirs(model, call, [parts], [0.7], [rows_of(kind, unit.seen)])
    assert float((wanted - plain).abs().max()) > 2e-3
    torch.testing.assert_close(ours, wanted, rtol=1e-4, atol=5e-6)
    assert torch.equal(evaluate([call])[0], plain)


def test_units_add_up_as_diffusers_adapters_do(tmp_path: Path) -> None:
    model = tiny.tiny_model()
    kinds = ("plain", "plus")
    paths = [
        ip_files.write_adapter(model, kind, tmp_path / f"{kind}.safetensors", seed=i)
        for i, kind in enumerate(kinds)
    ]
    units = [speaking(tiny.tiny_unit(weight=w), i + 3) for i, w in enumerate((0.5, 1.2))]
    call = tiny.tiny_call(model)
    images = [rows_of(kind, unit.seen) for kind, unit in zip(kinds, units, strict=True)]
    parts = [ip_files.adapter_tensors(model, kind, seed=i) for i, kind in enumerate(kinds)]
    ours = evaluate([hooked(call, units, paths)])[0]
    torch.testing.assert_close(ours, theirs(model, call, parts, [0.5, 1.2], images), rtol=1e-4, atol=5e-6)


def test_several_pictures_are_averaged_as_tokens(tmp_path: Path) -> None:
    model = tiny.tiny_model()
    adapter = load_adapter(ip_files.write_adapter(model, "plus", tmp_path / "a.bin"), model, field="m")
    device = torch.device("cpu")
    single = [adapter.tokens([embedding(seed)], device) for seed in (1, 2)]
    assert single[0].shape == (2, 16, tiny.CONTEXT)
    torch.testing.assert_close(
        adapter.tokens([embedding(1), embedding(2)], device), torch.stack(single).mean(dim=0)
    )


def test_pristine_afterwards_also_after_a_failure(tmp_path: Path) -> None:
    model = tiny.tiny_model()
    path = ip_files.write_adapter(model, "plain", tmp_path / "one.safetensors")
    before = {name: tensor.clone() for name, tensor in model.unet.state_dict().items()}
    call = tiny.tiny_call(model)
    made = hooked(call, [speaking(tiny.tiny_unit(), 1)], [path])
    evaluate([made])
    with pytest.raises(RuntimeError), made.attention[0]:
        raise RuntimeError("the network failed")
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.unet.state_dict().items())
    hooks = [
        len(module._forward_hooks) + len(module._forward_pre_hooks)  # pyright: ignore[reportPrivateUsage]
        for module in model.unet.modules()
    ]
    assert sum(hooks) == 0


def test_a_region_limits_where_pictures_speak(tmp_path: Path) -> None:
    model = tiny.tiny_model()
    adapter = load_adapter(ip_files.write_adapter(model, "plain", tmp_path / "a.bin"), model, field="m")
    tokens = adapter.tokens([embedding(1)], torch.device("cpu"))
    pairs = adapter.keys_values(tokens)
    call = tiny.tiny_call(model)

    def made(region: Tensor | None) -> Tensor:
        prompt = ImagePrompt(tokens=tokens, attentions=pairs, weights=(1.0,) * 16, region=region)
        with DecoupledAttention(call=call, prompts=[prompt]):
            return model.predict(call.x, call.timesteps, call.context)

    plain, everywhere = evaluate([call])[0], made(None)
    torch.testing.assert_close(made(torch.ones(1, 1, 64, 64)), everywhere)
    torch.testing.assert_close(made(torch.zeros(1, 1, 64, 64)), plain)
    half = torch.ones(1, 1, 64, 64)
    half[:, :, :, 32:] = 0
    assert not torch.allclose(made(half), everywhere) and not torch.allclose(made(half), plain)


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_both_forms_read_alike(tmp_path: Path, kind: str) -> None:
    model = tiny.tiny_model()
    torch_file = ip_files.write_adapter(model, kind, tmp_path / "one.bin")
    flat = read_adapter(ip_files.write_adapter(model, kind, tmp_path / "one.safetensors"))
    nested = read_adapter(torch_file)
    assert flat.keys() == nested.keys()
    assert all(torch.equal(flat[name], nested[name]) for name in flat)
    shapes = read_pickle_shapes(torch_file)
    assert detect(shapes, torch_file) is ControlKind.IP_ADAPTER
    layout = adapter_layout(flat_names(shapes), torch_file)
    assert layout == load_adapter(torch_file, model, field="m").layout
    assert layout.projector is PROJECTORS[kind]


def test_another_base_model_is_refused(tmp_path: Path) -> None:
    path = ip_files.write_adapter(tiny.tiny_model(sdxl=True), "plain", tmp_path / "xl.bin")
    with pytest.raises(UnsupportedModel, match="not compatible"):
        load_adapter(path, tiny.tiny_model(), field="args.0.model")
