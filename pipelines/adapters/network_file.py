"""Reads one LoRA-family file into parts by layer key, and its bundled embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from pipelines.adapters.kinds.byte_range import named_parts
from pipelines.adapters.kinds.parts import Parts
from pipelines.adapters.kinds.table import COMMON, AdapterKind, find_kind
from pipelines.adapters.peft_keys import split_peft_key
from pipelines.catalog.file_kind import damaged
from pipelines.catalog.safetensors_header import read_header
from pipelines.families.loading.read import load_pickle

_EMBEDDING = "bundle_emb."
_SINGLE_VECTOR = "string_to_param."
_NUMBERS = (".alpha", ".scale")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerChange:
    """The parts for one layer and the type that reads them."""

    kind: AdapterKind
    parts: Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterFile:
    """One file's contents. ``layers`` is keyed by the file's own layer names.

    ``embeddings`` holds bundled textual inversions: vectors by name of the trigger word, then by
    the name that an embedding file would use (``clip_l``, ``clip_g``, ``*``). ``unknown`` are the
    file's keys that no type reads, of ``count`` in all.
    """

    path: Path
    version: int
    layers: Mapping[str, LayerChange]
    embeddings: Mapping[str, Mapping[str, Tensor]]
    unknown: tuple[str, ...] = ()
    count: int = 0


def read_network(path: Path) -> AdapterFile:
    """Read a network file; the tensors do not depend on the file afterwards.

    Raises CorruptFile if it is damaged, unsafe to unpickle or holds something else.
    """
    version = path.stat().st_mtime_ns
    tensors = _read_tensors(path)
    layers, embeddings = _group(tensors)
    kinds = {layer: find_kind(parts) for layer, parts in layers.items()}
    changes = {layer: LayerChange(kind=kind, parts=layers[layer]) for layer, kind in kinds.items() if kind}
    return AdapterFile(
        path=path,
        version=version,
        layers=changes,
        embeddings=embeddings,
        unknown=tuple(key for key in tensors if not _is_read(key, kinds)),
        count=len(tensors),
    )


def _is_read(key: str, kinds: Mapping[str, AdapterKind | None]) -> bool:
    if key.startswith(_EMBEDDING):
        return True
    layer, part = _split(key)
    kind = kinds[layer]
    return kind is not None and part in kind.reads | COMMON


def _read_tensors(path: Path) -> dict[str, Tensor]:
    if path.suffix.lower() != ".safetensors":
        return _tensors_of(load_pickle(path, mapped=False))
    read_header(path)  # its errors name what is wrong with a damaged file
    try:
        return load(path.read_bytes())
    except (SafetensorError, RuntimeError, KeyError, ValueError) as error:
        raise damaged(path, "its tensors are not as its header says") from error


def _tensors_of(named: Mapping[Any, Any]) -> dict[str, Tensor]:
    inner: object = named.get("state_dict", named)
    table = cast("Mapping[object, object]", inner) if isinstance(inner, Mapping) else {}
    found = ((key, _as_tensor(key, value)) for key, value in table.items() if isinstance(key, str))
    return {**{key: tensor for key, tensor in found if tensor is not None}, **named_parts(table)}


def _as_tensor(key: str, value: object) -> Tensor | None:
    """Return a tensor, or an alpha or scale that a trainer kept as a plain number; None for anything else."""
    if isinstance(value, int | float) and key.endswith(_NUMBERS):
        return torch.tensor(float(value))
    return value if isinstance(value, Tensor) else None


def _group(
    tensors: Mapping[str, Tensor],
) -> tuple[dict[str, dict[str, Tensor]], dict[str, dict[str, Tensor]]]:
    layers: dict[str, dict[str, Tensor]] = {}
    embeddings: dict[str, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        if key.startswith(_EMBEDDING):
            name, _, vector = key.removeprefix(_EMBEDDING).partition(".")
            embeddings.setdefault(name, {})[vector.removeprefix(_SINGLE_VECTOR)] = tensor
        else:
            layer, part = _split(key)
            layers.setdefault(layer, {})[part] = tensor
    return layers, embeddings


def _split(key: str) -> tuple[str, str]:
    """Split a key into (layer key, part name); trainers' own layer keys have no dots."""
    layer, _, part = key.partition(".")
    return split_peft_key(key) or (layer, part)
