"""Preprocessors with weights: loaded once, run, their poses kept; and errors that name what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Run, Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile, MissingWeights, UnsupportedModel

PICTURE = np.zeros((8, 8, 3), np.uint8)
LOADS: list[tuple[str, str]] = []


class Finder:
    """Answers the picture, and poses of it."""

    def __init__(self) -> None:
        self.poses = {"people": [1]}

    def __call__(self, array: Array, sliders: Sliders) -> Array:
        return array


def load_finder(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    LOADS.append((preprocessor.key, device))
    return Finder()


def load_plain(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    LOADS.append((preprocessor.key, device))
    return lambda array, sliders: np.full_like(array, sliders.variant)


def row(key: str, load: str, **values: object) -> Preprocessor:
    return Preprocessor(key=key, load=f"{__name__}:{load}", **values)  # pyright: ignore[reportArgumentType]


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


def test_networks_are_loaded_once_until_another_runs() -> None:
    LOADS.clear()
    loaded = LoadedPreprocessor()
    for one in (row("a", "load_plain", variant=1), row("b", "load_plain", variant=2)):
        for _ in range(2):
            assert (loaded.run(one, PICTURE, Sliders(), [], "cpu") == one.variant).all()
    assert LOADS == [("a", "cpu"), ("b", "cpu")]


def test_preprocessors_of_one_network_share_it() -> None:
    LOADS.clear()
    loaded = LoadedPreprocessor()
    made = [
        loaded.run(row(key, "load_plain", network="net", variant=value), PICTURE, Sliders(), [], "cpu").max()
        for key, value in (("soft", 1), ("safe", 2))
    ]
    assert (LOADS, made) == ([("soft", "cpu")], [1, 2])
    loaded.run(row("soft", "load_plain", network="net", variant=1), PICTURE, Sliders(), [], "meta")
    assert LOADS[-1] == ("soft", "meta")


def test_poses_are_those_of_the_last_picture() -> None:
    loaded = LoadedPreprocessor()
    loaded.run(row("people", "load_finder"), PICTURE, Sliders(), [], "cpu")
    assert loaded.poses == {"people": [1]}
    loaded.run(row("lines", "load_plain", variant=0), PICTURE, Sliders(), [], "cpu")
    assert loaded.poses is None


def test_a_run_that_fails_leaves_no_poses() -> None:
    loaded = LoadedPreprocessor()
    loaded.run(row("people", "load_finder"), PICTURE, Sliders(), [], "cpu")
    with pytest.raises(UnsupportedModel):
        loaded.run(Preprocessor(key="nothing"), PICTURE, Sliders(), [], "cpu")
    assert loaded.poses is None
