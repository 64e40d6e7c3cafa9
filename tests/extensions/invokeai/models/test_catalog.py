"""Weight files as models: listed by kind, found by key, hash or name, and read anew after a change."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.models import catalog as module
from extensions.invokeai.models.catalog import ModelCatalog, UnknownModelException, key_of
from extensions.invokeai.vocabulary.models import BaseModelType, ModelFormat, ModelType
from pipelines.contract.settings import Folders
from tests.engines import engine_settings
from tests.extensions.invokeai.graphs import model

EMPTY = b"no weights"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return engine_settings(tmp_path / "models", tmp_path).folders


def place(folders: Folders, folder: str, name: str) -> Path:
    file = folders.models / folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(EMPTY)
    return file


def test_a_key_is_a_uuid_of_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of(tmp_path / "a.ckpt")
    assert str(uuid.UUID(key)) == key != key_of(tmp_path / "b.ckpt")
    monkeypatch.chdir(tmp_path)
    assert key_of(Path("a.ckpt")) == key


def test_kinds_and_formats_follow_from_folders(folders: Folders) -> None:
    for folder, name in (
        ("ESRGAN", "up.pth"),
        ("embeddings", "word.pt"),
        ("ControlNet", "net.safetensors"),
        ("Lora", "b.safetensors"),
        ("Lora", "A.safetensors"),
        ("VAE", "vae.pt"),
        ("Stable-diffusion", "main.ckpt"),
        ("Stable-diffusion", "readme.txt"),
    ):
        place(folders, folder, name)
    listed = [(one.name, one.type, one.format) for one in ModelCatalog(folders).list()]
    assert listed == [
        ("main", ModelType.Main, ModelFormat.Checkpoint),
        ("vae", ModelType.VAE, ModelFormat.Checkpoint),
        ("A", ModelType.LoRA, ModelFormat.LyCORIS),
        ("b", ModelType.LoRA, ModelFormat.LyCORIS),
        ("net", ModelType.ControlNet, ModelFormat.Checkpoint),
        ("word", ModelType.TextualInversion, ModelFormat.EmbeddingFile),
        ("up", ModelType.SpandrelImageToImage, ModelFormat.Checkpoint),
    ]


def test_facts_of_a_file_are_in_its_config(folders: Folders) -> None:
    file = place(folders, "Stable-diffusion", "main.ckpt")
    (config,) = ModelCatalog(folders).list()
    assert (config.key, config.path, config.source, config.file_size) == (
        key_of(file), str(file), str(file), len(EMPTY),
    )  # fmt: skip
    assert (config.base, config.variant, config.description) == (BaseModelType.Unknown, "normal", "")
    assert config.default_settings == {"width": 512, "height": 512}


def test_the_usual_size_follows_from_the_family(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    def main_base(path: Path) -> BaseModelType:
        return BaseModelType(path.stem)

    monkeypatch.setattr(module, "_BASES", {ModelType.Main: main_base})
    for base in ("sd-1", "sdxl", "flux"):
        place(folders, "Stable-diffusion", f"{base}.ckpt")
    sides = {one.name: (one.default_settings or {})["width"] for one in ModelCatalog(folders).list()}
    assert sides == {"sd-1": 512, "sdxl": 1024, "flux": 1024}


def test_more_folders_of_control_models_are_read(folders: Folders, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    (more / "other.pth").write_bytes(EMPTY)
    place(folders, "ControlNet", "net.pth")
    assert [one.name for one in ModelCatalog(folders, [more, tmp_path / "none"]).list()] == ["net", "other"]


def test_a_file_in_two_folders_of_a_kind_is_one_model(folders: Folders) -> None:
    file = place(folders, "Lora", "a.pt")
    twice = replace(folders, loras=(file.parent, folders.models / "Lora"))
    assert len(ModelCatalog(twice).list()) == 1


def test_a_listing_is_used_again_for_a_while(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    catalog = ModelCatalog(folders)
    assert catalog.list() == []
    place(folders, "Lora", "a.pt")
    now[0] = module.FRESH_SECONDS
    assert catalog.list() == []
    now[0] += 0.1
    assert [one.name for one in catalog.list()] == ["a"]


def test_models_are_searched_by_facts(folders: Folders) -> None:
    place(folders, "Lora", "a.pt")
    place(folders, "VAE", "a.pt")
    catalog = ModelCatalog(folders)
    assert len(catalog.search()) == len(catalog.search(name="a")) == 2
    assert [one.type for one in catalog.search(name="a", type="lora")] == [ModelType.LoRA]
    assert catalog.search(name="a", base="flux") == [] == catalog.search(format="diffusers")


def identifier(name: str, *, key: str = "elsewhere", digest: str = "") -> ModelIdentifierField:
    facts = {**model(name, "lora"), "key": key, "hash": digest}
    return ModelIdentifierField.model_validate(facts)


def test_a_model_is_meant_by_key_then_hash_then_name(folders: Folders) -> None:
    files = [place(folders, "Lora", f"{name}.pt") for name in "abc"]
    catalog = ModelCatalog(folders)
    digest = catalog.search(name="b")[0].hash
    assert catalog.meant(key_of(files[0])).name == "a"
    assert catalog.meant(identifier("c", key=key_of(files[0]), digest=digest)).name == "a"
    assert catalog.meant(identifier("c", digest=digest)).name == "b"
    assert catalog.meant(identifier("c")).name == "c"


def test_unknown_models_are_named(folders: Folders) -> None:
    place(folders, "VAE", "a.pt")
    catalog = ModelCatalog(folders)
    assert catalog.find("elsewhere") is None
    with pytest.raises(UnknownModelException, match="no model with key elsewhere"):
        catalog.meant("elsewhere")
    with pytest.raises(UnknownModelException, match="no lora model 'a'"):
        catalog.meant(identifier("a"))
