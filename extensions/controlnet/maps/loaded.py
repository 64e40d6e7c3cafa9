"""Run preprocessors with weights: the one that ran last stays loaded, no other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extensions.controlnet.maps.kept import Kept, file_key
from extensions.controlnet.maps.poses.people import Found
from extensions.controlnet.maps.sliders import Sliders, call
from extensions.controlnet.preprocessors.preprocessor import Preprocessor, function
from extensions.controlnet.preprocessors.unavailable import require_package, unavailable
from extensions.controlnet.preprocessors.weights import find_files
from extensions.controlnet.units.pictures import Array


@dataclass(slots=True)
class LoadedPreprocessor:
    """The network that ran last. ``poses``: those of the last picture, if it looks for people or animals."""

    kept: Kept[Any] = field(default_factory=Kept[Any])
    poses: Found | None = None

    def run(
        self,
        preprocessor: Preprocessor,
        array: Array,
        sliders: Sliders,
        folders: Iterable[Path],
        device: str,
    ) -> Array:
        """The map of a picture (h, w, 3 or 4). Raises MissingWeights, CorruptFile, UnsupportedModel."""
        self.poses = None
        if not preprocessor.load:
            raise unavailable(preprocessor)
        require_package(preprocessor)
        files = find_files(preprocessor, preprocessor.files, folders) if preprocessor.files else ()
        key = (preprocessor.network or preprocessor.key, file_key(files), device)
        load = function(preprocessor.load)
        network = self.kept.get(key, lambda: load(preprocessor, files, device), files)
        made = call(network, preprocessor, array, sliders)
        self.poses = getattr(network, "poses", None)
        return made
