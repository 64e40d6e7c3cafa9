"""A checkpoint is built by the family that knows it, and every error names the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from safetensors.torch import save_file

from pipelines.contract.errors import Cancelled, CorruptFile, MissingWeights, SdapiError, UnsupportedModel
from pipelines.families.base import Family, ModelPart
from pipelines.families.files import BuildPlace, ModelFiles
from pipelines.families.load import load_checkpoint
from pipelines.families.loading.layout import Shapes

VAE_PART = ModelPart(name="vae", recognises=lambda shapes: "vae" in shapes, folder=None)


class Anything:
    """A family that takes every file; its model is what ``build`` was given."""

    parts = (VAE_PART,)

    def __init__(self, fail: Callable[[], SdapiError] | None = None) -> None:
        self.fail = fail

    def recognises(self, shapes: Shapes) -> bool:
        return True

    def build(self, files: ModelFiles, place: BuildPlace) -> Any:
        if self.fail is not None:
            raise self.fail()
        return SimpleNamespace(files=files, place=place, vae_path=None)


def loaded(path: Path, family: Anything | None = None, **more: Any) -> Any:
    return load_checkpoint(path, families=(cast("Family", family or Anything()),), **more)


def saved(path: Path, *names: str) -> Path:
    save_file({name: torch.ones(1) for name in names}, path)
    return path


def test_files_and_place_reach_the_family(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.safetensors", "w", "vae")
    model = loaded(path, device=torch.device("meta"), fallback_config=tmp_path / "x.yaml")
    assert (model.files.path, model.files.name, dict(model.files.shapes)) == (
        path,
        "a.safetensors",
        {"w": (1,), "vae": (1,)},
    )
    assert (model.place.device.type, model.place.fallback_config) == ("meta", tmp_path / "x.yaml")
    assert loaded(path, name="sub/a").files.name == "sub/a"


def test_a_vae_file_is_taken_where_the_checkpoint_lacks_one(tmp_path: Path) -> None:
    vae = saved(tmp_path / "v.safetensors", "vae")
    bare = loaded(saved(tmp_path / "bare.safetensors", "w"), vae=vae)
    assert (bare.vae_path, dict(bare.files.others)) == (vae, {"vae": vae})
    whole = loaded(saved(tmp_path / "whole.safetensors", "w", "vae"), vae=vae)
    assert (whole.vae_path, dict(whole.files.others)) == (None, {})


def test_a_missing_vae_is_asked_for_by_option(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match=r"^bare\.safetensors: .*sd_vae") as caught:
        loaded(saved(tmp_path / "bare.safetensors", "w"))
    assert caught.value.field == "options.sd_vae"


@pytest.mark.parametrize("kind", [UnsupportedModel, CorruptFile, MissingWeights])
def test_an_error_names_the_file_once(tmp_path: Path, kind: type[SdapiError]) -> None:
    path = saved(tmp_path / "a.safetensors", "vae")
    for text in ("it is odd", "a.safetensors: it is odd"):
        with pytest.raises(kind) as caught:
            loaded(path, Anything(lambda: kind(text, field="options.sd_vae")))  # noqa: B023
        assert caught.value.message == "a.safetensors: it is odd"
        assert caught.value.field == "options.sd_vae"


def test_a_cancelled_job_is_no_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(Cancelled) as caught:
        loaded(saved(tmp_path / "a.safetensors", "vae"), Anything(lambda: Cancelled("the job was cancelled")))
    assert caught.value.message == "the job was cancelled"


def test_a_file_that_no_family_knows_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedModel, match=r"^a\.safetensors: "):
        load_checkpoint(saved(tmp_path / "a.safetensors", "w"))
