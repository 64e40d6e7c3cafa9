"""The preprocessors that are known by name and can't be run, and why; no torch."""

from __future__ import annotations

from collections.abc import Mapping

from extensions.controlnet.preprocessors.modules import Module
from pipelines.plugin import UnsupportedModel

UNAVAILABLE: Mapping[str, str] = {
    "normal_dsine": "DSINE, whose licence forbids building it in: use normal_bae",
    "depth_hand_refiner": "the MANO hand model and its code, whose licences forbid building them in",
}
"""Module key -> what it would need."""


def unavailable(module: Module) -> UnsupportedModel:
    """The error for a preprocessor that can't be run."""
    reason = UNAVAILABLE.get(module.key, "what is not built in")
    return UnsupportedModel(f"preprocessor {module.title} can't be run: it needs {reason}", field="module")
