"""Reads the keys of files in the layout of diffusers and PEFT as trainers' keys.

``unet.down_blocks.0.attentions.0.proj_in.lora_A.weight`` becomes
``lora_unet_down_blocks_0_attentions_0_proj_in`` with the part ``lora_A.weight``; so it does with
``base_model.model.`` before it, and without ``unet.``.
"""

from __future__ import annotations

import re

_COMPONENTS = {"unet": "lora_unet", "text_encoder": "lora_te1", "text_encoder_2": "lora_te2"}
_WRAPPER = "base_model.model."
_NAMED = re.compile(r"(unet|text_encoder|text_encoder_2)\.(.+)")
_UNET = re.compile(r"(?:(?:down|up)_blocks|mid_block|conv_in|conv_out|time_embedding|add_embedding)\..+")
_TEXT = re.compile(r"text_model\..+")
_ORIGINAL = re.compile(r"(?:model\.)?(diffusion_model\..+)")
_PARTS = (
    (re.compile(r"\.lora_A(?:\.\w+)?\.weight"), "lora_A.weight"),
    (re.compile(r"\.lora_B(?:\.\w+)?\.weight"), "lora_B.weight"),
    (re.compile(r"(?:\.lora\.|\.lora_linear_layer\.|_lora\.|\.lora_)down\.weight"), "lora_down.weight"),
    (re.compile(r"(?:\.lora\.|\.lora_linear_layer\.|_lora\.|\.lora_)up\.weight"), "lora_up.weight"),
    (re.compile(r"(?:\.lora)?\.alpha"), "alpha"),
)
_LYCORIS = re.compile(
    r"\.(lora_mid\.weight|hada_(?:w[12]_[ab]|t[12])|lokr_(?:w[12](?:_[ab])?|t2)|diff(?:_b)?|dora_scale)"
)


def split_peft_key(key: str) -> tuple[str, str] | None:
    """Split a key into (layer key, part name); None for another layout or an unknown part."""
    place = _place(key.removeprefix(_WRAPPER))
    if place is None:
        return None
    component, path = place
    for pattern, part in _PARTS:
        if end := re.search(pattern.pattern + "$", path):
            return f"{component}{_layer(path[: end.start()])}", part
    if end := re.search(_LYCORIS.pattern + "$", path):
        return f"{component}{_layer(path[: end.start()])}", end[1]
    return None


def _place(key: str) -> tuple[str, str] | None:
    """Return what a trainer's layer key begins with, and the path below it; None for another layout.

    Adapters as PEFT saves them, and files of single networks, don't name the network that a path is in.
    """
    if named := _NAMED.fullmatch(key):
        return f"{_COMPONENTS[named[1]]}_", named[2]
    if _UNET.fullmatch(key):
        return "lora_unet_", key
    if _TEXT.fullmatch(key):
        return "lora_te1_", key
    original = _ORIGINAL.fullmatch(key)
    return None if original is None else ("", original[1])


def _layer(path: str) -> str:
    """Undo the detour over attention processors of old files, then join with underscores."""
    plain = path.replace(".processor.", ".")
    if plain.endswith(".to_out"):
        plain += ".0"
    return plain.replace(".", "_")
