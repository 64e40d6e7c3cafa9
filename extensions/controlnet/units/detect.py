"""Detect the kind of a control model from its tensors' names and shapes; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from extensions.controlnet.units.tensor_names import canonical
from pipelines.plugin import UnsupportedModel, instead

Shapes = Mapping[str, tuple[int, ...]]


class ControlKind(StrEnum):
    """Kinds of control model."""

    CONTROLNET = "ControlNet"
    UNION = "ControlNet Union"
    INSTANT_ID = "InstantID"
    CONTROL_LORA = "Control-LoRA"
    SPARSE = "SparseCtrl"
    T2I_ADAPTER = "T2I-Adapter"
    T2I_STYLE = "T2I style adapter"
    IP_ADAPTER = "IP-Adapter"
    LLLITE = "ControlNet-LLLite"


SUPPORTED = frozenset(
    {
        *(ControlKind.CONTROLNET, ControlKind.UNION, ControlKind.INSTANT_ID, ControlKind.CONTROL_LORA),
        *(ControlKind.T2I_ADAPTER, ControlKind.T2I_STYLE, ControlKind.LLLITE, ControlKind.IP_ADAPTER),
    }
)
MOTION = "down_blocks.0.motion_modules.0.temporal_transformer.norm.weight"


def detect(shapes: Shapes, path: Path) -> ControlKind:
    """The kind of a file; the first match wins. Raises UnsupportedModel for a file of no known kind."""
    if "lora_controlnet" in shapes:
        return ControlKind.CONTROL_LORA
    if MOTION in shapes:
        return ControlKind.SPARSE
    if all(any(f"{part}." in f"{name}." for name in shapes) for part in ("image_proj", "ip_adapter")):
        return ControlKind.IP_ADAPTER
    names = canonical(dict(shapes))
    if "input_hint_block.0.weight" in names:
        return _control_kind(names, path)
    if any(n in names for n in ("conv_in.weight", "body.0.in_conv.weight")) or _diffusers_adapter(shapes):
        return ControlKind.T2I_ADAPTER
    if "style_embedding" in names:
        return ControlKind.T2I_STYLE
    if any("lllite" in n for n in shapes):
        return ControlKind.LLLITE
    what = instead(shapes, "control model")
    raise UnsupportedModel(f"{path.name} is not a control model that is known: {what}")


def _control_kind(names: Shapes, path: Path) -> ControlKind:
    if "control_add_embedding.linear_1.bias" in names or "task_embedding" in names:
        return ControlKind.UNION
    return ControlKind.INSTANT_ID if "instant_id" in str(path).lower() else ControlKind.CONTROLNET


def _diffusers_adapter(shapes: Shapes) -> bool:
    return any(name.startswith("adapter.body.0.resnets.0.block1") for name in shapes)


def require_supported(kind: ControlKind, path: Path, field: str) -> None:
    """Raise UnsupportedModel, with the file's kind in its text, for a kind that can't be run."""
    if kind not in SUPPORTED:
        raise UnsupportedModel(f"{path.name} is a {kind.value} model, which can't be run", field=field)
