"""Names without suffixes and hashes, and what there is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.swarmui.models.choices import bare, list_wildcards, read_choices, without_hash
from extensions.swarmui.models.samplers import ENLARGERS, SAMPLERS, SCHEDULERS, enlarger
from pipelines.sampling.sampler_names import find_sampler, find_scheduler
from pipelines.contract.latent_modes import LATENT_MODES
from tests.extensions.swarmui.conftest import SwarmClient


@pytest.mark.parametrize(
    ("name", "meant"),
    [("a/b.safetensors", "a/b"), ("a.v1.ckpt", "a.v1"), ("a.v1", "a.v1"), ("A.SAFETENSORS", "A")],
)
def test_suffixes_are_no_part_of_names(name: str, meant: str) -> None:
    assert bare(name) == meant


def test_hashes_are_no_part_of_names() -> None:
    assert without_hash("a [b].safetensors [0123abcd]") == "a [b].safetensors"
    assert without_hash("a.safetensors") == "a.safetensors"


def test_every_name_stands_for_something_of_ours() -> None:
    assert all(find_sampler(name) for name in SAMPLERS.values())
    assert all(find_scheduler(name) for name in SCHEDULERS.values())
    assert {name for name in ENLARGERS.values() if name.startswith("Latent")} <= set(LATENT_MODES)
    assert (enlarger("pixel-lanczos"), enlarger("model-R-ESRGAN 4x+")) == ("Lanczos", "R-ESRGAN 4x+")


def test_wildcards_are_files(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.txt", "deep/a.txt", "c.md"):
        (tmp_path / name).touch()
    assert list_wildcards(tmp_path) == ["b", "deep/a"]
    assert list_wildcards(tmp_path / "nowhere") == []


def test_what_there_is(client: SwarmClient) -> None:
    found = read_choices(client.http.app.state.sdapi)  # type: ignore[attr-defined]
    assert found.models["VAE"] == ("tiny-vae-b",)
    assert (found.models["LoRA"], found.models["Clip"]) == (("tiny",), ())
    assert "canny" in found.preprocessors
    assert "Lanczos" in found.upscalers
