"""Models for nodes: found by key or facts, loaded, and fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extensions.invokeai.context import models
from extensions.invokeai.context.loaded import InvokeModel
from extensions.invokeai.context.models import ModelsInterface
from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.models.catalog import UnknownModelException, key_of
from extensions.invokeai.models.configs import AnyModelConfig
from extensions.invokeai.nodes.primitives import BooleanInvocation
from extensions.invokeai.vocabulary.models import BaseModelType, ModelFormat, ModelType, SubModelType
from tests.extensions.invokeai.bench import Bench
from tests.extensions.invokeai.graphs import model

UNKNOWN = BaseModelType.Unknown


@pytest.fixture
def files(bench: Bench) -> list[Path]:
    """Checkpoints ``m`` and, twice, ``twin``."""
    folder = bench.engine.settings.folders.models / "Stable-diffusion"
    (folder / "more").mkdir(parents=True)
    made = [folder / "m.ckpt", folder / "twin.ckpt", folder / "more" / "twin.ckpt"]
    for file in made:
        file.touch()
    return made


@pytest.fixture
def found(bench: Bench, files: list[Path]) -> ModelsInterface:
    return bench.context(BooleanInvocation()).models


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, SubModelType | None]]:
    """Names and parts that a stand-in of loading was asked for."""
    asked: list[tuple[str, SubModelType | None]] = []

    def load_part(services: Any, config: AnyModelConfig, part: SubModelType | None) -> InvokeModel:
        asked.append((config.name, part))
        return InvokeModel(config, "loaded")

    monkeypatch.setattr(models, "load_part", load_part)
    return asked


def named(name: str, submodel: str | None = None) -> ModelIdentifierField:
    facts = {**model(name, "main", "unknown"), "submodel_type": submodel}
    return ModelIdentifierField.model_validate(facts)


def test_a_model_is_there_by_key_and_by_name(found: ModelsInterface, files: list[Path]) -> None:
    assert found.exists(key_of(files[0])) and found.exists(named("m"))
    assert not found.exists("elsewhere") and not found.exists(named("other"))
    assert found.get_config(named("m")).path == str(files[0])
    with pytest.raises(UnknownModelException):
        found.get_config("elsewhere")


def test_the_part_asked_for_wins(
    found: ModelsInterface, bench: Bench, parts: list[tuple[str, SubModelType | None]]
) -> None:
    assert found.load(named("m", "vae"), SubModelType.UNet).config.name == "m"
    found.load(named("m", "vae"))
    found.load(named("m"))
    assert parts == [("m", SubModelType.UNet), ("m", SubModelType.VAE), ("m", None)]
    assert [step.text for step in bench.asked] == [
        "Loading model m (unet)", "Loading model m (vae)", "Loading model m",
    ]  # fmt: skip


def test_facts_name_one_model(found: ModelsInterface, parts: list[tuple[str, SubModelType | None]]) -> None:
    found.load_by_attrs("m", UNKNOWN, ModelType.Main, SubModelType.VAE)
    assert parts == [("m", SubModelType.VAE)]
    with pytest.raises(ValueError, match="2 unknown main models are called 'twin'"):
        found.load_by_attrs("twin", UNKNOWN, ModelType.Main)
    with pytest.raises(UnknownModelException, match="no unknown lora model 'm'"):
        found.load_by_attrs("m", UNKNOWN, ModelType.LoRA)


def test_models_are_searched_by_facts_and_file(found: ModelsInterface, files: list[Path]) -> None:
    assert len(found.search_by_attrs()) == 3
    assert len(found.search_by_attrs(name="twin", format=ModelFormat.Checkpoint)) == 2
    assert found.search_by_attrs(name="twin", type=ModelType.VAE) == []
    assert [one.path for one in found.search_by_path(files[2])] == [str(files[2])]
    relative = Path("Stable-diffusion") / "m.ckpt"
    assert [one.name for one in found.search_by_path(relative)] == ["m"]


def test_relative_paths_are_below_the_models(found: ModelsInterface, files: list[Path], bench: Bench) -> None:
    root = bench.engine.settings.folders.models
    assert (
        found.get_absolute_path("flux/main/FLUX Dev.safetensors") == root / "flux/main/FLUX Dev.safetensors"
    )
    assert found.get_absolute_path(found.get_config(named("m"))) == files[0].resolve()
    assert found.get_absolute_path(files[0].parent / ".." / "a") == root / "a"


def test_a_file_of_a_pack_is_read_once(found: ModelsInterface, tmp_path: Path) -> None:
    read: list[Path] = []

    def loader(path: Path) -> dict[str, Path]:
        read.append(path)
        return {"from": path}

    first = found.load_local_model(tmp_path / "a", loader).model
    assert found.load_local_model(tmp_path / "a").model is first
    assert found.load_local_model(tmp_path / "b", loader).model == {"from": tmp_path / "b"}
    assert read == [tmp_path / "a", tmp_path / "b"]


def test_a_remote_file_is_fetched_and_read(
    found: ModelsInterface, bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fetched: list[tuple[str, Path]] = []

    def fetch_model(source: str, cache: Path) -> Path:
        fetched.append((source, cache))
        return tmp_path / "net"

    monkeypatch.setattr(models, "fetch_model", fetch_model)
    assert found.load_remote_model("owner/name", lambda path: path.name).model == "net"
    assert fetched == [("owner/name", bench.services.downloads)]
    assert bench.asked[0].text == "Downloading model owner/name"


def test_memory_is_left_to_the_engine(found: ModelsInterface) -> None:
    assert found.offload_from_vram(named("m")) == 0
    with pytest.raises(UnknownModelException):
        found.offload_from_vram("elsewhere")
