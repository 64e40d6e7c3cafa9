"""Tags become network uses, infotext pairs and warnings."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pipelines.adapters.cache import AdapterCache
from pipelines.adapters.resolve import NetworkResolver
from pipelines.contract.options import GenerationOptions
from pipelines.families.patches import NetworkUse
from pipelines.text.prompt.extra_networks import strip_tags


@dataclass(frozen=True)
class File:
    path: Path
    short_hash: str = "0123456789ab"


@dataclass(frozen=True)
class Catalog:
    folder: Path

    def find_lora(self, name: str, /) -> File | None:
        path = self.folder / f"{name}.safetensors"
        return File(path) if path.exists() else None

    def find_hypernetwork(self, name: str, /) -> Path | None:
        path = self.folder / f"{name}.pt"
        return path if path.exists() else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tensors = {"bundle_emb.trigger.string_to_param.*": torch.ones(2, 8), "x.diff": torch.ones(1)}
    save_file(tensors, tmp_path / "one.safetensors")
    save_file({"x.diff": torch.ones(1)}, tmp_path / "two.safetensors")
    (tmp_path / "broken.safetensors").write_bytes(b"no")
    torch.save({}, tmp_path / "hyper.pt")
    return tmp_path


@pytest.fixture
def resolver(folder: Path) -> NetworkResolver:
    return NetworkResolver(Catalog(folder), AdapterCache())


OPTIONS = GenerationOptions()


def test_uses_keep_order_and_strengths(resolver: NetworkResolver, folder: Path) -> None:
    tags = strip_tags(["<lora:two:0.5> <lyco:one:0.2:unet=0.9:dyn=4>"]).tags
    found = resolver.resolve(tags, OPTIONS)
    two, one = found.networks
    version = (folder / "two.safetensors").stat().st_mtime_ns
    path = str(folder / "two.safetensors")
    assert two == NetworkUse(path=path, name="two", te=0.5, unet=0.5, version=version)
    assert (one.name, one.te, one.unet, one.dyn) == ("one", 0.2, 0.9, 4)
    assert found.pairs == {"Lora hashes": "two: 0123456789ab, one: 0123456789ab"}
    assert [(e.name, e.width, e.vector_count) for e in found.embeddings] == [("trigger", 8, 2)]
    assert found.warnings == ()


def test_the_option_lets_networks_run_beside_layers(resolver: NetworkResolver) -> None:
    tags = strip_tags(["<lora:two:1>"]).tags
    uses = [resolver.resolve(tags, GenerationOptions(lora_functional=on)).networks[0] for on in (False, True)]
    assert [use.functional for use in uses] == [False, True] and uses[0] != uses[1]


def test_missing_and_broken_files_are_told_and_skipped(resolver: NetworkResolver) -> None:
    tags = strip_tags(["<lora:nope:1><lora:broken:1><hypernet:none:1>"]).tags
    found = resolver.resolve(tags, OPTIONS)
    assert (found.networks, found.hypernetworks, found.pairs) == ((), (), {})
    assert [
        name in warning for name, warning in zip(("nope", "broken", "none"), found.warnings, strict=True)
    ] == [
        True,
        True,
        True,
    ]


def test_hypernetworks_have_no_hash(resolver: NetworkResolver) -> None:
    found = resolver.resolve(strip_tags(["<hypernet:hyper:0.3>"]).tags, OPTIONS)
    assert [(use.name, use.multiplier) for use in found.hypernetworks] == [("hyper", 0.3)]
    assert found.pairs == {}


def test_hashes_can_be_switched_off(resolver: NetworkResolver) -> None:
    options = GenerationOptions(lora_add_hashes_to_infotext=False)
    assert resolver.resolve(strip_tags(["<lora:one>"]).tags, options).pairs == {}


@pytest.mark.parametrize("tag", ["<embedding:one:1>", "<ppp:stn>", "<LORA:one:1>", "<hypernets:hyper:1>"])
def test_tags_of_unknown_kinds_are_told(resolver: NetworkResolver, tag: str) -> None:
    found = resolver.resolve(strip_tags([f"a {tag} <other:x>"]).tags, OPTIONS)
    assert (found.networks, found.hypernetworks) == ((), ())
    (warning,) = found.warnings
    assert "2 tags" in warning
    assert tag in warning


@pytest.mark.parametrize(
    ("tag", "surplus"),
    [
        ("<lora:one:1:1:8:0.3>", "'0.3'"),
        ("<lora:one:1:lbw=MIDD>", "'lbw=MIDD'"),
        ("<hypernet:hyper:1:2>", "'2'"),
    ],
)
def test_arguments_that_a_tag_does_not_have(resolver: NetworkResolver, tag: str, surplus: str) -> None:
    (warning,) = resolver.resolve(strip_tags([tag]).tags, OPTIONS).warnings
    assert tag in warning
    assert surplus in warning


def test_tensors_without_effect_are_told(resolver: NetworkResolver, folder: Path) -> None:
    tensors = {
        "x.diff": torch.ones(1),
        "y.lora_up.weight": torch.ones(2, 2),
        "z.lora_up.weight": torch.ones(2, 2),
    }
    save_file(tensors, folder / "odd.safetensors")
    (warning,) = resolver.resolve(strip_tags(["<lora:odd:1>"]).tags, OPTIONS).warnings
    assert "network odd: 2 of 3 tensors" in warning
    assert ".lora_up.weight" in warning
