"""Run preprocessors with weights: the one that ran last stays loaded, no other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from extensions.controlnet.maps.algorithms import Sliders, working_size
from extensions.controlnet.maps.annotators import (
    ANNOTATORS,
    OPEN_POSE,
    annotate,
    find_weights,
    load_annotator,
)
from extensions.controlnet.maps.kept import Kept, file_key
from extensions.controlnet.maps.networks import NETWORKS
from extensions.controlnet.maps.poses.people import Found, find_people
from extensions.controlnet.preprocessors.modules import Module
from extensions.controlnet.preprocessors.unavailable import unavailable
from extensions.controlnet.preprocessors.weights import find_files
from extensions.controlnet.units.pictures import Array

Key: TypeAlias = tuple[object, ...]


@dataclass(slots=True)
class LoadedPreprocessor:
    """The network or detector that ran last. ``poses``: whom it found, if it looks for people or animals."""

    kept: Kept[Any] = field(default_factory=Kept[Any])
    poses: Found | None = None

    def run(
        self, module: Module, array: Array, parameters: Sliders, folders: Iterable[Path], device: str
    ) -> Array:
        """The map of a picture (h, w, 3 or 4). Raises MissingWeights, CorruptFile, UnsupportedModel."""
        self.poses = None
        annotator = ANNOTATORS.get(module.key)
        if annotator is not None:
            folder = find_weights(module, annotator, folders)
            key: Key = (annotator.kind, folder, device)
            parts = [folder / Path(name).name for name in annotator.files or module.files] if folder else []
            detector = self.kept.get(key, lambda: load_annotator(module, annotator, folder, device), parts)
            if annotator.package != OPEN_POSE:
                return annotate(detector, annotator, array, parameters)
            padded, unpad = working_size(array[:, :, :3], parameters.resolution)
            drawn, self.poses = find_people(detector, annotator.call, padded)
            return unpad(drawn)
        network = NETWORKS.get(module.key)
        if network is None:
            raise unavailable(module)
        files = find_files(module, network.choices, folders)
        key = (module.key, file_key(files), device)
        run = self.kept.get(key, lambda: network.load(module, files, device), files)
        made: Array = run(array, parameters)
        self.poses = getattr(run, "poses", None)
        return made
