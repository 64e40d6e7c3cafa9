"""Reads the keys of files in the layout of diffusers and PEFT as trainers' keys.

``unet.down_blocks.0.attentions.0.proj_in.lora_A.weight`` becomes
``lora_unet_down_blocks_0_attentions_0_proj_in`` with the part ``lora_A.weight``.
"""

from __future__ import annotations

import re

_COMPONENTS = {"unet": "lora_unet", "text_encoder": "lora_te1", "text_encoder_2": "lora_te2"}
_KEY = re.compile(r"(?:base_model\.model\.)?(unet|text_encoder|text_encoder_2)\.(.+)")
_PARTS = (
    (re.compile(r"\.lora_A(?:\.\w+)?\.weight"), "lora_A.weight"),
    (re.compile(r"\.lora_B(?:\.\w+)?\.weight"), "lora_B.weight"),
    (re.compile(r"(?:\.lora\.|\.lora_linear_layer\.|_lora\.|\.lora_)down\.weight"), "lora_down.weight"),
    (re.compile(r"(?:\.lora\.|\.lora_linear_layer\.|_lora\.|\.lora_)up\.weight"), "lora_up.weight"),
    (re.compile(r"(?:\.lora)?\.alpha"), "alpha"),
)


def split_peft_key(key: str) -> tuple[str, str] | None:
    """(layer key, part name), or None if the key is of another layout or of an unknown part."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    for pattern, part in _PARTS:
        if end := re.search(pattern.pattern + "$", match[2]):
            return f"{_COMPONENTS[match[1]]}_{_layer(match[2][: end.start()])}", part
    return None


def _layer(path: str) -> str:
    """Undo the detour over attention processors of old files, then join with underscores."""
    plain = path.replace(".processor.", ".")
    if plain.endswith(".to_out"):
        plain += ".0"
    return plain.replace(".", "_")
