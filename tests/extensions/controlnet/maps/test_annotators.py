"""Preprocessors with weights: where they are looked for, and what is said when they aren't there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.controlnet.maps.annotators import annotate
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.table import PREPROCESSORS, find_preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile, MissingWeights, UnsupportedModel


def test_missing_files_are_named(tmp_path: Path) -> None:
    module = find_preprocessor("openpose_full")
    assert module is not None
    folder = tmp_path / "models" / "ControlNetPreprocessor"
    picture = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(MissingWeights, match=r"body_pose_model\.pth.* in .*ControlNetPreprocessor"):
        LoadedPreprocessor().run(module, picture, Sliders(), [folder], "cpu")


def test_modules_that_are_not_built_say_so() -> None:
    module = find_preprocessor("normal_dsine")
    assert module is not None
    with pytest.raises(UnsupportedModel, match=r"normal_dsine .* licence forbids"):
        LoadedPreprocessor().run(module, np.zeros((8, 8, 3), np.uint8), Sliders(), [], "cpu")


def test_damaged_files_are_named(tmp_path: Path) -> None:
    module = find_preprocessor("softedge_hed")
    assert module is not None
    (tmp_path / "ControlNetHED.pth").write_bytes(b"no weights")
    with pytest.raises(CorruptFile, match=r"ControlNetHED\.pth can't be loaded"):
        LoadedPreprocessor().run(module, np.zeros((64, 64, 3), np.uint8), Sliders(), [tmp_path], "cpu")


def test_normals_are_the_second_of_two_maps() -> None:
    asked: dict[str, object] = {}

    def detector(picture: Array, **options: object) -> tuple[Array, Array]:
        asked.update(options)
        return np.zeros_like(picture), np.full_like(picture, 128)

    parameters = Sliders(resolution=64, a=0.3)
    made = annotate(
        detector, PREPROCESSORS["normal_map"].variant, np.zeros((64, 64, 3), np.uint8), parameters
    )
    assert bool((made == 128).all())
    assert (asked["bg_th"], asked["depth_and_normal"]) == (0.3, True)
