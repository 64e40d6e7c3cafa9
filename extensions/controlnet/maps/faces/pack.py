"""Pairs of networks that insightface published: one finds faces, the other recognises them. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from extensions.controlnet.maps.detectors.onnx_net import Floats
from extensions.controlnet.maps.faces.arcface import embed_face
from extensions.controlnet.maps.faces.scrfd import Face, largest_face
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.weights import find_files
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import OnnxNet, read_onnx


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


def find_pack(preprocessor: Preprocessor, folders: Iterable[Path]) -> tuple[Path, Path]:
    """The files of detector and recogniser, named by the variant. Raises MissingWeights."""
    detector, recogniser = find_files(preprocessor, (preprocessor.variant,), folders)
    return detector, recogniser


def load_pack(files: tuple[Path, Path]) -> FacePack:
    """Both networks. Raises CorruptFile."""
    detector, recogniser = files
    return FacePack(detector=read_onnx(detector), recogniser=read_onnx(recogniser))
