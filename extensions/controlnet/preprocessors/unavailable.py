"""The preprocessors that are known by name and can't be run, and why; no torch."""

from __future__ import annotations

from collections.abc import Mapping

from extensions.controlnet.preprocessors.modules import Module
from pipelines.errors import UnsupportedModel

_FACES = "the Python package insightface and its face models, which may not be used commercially"

UNAVAILABLE: Mapping[str, str] = {
    "anime_face_segment": "a network that its authors published without a licence",
    "lineart_anime_denoise": "a network that its authors published without a licence: use lineart_anime",
    "normal_dsine": "a network that is not built in: use normal_bae",
    "depth_hand_refiner": "the hand-refiner package and the MANO hand model, which may not be redistributed",
    "densepose": "a TorchScript network whose answers no free licence describes",
    "densepose_parula": "a TorchScript network whose answers no free licence describes",
    "facexlib": "the Python package facexlib",
    "ip-adapter_pulid": "the Python packages insightface and facexlib, and an EVA02 vision tower",
    "ip-adapter_face_id": _FACES,
    "ip-adapter_face_id_plus": _FACES,
    "instant_id_face_keypoints": _FACES,
    "instant_id_face_embedding": _FACES,
}
"""Module key -> what it would need."""


def unavailable(module: Module) -> UnsupportedModel:
    """The error for a preprocessor that can't be run."""
    reason = UNAVAILABLE.get(module.key, "what is not built in")
    return UnsupportedModel(f"preprocessor {module.title} can't be run: it needs {reason}", field="module")
