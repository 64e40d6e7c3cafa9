"""Preprocessors with weights through controlnet-aux, from local files only."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np

from extensions.controlnet.maps.algorithms import Sliders, grey, working_size
from extensions.controlnet.maps.damage import readable
from extensions.controlnet.maps.lines import scribble
from extensions.controlnet.preprocessors.modules import Module
from extensions.controlnet.preprocessors.weights import find_files
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import UnsupportedModel

Detector: TypeAlias = Any
"""An object of a detector class, which is called with a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """A detector class of controlnet-aux; ``call`` are arguments, ``a`` and ``b`` names for the sliders.

    ``read`` are arguments of its ``from_pretrained``; ``files``: what that loads where it differs from the
    module's own list. ``needs``: a package that controlnet-aux can do without. ``drawn``: soft edges become
    strokes where they exceed ``cut``.
    """

    package: str
    kind: str
    call: Mapping[str, Any] = field(default_factory=dict[str, Any])
    a: str | None = None
    b: str | None = None
    drawn: bool = False
    files: tuple[str, ...] = ()
    read: Mapping[str, Any] = field(default_factory=dict[str, Any])
    needs: str = ""
    cut: float = 4


OPEN_POSE = "open_pose"


def _hed(**call: Any) -> Annotator:
    return Annotator(package="hed", kind="HEDdetector", call=call)


def _pidinet(*, drawn: bool = False, **call: Any) -> Annotator:
    return Annotator(package="pidi", kind="PidiNetDetector", call=call, drawn=drawn)


def _openpose(*parts: str) -> Annotator:
    call = {f"include_{part}": part in parts for part in ("body", "hand", "face")}
    files = ("body_pose_model.pth", "hand_pose_model.pth", "facenet.pth")
    return Annotator(package=OPEN_POSE, kind="OpenposeDetector", call=call, files=files)


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
    "fake_scribble": Annotator(package="hed", kind="HEDdetector", drawn=True, cut=10),
    "pidinet": _pidinet(),
    "pidinet_safe": _pidinet(safe=True),
    "pidinet_sketch": _pidinet(apply_filter=True),
    "pidinet_scribble": _pidinet(drawn=True),
    "mlsd": Annotator(package="mlsd", kind="MLSDdetector", a="thr_v", b="thr_d"),
    "lineart": _lineart(coarse=False),
    "lineart_coarse": _lineart(coarse=True),
    "lineart_anime": Annotator(package="lineart_anime", kind="LineartAnimeDetector"),
    "depth": Annotator(package="midas", kind="MidasDetector"),
    "normal_map": Annotator(
        package="midas", kind="MidasDetector", call={"depth_and_normal": True}, a="bg_th"
    ),
    "depth_zoe": Annotator(package="zoe", kind="ZoeDetector"),
    "depth_leres": _leres(boost=False),
    "depth_leres++": _leres(boost=True),
    "normal_bae": Annotator(package="normalbae", kind="NormalBaeDetector"),
    "softedge_teed": Annotator(
        package="teed", kind="TEEDdetector", a="safe_steps", read={"filename": "7_model.pth"}
    ),
    "mediapipe_face": Annotator(
        package="mediapipe_face",
        kind="MediapipeFaceDetector",
        a="max_faces",
        b="min_confidence",
        needs="mediapipe",
    ),
    "openpose": _openpose("body"),
    "openpose_hand": _openpose("body", "hand"),
    "openpose_face": _openpose("body", "face"),
    "openpose_faceonly": _openpose("face"),
    "openpose_full": _openpose("body", "hand", "face"),
}
"""Module key -> detector."""


WHOLE = frozenset({"safe_steps", "max_faces"})
"""Sliders that are whole numbers for the detectors."""
UNSIZED = frozenset({"teed"})
"""Packages whose detectors answer at the picture's own size."""


def find_weights(module: Module, annotator: Annotator, folders: Iterable[Path]) -> Path | None:
    """The folder that holds all files of a module, None for one without files.

    Raises MissingWeights naming files and folders, UnsupportedModel naming a package that isn't there.
    """
    if annotator.needs and importlib.util.find_spec(annotator.needs) is None:
        text = (
            f"preprocessor {module.title} needs the Python package {annotator.needs}, which is not installed"
        )
        raise UnsupportedModel(text, field="module")
    files = annotator.files or module.files
    return find_files(module, [files], folders)[0].parent if files else None


def load_annotator(module: Module, annotator: Annotator, folder: Path | None, device: str) -> Detector:
    """A detector with the weights of a folder. Raises CorruptFile."""
    from extensions.controlnet.maps.aux_package import aux_module, safe_loading

    kind = getattr(aux_module(annotator.package), annotator.kind)
    if folder is None:
        return kind()
    with readable(", ".join(annotator.files or module.files)), safe_loading():
        detector = kind.from_pretrained(str(folder), **annotator.read)
    return detector.to(device) if hasattr(detector, "to") else detector


def annotate(detector: Detector, annotator: Annotator, array: Array, parameters: Sliders) -> Array:
    """The map of a picture (h, w, 3)."""
    padded, unpad = working_size(array[:, :, :3], parameters.resolution)
    made = unpad(_detect(detector, annotator, padded, parameters))
    return grey(scribble(np.ascontiguousarray(made[:, :, 0]), annotator.cut)) if annotator.drawn else made


def _detect(detector: Detector, annotator: Annotator, padded: Array, parameters: Sliders) -> Array:
    sliders = {n: v for n, v in ((annotator.a, parameters.a), (annotator.b, parameters.b)) if n}
    side = min(padded.shape[:2])
    sizes = {"detect_resolution": side}
    if annotator.package not in UNSIZED:
        sizes["image_resolution"] = side
    answer = detector(
        padded,
        output_type="np",
        **sizes,
        **annotator.call,
        **{name: int(value) if name in WHOLE else value for name, value in sliders.items()},
    )
    # MiDaS answers depth and normals where normals are asked for
    made = np.asarray(answer[-1] if isinstance(answer, tuple) else answer, np.uint8)
    if made.shape[:2] != padded.shape[:2]:
        made = np.asarray(cv2.resize(made, (padded.shape[1], padded.shape[0])), np.uint8)
    return made if made.ndim == 3 else grey(made)
