"""Control types: the modules and models that belong together, by name alone; no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extensions.controlnet.preprocessors.table import listed_preprocessors
from extensions.controlnet.units.control_types import CONTROL_TYPES, ControlType

PREFERRED = "11"


def control_types(titles: Sequence[str]) -> dict[str, Any]:
    """The answer of ``GET /controlnet/control_types`` for models with these titles."""
    everything = {
        "module_list": [row.title for row in listed_preprocessors()],
        "model_list": ["None", *titles],
        "default_option": "none",
        "default_model": "None",
    }
    return {"All": everything, **{kind.name: _type(kind, titles) for kind in CONTROL_TYPES}}


def _type(kind: ControlType, titles: Sequence[str]) -> dict[str, Any]:
    modules = ["none", *(row.title for row in listed_preprocessors() if kind.name in row.types)]
    models = ["None", *_fitting(kind, titles)]
    return {
        "module_list": modules,
        "model_list": models,
        "default_option": modules[1] if len(modules) > 1 else modules[0],
        "default_model": _default(models),
    }


def models_of(name: str, titles: Sequence[str]) -> list[str]:
    """The models of one control type."""
    return [title for kind in CONTROL_TYPES if kind.name == name for title in _fitting(kind, titles)]


def _fitting(kind: ControlType, titles: Sequence[str]) -> list[str]:
    words = (kind.name.lower(), *kind.words, *(("union",) if kind.union else ()))
    return [title for title in titles if any(word in title.lower() for word in words)]


def _default(models: Sequence[str]) -> str:
    if len(models) == 1:
        return models[0]
    return next((m for m in models[1:] if PREFERRED in m.partition("[")[0]), models[1])
