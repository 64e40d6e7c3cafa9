"""A loaded IP-Adapter: pictures become tokens, tokens become keys and values of every cross-attention.

Ye et al., "IP-Adapter: Text Compatible Image Prompt Adapter for Text-to-Image Diffusion Models", 2023.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from extensions.controlnet.image_prompts.cross_attention import cross_attentions, key_shape
from extensions.controlnet.image_prompts.inputs import Inputs, inputs, no_picture
from extensions.controlnet.image_prompts.layout import ATTENTION, AdapterLayout, adapter_layout, flat_names
from extensions.controlnet.image_prompts.projection import load_projection, project
from extensions.controlnet.maps.embedding import PictureEmbedding
from pipelines.plugin import CorruptFile, LoadedModel, UnsupportedModel, load_pickle, read_tensors


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeysValues:
    """Keys and values of one cross-attention, (2, tokens, inner): the negative prompt's row, the prompt's."""

    keys: Tensor
    values: Tensor


@dataclass(slots=True, kw_only=True, eq=False)
class IPAdapter:
    """An IP-Adapter in fp32. ``weights``: (to_k, to_v) of every cross-attention in the file's order."""

    path: Path
    layout: AdapterLayout
    projection: nn.Module
    weights: tuple[tuple[Tensor, Tensor], ...]

    def tokens(self, embeddings: Sequence[PictureEmbedding], device: torch.device) -> Tensor:
        """(2, tokens, context): those of the negative prompt, then the prompt's; means over the pictures."""
        nn.Module.to(self.projection, device)
        rows: list[Tensor] = []
        for look in (no_picture, inputs):
            made = [self._projected(look(self.layout, one), device) for one in embeddings]
            rows.append(torch.stack(made).mean(dim=0))
        return torch.cat(rows)

    def _projected(self, values: Inputs | None, device: torch.device) -> Tensor:
        assert values is not None  # units check this before a job
        return project(self.projection, tuple(value.to(device) for value in values))

    def keys_values(self, tokens: Tensor) -> list[KeysValues]:
        """The tokens as keys and values of every cross-attention, in the file's order."""
        return [
            KeysValues(
                keys=F.linear(tokens, k.to(tokens.device)), values=F.linear(tokens, v.to(tokens.device))
            )
            for k, v in self.weights
        ]


def load_adapter(path: Path, model: LoadedModel, *, field: str) -> IPAdapter:
    """Read an IP-Adapter for use with ``model``. Raises CorruptFile, UnsupportedModel."""
    tensors = read_adapter(path)
    layout = adapter_layout({name: tuple(t.shape) for name, t in tensors.items()}, path)
    weights = tuple(_weights(tensors, 2 * i + 1, path) for i in range(layout.attentions))
    wanted = [key_shape(owner) for _, owner in cross_attentions(model.unet)]
    if [tuple(k.shape) for k, _ in weights] != wanted:
        raise UnsupportedModel(
            f"ControlNet model {path.stem} is not compatible with sd model {model.name}: "
            "they are made for different base models",
            field=field,
        )
    projection = load_projection(tensors, layout, f"IP-Adapter {path.name}")
    return IPAdapter(path=path, layout=layout, projection=projection, weights=weights)


def read_adapter(path: Path) -> dict[str, Tensor]:
    """The tensors of a file under flat names, whatever its form. Raises CorruptFile."""
    if path.suffix == ".safetensors":
        return read_tensors(path)
    table: dict[Any, Any] = load_pickle(path)
    inner: dict[Any, Any] = table.get("state_dict", table)
    return {name: value for name, value in flat_names(inner).items() if isinstance(value, Tensor)}


def _weights(tensors: dict[str, Tensor], key: int, path: Path) -> tuple[Tensor, Tensor]:
    names = [f"{ATTENTION}{key}.{part}.weight" for part in ("to_k_ip", "to_v_ip")]
    missing = [name for name in names if name not in tensors]
    if missing:
        raise CorruptFile(f"{path.name} lacks {', '.join(missing)}")
    return tensors[names[0]].float(), tensors[names[1]].float()
