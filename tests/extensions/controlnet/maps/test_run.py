"""Preprocessors in an engine: the folders of their weights, and the one that stays loaded."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.run import annotator_folders, loaded_preprocessor, run_preprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.table import PREPROCESSORS
from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.options import GenerationOptions
from pipelines.contract.places import Places
from pipelines.extending.typed_store import TypedStore
from pipelines.generation.services import Services
from pipelines.memory.weight_shelf import WeightShelf

PICTURE = np.full((8, 8, 3), 10, np.uint8)


def services(tmp_path: Path, **flags: Any) -> Services:
    data, models = tmp_path / "data", tmp_path / "models"
    folders = SimpleNamespace(models=models, data=data, places=Places.of(data))
    made = SimpleNamespace(
        settings=SimpleNamespace(folders=folders, extension_flags=flags),
        residency=SimpleNamespace(device="cpu"),
        weights=WeightShelf(),
        store=TypedStore(),
    )
    return cast("Services", made)


def folders(given: Services, option: str = "") -> list[Path]:
    options = GenerationOptions(extension={"control_net_modules_path": option})
    return list(annotator_folders(given, options))


def test_the_option_comes_first_then_ours_then_the_originals(tmp_path: Path) -> None:
    own = tmp_path / "data" / "extensions" / "sd-webui-controlnet" / "annotator" / "downloads"
    usual = tmp_path / "models" / "ControlNetPreprocessor"
    assert folders(services(tmp_path)) == [usual, own]
    named = tmp_path / "data" / "mine"
    assert folders(services(tmp_path), str(named)) == [named, usual, own]
    (tmp_path / "models" / "insightface").mkdir(parents=True)
    assert folders(services(tmp_path))[-1] == tmp_path / "models" / "insightface"


def test_the_flag_replaces_our_folder(tmp_path: Path) -> None:
    given = services(tmp_path, controlnet_annotator_models_path="/weights")
    assert folders(given)[0] == Path("/weights")
    assert len(folders(given)) == 2


def test_an_option_beyond_the_servers_folders_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest) as caught:
        folders(services(tmp_path), "/etc")
    assert caught.value.field == "options.control_net_modules_path"


def test_an_engine_keeps_one_loaded_preprocessor(tmp_path: Path) -> None:
    given = services(tmp_path)
    assert loaded_preprocessor(given) is loaded_preprocessor(given)
    assert loaded_preprocessor(given).kept.shelf is given.weights


def test_one_without_weights_runs_at_once(tmp_path: Path) -> None:
    given = services(tmp_path)
    made = run_preprocessor(PREPROCESSORS["invert"], PICTURE, Sliders(), given, GenerationOptions())
    assert (made == 245).all()
    assert given.store.get(LoadedPreprocessor) is None


def test_one_with_weights_looks_in_the_folders(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match=r"ControlNetHED\.pth in models/ControlNetPreprocessor"):
        run_preprocessor(PREPROCESSORS["hed"], PICTURE, Sliders(), services(tmp_path), GenerationOptions())
