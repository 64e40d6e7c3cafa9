"""Preprocessors with weights: where they are looked for, and what is said when they aren't there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.controlnet.annotators import ANNOTATORS, LoadedAnnotator, find_weights
from extensions.controlnet.modules import MODULES, find_module
from extensions.controlnet.preprocessors import ALGORITHMS, Parameters
from pipelines.errors import MissingWeights, UnsupportedModel


def test_every_annotator_is_a_module_with_files() -> None:
    modules = {module.key: module for module in MODULES}
    assert all(one.files or modules[key].files for key, one in ANNOTATORS.items())
    assert not ANNOTATORS.keys() & ALGORITHMS.keys()


def test_missing_files_are_named(tmp_path: Path) -> None:
    module = find_module("openpose_full")
    assert module is not None
    folder = tmp_path / "models" / "ControlNetPreprocessor"
    picture = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(MissingWeights, match=r"body_pose_model\.pth.* in .*ControlNetPreprocessor"):
        LoadedAnnotator().run(module, picture, Parameters(), [folder], "cpu")


def test_weights_are_found_in_folders_of_folders(tmp_path: Path) -> None:
    module = find_module("softedge_hed")
    assert module is not None
    (tmp_path / "hed").mkdir()
    (tmp_path / "hed" / "ControlNetHED.pth").touch()
    assert find_weights(module, ANNOTATORS["hed"], [tmp_path]) == tmp_path / "hed"


def test_modules_that_are_not_built_say_so() -> None:
    module = find_module("densepose")
    assert module is not None
    with pytest.raises(UnsupportedModel, match="densepose"):
        LoadedAnnotator().run(module, np.zeros((8, 8, 3), np.uint8), Parameters(), [], "cpu")
