"""Control networks' tensors under one set of names: LDM's, whatever the file's layout."""

from __future__ import annotations

from typing import TypeVar

from pipelines.plugin import UNetNames

T = TypeVar("T")
DIFFUSERS_MARK = "controlnet_cond_embedding.conv_in.weight"
PREFIXES = ("control_model.", "adapter.")
_PLAIN = {
    "controlnet_cond_embedding.conv_in": "input_hint_block.0",
    "controlnet_cond_embedding.conv_out": "input_hint_block.14",
    "controlnet_mid_block": "middle_block_out.0",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "control_type_embedding.linear_1": "control_add_embedding.linear_1",
    "control_add_embedding.linear_1": "control_add_embedding.linear_1",
}


def ldm_name(path: str, blocks: int = 2) -> str:
    """LDM's path of a module of diffusers' ControlNetModel; raises KeyError for one it lacks."""
    if path in _PLAIN:
        return _PLAIN[path]
    head, _, rest = path.partition(".")
    if head == "controlnet_down_blocks":
        return f"zero_convs.{rest}.0"
    if path.startswith("controlnet_cond_embedding.blocks."):
        return f"input_hint_block.{2 + 2 * int(path.rpartition('.')[2])}"
    return UNetNames(blocks=blocks, up_attention=()).ldm(path)


def canonical(tensors: dict[str, T]) -> dict[str, T]:
    """The same tensors under LDM's names without prefix; unknown names stay as they are."""
    if DIFFUSERS_MARK in tensors:
        return {_renamed(name): tensor for name, tensor in tensors.items()}
    return {_bare(name): tensor for name, tensor in tensors.items()}


def _bare(name: str) -> str:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _renamed(name: str) -> str:
    module, _, kind = name.rpartition(".")
    try:
        return f"{ldm_name(module)}.{kind}"
    except (KeyError, ValueError):
        return name
