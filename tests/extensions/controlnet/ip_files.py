"""IP-Adapter files with random weights, in the form in which they are published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers.models.clip.configuration_clip import CLIPVisionConfig
from transformers.models.clip.modeling_clip import CLIPVisionModelWithProjection

from extensions.controlnet.image_prompts.cross_attention import cross_attentions, key_shape
from pipelines.families.model import LoadedModel

POOLED, HIDDEN, TOKENS, WIDTH, HEADS, DEPTH = 24, 40, 4, 128, 2, 4
FACE, PORTRAIT, FEATURE = 512, 1280, 32


Parts = dict[str, dict[str, Tensor]]


def adapter_tensors(model: LoadedModel, kind: str, seed: int = 0) -> Parts:
    """``image_proj`` and ``ip_adapter`` of an adapter of a kind in ``SHAPES`` for a model."""
    return tensors_for([key_shape(owner) for _, owner in cross_attentions(model.unet)], kind, seed)


def key_shapes(shapes: Mapping[str, tuple[int, ...]]) -> list[tuple[int, int]]:
    """(inner width, context width) of a checkpoint's cross-attentions, in the order of adapters' files."""
    found: list[tuple[tuple[int, ...], tuple[int, int]]] = []
    for name, shape in shapes.items():
        if name.startswith("model.diffusion_model.") and name.endswith("attn2.to_k.weight"):
            part = name.split(".")[2]
            numbers = tuple(int(word) for word in name.split(".") if word.isdigit())
            place = ("input_blocks", "output_blocks", "middle_block").index(part)
            found.append(((place, *numbers), (shape[0], shape[1])))
    return [shape for _, shape in sorted(found)]


def tensors_for(keys: Sequence[tuple[int, int]], kind: str, seed: int = 0) -> Parts:
    """The tensors for cross-attentions of these (inner width, context width)."""
    generator = torch.Generator().manual_seed(seed)

    def noise(*shape: int) -> Tensor:
        return 1.5 * torch.randn(shape, generator=generator)

    context = keys[0][1]
    shapes = SHAPES[kind](context)
    attention: dict[str, Tensor] = {}
    for index, shape in enumerate(keys):
        for part in ("to_k_ip", "to_v_ip"):
            attention[f"{2 * index + 1}.{part}.weight"] = noise(*shape)
    projection = {name: noise(*shape) for name, shape in shapes.items()}
    return {"image_proj": projection, "ip_adapter": attention}


def write_adapter(model: LoadedModel, kind: str, path: Path, seed: int = 0) -> Path:
    """A file, nested as a torch file or flat as safetensors, by its suffix."""
    return write_parts(adapter_tensors(model, kind, seed), path)


def write_parts(parts: Parts, path: Path) -> Path:
    """A file of these tensors, nested as a torch file or flat as safetensors, by its suffix."""
    if path.suffix != ".safetensors":
        torch.save(parts, path)
        return path
    save_file({f"{part}.{name}": t for part, some in parts.items() for name, t in some.items()}, path)
    return path


def tiny_tower(folder: Path, projection: int = POOLED) -> CLIPVisionModelWithProjection:
    """A vision tower with random weights, written in transformers' form."""
    config = CLIPVisionConfig(
        hidden_size=HIDDEN,
        intermediate_size=48,
        num_hidden_layers=3,
        num_attention_heads=4,
        image_size=28,
        patch_size=14,
        projection_dim=projection,
        hidden_act="gelu",
    )
    torch.manual_seed(2)
    tower = CLIPVisionModelWithProjection(config).eval()
    tower.save_pretrained(folder)
    return tower


def _plain(context: int) -> dict[str, tuple[int, ...]]:
    return {
        "proj.weight": (TOKENS * context, POOLED),
        "proj.bias": (TOKENS * context,),
        "norm.weight": (context,),
        "norm.bias": (context,),
    }


def _full(context: int) -> dict[str, tuple[int, ...]]:
    return {
        "proj.0.weight": (HIDDEN, HIDDEN),
        "proj.0.bias": (HIDDEN,),
        "proj.2.weight": (context, HIDDEN),
        "proj.2.bias": (context,),
        "proj.3.weight": (context,),
        "proj.3.bias": (context,),
    }


def _plus(context: int) -> dict[str, tuple[int, ...]]:
    return {"latents": (1, 16, WIDTH), **_resampler(HIDDEN, WIDTH, context)}


def _instant(context: int) -> dict[str, tuple[int, ...]]:
    return {"latents": (1, 16, WIDTH), **_resampler(FACE, WIDTH, context)}


def _resampler(seen: int, width: int, context: int) -> dict[str, tuple[int, ...]]:
    inner = HEADS * 64
    shapes: dict[str, tuple[int, ...]] = {
        "proj_in.weight": (width, seen),
        "proj_in.bias": (width,),
        "proj_out.weight": (context, width),
        "proj_out.bias": (context,),
        "norm_out.weight": (context,),
        "norm_out.bias": (context,),
    }
    for layer in (f"layers.{i}" for i in range(DEPTH)):
        for norm in ("0.norm1", "0.norm2", "1.0"):
            shapes |= {f"{layer}.{norm}.weight": (width,), f"{layer}.{norm}.bias": (width,)}
        shapes[f"{layer}.0.to_q.weight"] = (inner, width)
        shapes[f"{layer}.0.to_kv.weight"] = (2 * inner, width)
        shapes[f"{layer}.0.to_out.weight"] = (width, inner)
        shapes[f"{layer}.1.1.weight"] = (4 * width, width)
        shapes[f"{layer}.1.3.weight"] = (width, 4 * width)
    return shapes


def _face(context: int) -> dict[str, tuple[int, ...]]:
    return {
        "proj.0.weight": (2 * FACE, FACE),
        "proj.0.bias": (2 * FACE,),
        "proj.2.weight": (TOKENS * context, 2 * FACE),
        "proj.2.bias": (TOKENS * context,),
        "norm.weight": (context,),
        "norm.bias": (context,),
    }


def _face_plus(context: int) -> dict[str, tuple[int, ...]]:
    resampler = _resampler(HIDDEN, context, context)
    return {**_face(context), **{f"perceiver_resampler.{name}": s for name, s in resampler.items()}}


def _pulid(context: int) -> dict[str, tuple[int, ...]]:
    shapes = _mlp("body", PORTRAIT, min(5 * context // 4, 1024), min(5 * context // 2, 1024), 5 * context)
    for index in range(5):
        for name in ("mapping", "mapping_patch"):
            shapes |= _mlp(f"{name}_{index}", FEATURE, FEATURE, FEATURE, context)
    return shapes


def _mlp(name: str, first: int, second: int, third: int, last: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for index, shape in (
        (0, (second, first)),
        (1, (second,)),
        (3, (third, second)),
        (4, (third,)),
        (6, (last, third)),
    ):
        shapes |= {f"{name}.{index}.weight": shape, f"{name}.{index}.bias": shape[:1]}
    return shapes


SHAPES = {
    "plain": _plain,
    "plus": _plus,
    "full": _full,
    "face": _face,
    "face-plus": _face_plus,
    "face-plusv2": _face_plus,
    "instant": _instant,
    "pulid": _pulid,
}
