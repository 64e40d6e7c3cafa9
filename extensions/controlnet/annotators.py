"""Preprocessors with weights, through controlnet-aux: one is loaded at a time, from local files only."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from extensions.controlnet.lines import scribble
from extensions.controlnet.modules import Module
from extensions.controlnet.pictures import Array
from extensions.controlnet.preprocessors import Parameters, grey, working_size
from pipelines.errors import MissingWeights, UnsupportedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """A detector class of controlnet-aux; ``call`` are arguments, ``a`` and ``b`` names for the sliders.

    ``files``: what it loads where that differs from the module's own list.
    """

    package: str
    kind: str
    call: Mapping[str, Any] = field(default_factory=dict[str, Any])
    a: str | None = None
    b: str | None = None
    drawn: bool = False
    files: tuple[str, ...] = ()


def _hed(**call: Any) -> Annotator:
    return Annotator(package="hed", kind="HEDdetector", call=call)


def _pidinet(*, drawn: bool = False, **call: Any) -> Annotator:
    return Annotator(package="pidi", kind="PidiNetDetector", call=call, drawn=drawn)


def _openpose(*parts: str) -> Annotator:
    call = {f"include_{part}": part in parts for part in ("body", "hand", "face")}
    files = ("body_pose_model.pth", "hand_pose_model.pth", "facenet.pth")
    return Annotator(package="open_pose", kind="OpenposeDetector", call=call, files=files)


def _lineart(*, coarse: bool) -> Annotator:
    files = ("sk_model.pth", "sk_model2.pth")
    return Annotator(package="lineart", kind="LineartDetector", call={"coarse": coarse}, files=files)


def _leres(*, boost: bool) -> Annotator:
    files = ("res101.pth", "latest_net_G.pth")
    return Annotator(
        package="leres", kind="LeresDetector", call={"boost": boost}, a="thr_a", b="thr_b", files=files
    )


ANNOTATORS: Mapping[str, Annotator] = {
    "hed": _hed(),
    "hed_safe": _hed(safe=True),
    "scribble_hed": Annotator(package="hed", kind="HEDdetector", drawn=True),
    "pidinet": _pidinet(),
    "pidinet_safe": _pidinet(safe=True),
    "pidinet_sketch": _pidinet(apply_filter=True),
    "pidinet_scribble": _pidinet(drawn=True),
    "mlsd": Annotator(package="mlsd", kind="MLSDdetector", a="thr_v", b="thr_d"),
    "lineart": _lineart(coarse=False),
    "lineart_coarse": _lineart(coarse=True),
    "lineart_anime": Annotator(package="lineart_anime", kind="LineartAnimeDetector"),
    "depth": Annotator(package="midas", kind="MidasDetector"),
    "depth_zoe": Annotator(package="zoe", kind="ZoeDetector"),
    "depth_leres": _leres(boost=False),
    "depth_leres++": _leres(boost=True),
    "normal_bae": Annotator(package="normalbae", kind="NormalBaeDetector"),
    "openpose": _openpose("body"),
    "openpose_hand": _openpose("body", "hand"),
    "openpose_face": _openpose("body", "face"),
    "openpose_faceonly": _openpose("face"),
    "openpose_full": _openpose("body", "hand", "face"),
}
"""Module key -> detector."""


def find_weights(module: Module, annotator: Annotator, folders: Iterable[Path]) -> Path:
    """The folder that holds all files of a module. Raises MissingWeights naming files and folders."""
    folders = tuple(folders)
    files = annotator.files or module.files
    for folder in folders:
        for path in sorted(folder.rglob(files[0])):
            if all((path.parent / name).is_file() for name in files):
                return path.parent
    places = " or ".join(str(Path(*folder.parts[-2:])) for folder in folders) or "the preprocessors' folder"
    raise MissingWeights(f"preprocessor {module.title} needs {', '.join(files)} in {places}", field="module")


@dataclass(slots=True)
class LoadedAnnotator:
    """The detector that ran last."""

    key: tuple[str, str, str] = ("", "", "")
    detector: Any = None

    def run(
        self, module: Module, array: Array, parameters: Parameters, folders: Iterable[Path], device: str
    ) -> Array:
        """The map of a picture (h, w, 3). Raises MissingWeights, UnsupportedModel."""
        annotator = ANNOTATORS.get(module.key)
        if annotator is None:
            raise UnsupportedModel(f"preprocessor {module.title} can't be run yet", field="module")
        weights = find_weights(module, annotator, folders)
        key = (annotator.kind, str(weights), device)
        if self.key != key:
            self.detector = None
            kind = getattr(importlib.import_module(f"controlnet_aux.{annotator.package}"), annotator.kind)
            detector = kind.from_pretrained(str(weights))
            self.key, self.detector = key, detector.to(device) if hasattr(detector, "to") else detector
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        made = unpad(self._detect(annotator, padded, parameters))
        return grey(scribble(np.ascontiguousarray(made[:, :, 0]))) if annotator.drawn else made

    def _detect(self, annotator: Annotator, padded: Array, parameters: Parameters) -> Array:
        sliders = {n: v for n, v in ((annotator.a, parameters.a), (annotator.b, parameters.b)) if n}
        side = min(padded.shape[:2])
        made = np.asarray(
            self.detector(
                padded,
                detect_resolution=side,
                image_resolution=side,
                output_type="np",
                **annotator.call,
                **sliders,
            ),
            np.uint8,
        )
        if made.shape[:2] != padded.shape[:2]:
            made = np.asarray(cv2.resize(made, (padded.shape[1], padded.shape[0])), np.uint8)
        return made if made.ndim == 3 else grey(made)
