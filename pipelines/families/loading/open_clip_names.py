"""Names of an OpenCLIP text tower: transformers' path -> OpenCLIP's, with the thirds of fused q, k, v."""

from __future__ import annotations

import re
from dataclasses import dataclass

LAYER = re.compile(r"text_model\.encoder\.layers\.(\d+)\.(.+)")
PARTS = {
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
}
FUSED = {"self_attn.q_proj": 0, "self_attn.k_proj": 1, "self_attn.v_proj": 2}
ENDS = {
    "text_model.embeddings.token_embedding": "token_embedding",
    "text_model.final_layer_norm": "ln_final",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClipTensor:
    """The place of a tensor in a file: ``third`` 0, 1, 2 is the q, k or v third of a fused tensor.

    ``transposed``: the file has its sides the other way round.
    """

    name: str
    third: int | None = None
    transposed: bool = False


def open_clip_tensor(name: str) -> OpenClipTensor:
    """Return the place in an OpenCLIP file of a transformers text model's tensor. Raises KeyError."""
    if name == "text_projection.weight":
        return OpenClipTensor(name="text_projection", transposed=True)
    if name == "text_model.embeddings.position_embedding.weight":
        return OpenClipTensor(name="positional_embedding")
    module, _, kind = name.rpartition(".")
    if module in ENDS:
        return OpenClipTensor(name=f"{ENDS[module]}.{kind}")
    layer = LAYER.fullmatch(module)
    if layer is None:
        raise KeyError(name)
    block, part = f"transformer.resblocks.{layer.group(1)}", layer.group(2)
    if part in FUSED:
        return OpenClipTensor(name=f"{block}.attn.in_proj_{kind}", third=FUSED[part])
    return OpenClipTensor(name=f"{block}.{PARTS[part]}.{kind}")
