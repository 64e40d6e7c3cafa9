"""Preprocessors with weights through controlnet-aux, from local files only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np

from extensions.controlnet.maps.damage import readable
from extensions.controlnet.maps.lines import scribble
from extensions.controlnet.maps.poses.people import Found, find_people
from extensions.controlnet.maps.sliders import Run, Sliders, grey, working_size
from extensions.controlnet.preprocessors.aux_detector import AuxDetector, PoseParts
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array

LoadedDetector: TypeAlias = Any
"""An object of a detector class, which is called with a picture."""
OPENPOSE = AuxDetector(package="open_pose", kind="OpenposeDetector")
WHOLE = frozenset({"safe_steps", "max_faces"})
"""Sliders that are whole numbers for the detectors."""
UNSIZED = frozenset({"teed"})
"""Packages whose maps have the picture's own size."""


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """Load a detector; the variant in the sliders holds the arguments of its calls. Raises CorruptFile."""
    detector = load_detector(preprocessor.variant, files, device)
    return lambda array, sliders: annotate(detector, sliders.variant, array, sliders)


@dataclass(slots=True)
class People:
    """Draws the people that OpenPose finds, with the parts in the sliders' variant.

    ``poses``: those of the last picture.
    """

    detector: LoadedDetector
    poses: Found | None = None

    def __call__(self, array: Array, sliders: Sliders) -> Array:
        """The drawing of a picture."""
        parts: PoseParts = sliders.variant
        padded, unpad = working_size(array[:, :, :3], sliders.resolution)
        drawn, self.poses = find_people(self.detector, parts, padded)
        return unpad(drawn)


def load_openpose(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> People:
    """OpenPose with its three networks. Raises CorruptFile."""
    return People(load_detector(OPENPOSE, files, device))


def load_detector(wanted: AuxDetector, files: tuple[Path, ...], device: str) -> LoadedDetector:
    """A detector with the weights of these files, which lie in one folder. Raises CorruptFile."""
    from extensions.controlnet.maps.aux_package import aux_module, safe_loading

    kind = getattr(aux_module(wanted.package), wanted.kind)
    if not files:
        return kind()
    with readable(", ".join(file.name for file in files)), safe_loading():
        detector = kind.from_pretrained(str(files[0].parent), **wanted.read)
    return detector.to(device) if hasattr(detector, "to") else detector


def annotate(detector: LoadedDetector, wanted: AuxDetector, array: Array, sliders: Sliders) -> Array:
    """The map of a picture (h, w, 3)."""
    padded, unpad = working_size(array[:, :, :3], sliders.resolution)
    made = unpad(_detect(detector, wanted, padded, sliders))
    return grey(scribble(np.ascontiguousarray(made[:, :, 0]), wanted.cut)) if wanted.drawn else made


def _detect(detector: LoadedDetector, wanted: AuxDetector, padded: Array, sliders: Sliders) -> Array:
    values = {n: v for n, v in ((wanted.a, sliders.a), (wanted.b, sliders.b)) if n}
    side = min(padded.shape[:2])
    sizes = {"detect_resolution": side}
    if wanted.package not in UNSIZED:
        sizes["image_resolution"] = side
    answer = detector(
        padded,
        output_type="np",
        **sizes,
        **wanted.call,
        **{name: int(value) if name in WHOLE else value for name, value in values.items()},
    )
    # MiDaS returns depth and normals if normals are asked for
    made = np.asarray(answer[-1] if isinstance(answer, tuple) else answer, np.uint8)
    if made.shape[:2] != padded.shape[:2]:
        made = np.asarray(cv2.resize(made, (padded.shape[1], padded.shape[0])), np.uint8)
    return made if made.ndim == 3 else grey(made)
