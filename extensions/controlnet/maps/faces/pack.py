"""Pairs of networks that insightface published: one finds faces, the other tells whose they are. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from extensions.controlnet.maps.detectors.onnx_net import Floats, OnnxNet, read_onnx
from extensions.controlnet.maps.faces.arcface import embed_face
from extensions.controlnet.maps.faces.scrfd import Face, largest_face
from extensions.controlnet.preprocessors.modules import ANTELOPE, BUFFALO, Module
from extensions.controlnet.preprocessors.weights import find_files
from extensions.controlnet.units.pictures import Array

PACKS: Mapping[str, tuple[str, str]] = {
    "ip-adapter_face_id": BUFFALO,
    "ip-adapter_face_id_plus": BUFFALO,
    "instant_id_face_keypoints": ANTELOPE,
    "instant_id_face_embedding": ANTELOPE,
    "ip-adapter_pulid": ANTELOPE,
}
"""Module key -> files of "buffalo_l" or "antelopev2"; their authors allow research only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacePack:
    """``detector``: SCRFD. ``recogniser``: ArcFace. Both run on the CPU."""

    detector: OnnxNet
    recogniser: OnnxNet

    def largest(self, picture: Array) -> tuple[Face, Floats]:
        """The largest face of an RGB picture (h, w, 3), and its embedding (512,), not normalised.

        Raises InvalidRequest if there is no face, CorruptFile.
        """
        face = largest_face(self.detector, picture)
        return face, embed_face(self.recogniser, picture, face)


def find_pack(module: Module, folders: Iterable[Path]) -> tuple[Path, Path]:
    """Detector and recogniser of a module in ``PACKS``. Raises MissingWeights naming files and folders."""
    detector, recogniser = find_files(module, (PACKS[module.key],), folders)
    return detector, recogniser


def load_pack(files: tuple[Path, Path]) -> FacePack:
    """Both networks. Raises CorruptFile."""
    detector, recogniser = files
    return FacePack(detector=read_onnx(detector), recogniser=read_onnx(recogniser))
