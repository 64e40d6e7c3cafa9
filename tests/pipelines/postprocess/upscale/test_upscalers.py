"""Upscalers by name: what is refused, what is loaded when, and the tiles of each kind."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from pipelines.catalog.upscalers import UpscalerEntry, UpscalerKind
from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.options import GenerationOptions
from pipelines.contract.settings import EngineSettings
from pipelines.postprocess.upscale import upscalers
from pipelines.postprocess.upscale.network import TileSizes
from pipelines.postprocess.upscale.upscalers import Upscalers, tiling_for
from tests.pipelines.jobs.helpers import make_settings

OPTIONS = GenerationOptions()
PICTURE = Image.new("RGB", (16, 8), "red")


@dataclass(slots=True)
class Shelf:
    """A catalog of these entries; a refresh adds those that came ``later``."""

    entries: list[UpscalerEntry]
    later: list[UpscalerEntry] = field(default_factory=list[UpscalerEntry])
    refreshed: int = 0

    def list(self) -> list[UpscalerEntry]:
        return self.entries

    def find(self, name: str) -> UpscalerEntry | None:
        return next((entry for entry in self.entries if entry.name == name), None)

    def refresh(self) -> None:
        self.refreshed += 1
        self.entries = self.later or self.entries


class Doubling:
    """A network that repeats pixels."""

    scale = 2

    def __call__(self, picture: Tensor, /) -> Tensor:
        return picture.repeat_interleave(2, 2).repeat_interleave(2, 3)


def made(*entries: UpscalerEntry, settings: EngineSettings | None = None) -> tuple[Upscalers, Shelf]:
    shelf = Shelf(list(entries))
    limits = (settings or make_settings()).limits
    return Upscalers(shelf, torch.device("cpu"), limits), shelf  # type: ignore[arg-type]


def entry(name: str, kind: UpscalerKind = "esrgan", path: Path | None = None) -> UpscalerEntry:
    return UpscalerEntry(name=name, kind=kind, path=path)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read."""
    read: list[str] = []

    def load(path: Path, device: torch.device) -> Doubling:
        read.append(path.name)
        return Doubling()

    monkeypatch.setattr(upscalers, "load_network", load)
    return read


def test_names_keep_their_order() -> None:
    found, _ = made(entry("None", "none"), entry("b"), entry("a"))
    assert found.names() == ("None", "b", "a")


def test_an_unknown_name_is_refused_after_another_look() -> None:
    found, shelf = made(entry("a"))
    with pytest.raises(InvalidRequest, match="could not find upscaler named b") as caught:
        found.get("b", OPTIONS)
    assert caught.value.field == "upscaler"
    assert shelf.refreshed == 1


def test_a_file_that_came_later_is_found() -> None:
    found, shelf = made(entry("b"))
    with pytest.raises(MissingWeights, match="b"):
        found.get("b", OPTIONS)
    shelf.later = [entry("b", "nearest")]
    assert found.get("b", OPTIONS)(PICTURE, 2).size == (32, 16)


@pytest.mark.parametrize(("kind", "size"), [("nearest", (32, 16)), ("lanczos", (32, 16)), ("none", (32, 16))])
def test_filters_need_no_network(kind: UpscalerKind, size: tuple[int, int], loads: list[str]) -> None:
    found, _ = made(entry("x", kind))
    assert found.get("x", OPTIONS)(PICTURE, 2).size == size
    assert loads == []


def test_a_network_is_read_when_it_is_first_used(loads: list[str]) -> None:
    found, _ = made(entry("x", path=Path("x.pth")), entry("y", path=Path("y.pth")))
    enlarge = found.get("x", OPTIONS)
    assert loads == []
    for _ in range(2):
        assert enlarge(PICTURE, 2).size == (32, 16)
    assert loads == ["x.pth"]
    found.get("y", OPTIONS)(PICTURE, 2)
    enlarge(PICTURE, 2)
    assert loads == ["x.pth", "y.pth", "x.pth"]


def test_an_unloaded_network_is_read_again(loads: list[str]) -> None:
    found, _ = made(entry("x", path=Path("x.pth")))
    found.get("x", OPTIONS)(PICTURE, 2)
    found.unload()
    found.get("x", OPTIONS)(PICTURE, 2)
    assert loads == ["x.pth", "x.pth"]


def test_a_result_beyond_the_limits_is_refused_unread(loads: list[str]) -> None:
    settings = make_settings()
    limits = replace(settings.limits, pixels=1000)
    found, _ = made(entry("x", path=Path("x.pth")), settings=replace(settings, limits=limits))
    enlarge = found.get("x", OPTIONS)
    with pytest.raises(InvalidRequest):
        enlarge(PICTURE, 4)
    assert loads == []
    assert enlarge(PICTURE, 2).size == (32, 16)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("dat", TileSizes(tile=1, overlap=2)),
        ("swinir", TileSizes(tile=3, overlap=4, averaged=True)),
        ("scunet", TileSizes(tile=5, overlap=6, averaged=True)),
        ("esrgan", TileSizes(tile=7, overlap=8)),
        ("hat", TileSizes(tile=7, overlap=8)),
    ],
)
def test_each_kind_has_its_own_tiles(kind: UpscalerKind, expected: TileSizes) -> None:
    options = GenerationOptions(
        DAT_tile=1,
        DAT_tile_overlap=2,
        SWIN_tile=3,
        SWIN_tile_overlap=4,
        SCUNET_tile=5,
        SCUNET_tile_overlap=6,
        ESRGAN_tile=7,
        ESRGAN_tile_overlap=8,
    )
    assert tiling_for(entry("x", kind), options) == expected
