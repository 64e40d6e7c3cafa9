"""Control types: which modules and models belong together, by name alone; no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extensions.controlnet.preprocessors.modules import MODULES

TYPES = (
    "Canny",
    "Depth",
    "IP-Adapter",
    "Inpaint",
    "Instant-ID",
    "InstructP2P",
    "Lineart",
    "MLSD",
    "NormalMap",
    "OpenPose",
    "Recolor",
    "Reference",
    "Revision",
    "Scribble",
    "Segmentation",
    "Shuffle",
    "SoftEdge",
    "SparseCtrl",
    "T2I-Adapter",
    "Tile",
)
WORDS = {
    "InstructP2P": ("ip2p",),
    "Segmentation": ("seg",),
    "NormalMap": ("normal",),
    "T2I-Adapter": ("t2i_adapter", "t2iadapter", "t2ia"),
    "IP-Adapter": ("ip_adapter", "ipadapter"),
    "OpenPose": ("densepose",),
    "Instant-ID": ("instant_id", "instantid"),
    "Scribble": ("sketch",),
    "Tile": ("blur",),
}
"""Further words by which a type's models are known."""
UNION = frozenset(
    "OpenPose Depth SoftEdge Scribble Canny Lineart MLSD NormalMap Segmentation Inpaint Tile".split()
)
PREFERRED = "11"


def control_types(titles: Sequence[str]) -> dict[str, Any]:
    """``GET /controlnet/control_types`` for models with these titles."""
    everything = {
        "module_list": [module.title for module in MODULES],
        "model_list": ["None", *titles],
        "default_option": "none",
        "default_model": "None",
    }
    return {"All": everything, **{kind: _type(kind, titles) for kind in TYPES}}


def _type(kind: str, titles: Sequence[str]) -> dict[str, Any]:
    modules = ["none", *(module.title for module in MODULES if kind in module.types)]
    words = (kind.lower(), *WORDS.get(kind, ()), *(("union",) if kind in UNION else ()))
    models = ["None", *(title for title in titles if any(word in title.lower() for word in words))]
    return {
        "module_list": modules,
        "model_list": models,
        "default_option": modules[1] if len(modules) > 1 else modules[0],
        "default_model": _default(models),
    }


def _default(models: Sequence[str]) -> str:
    if len(models) == 1:
        return models[0]
    return next((m for m in models[1:] if PREFERRED in m.partition("[")[0]), models[1])
