"""Pictures get a free name, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.swarmui.history import saving
from extensions.swarmui.history.names import NameParts
from extensions.swarmui.history.saving import address, as_data_url, encoded, save
from pipelines.contract.errors import DiskFull
from tests.sdapi.fakes import png

PARTS = NameParts(values={"prompt": "x"}, seed=1, number=0, user="local")


def test_names_count_up(tmp_path: Path) -> None:
    file = encoded(png(), "PNG", "{}", None)
    paths = [save(tmp_path, "a/[prompt]", PARTS, file, longest=40) for _ in range(3)]
    assert paths == ["a/x.png", "a/x-1.png", "a/x-2.png"]
    assert (tmp_path / "a/x-2.png").read_bytes() == file.data
    assert address("local", paths[0]) == "View/local/a/x.png"
    assert as_data_url(encoded(png(64, 64), "JPG", "{}", None)).startswith("data:image/jpeg;base64,")


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving, "_write", full)
    with pytest.raises(DiskFull, match="send donotsave"):
        save(tmp_path, "a/[prompt]", PARTS, encoded(png(), "PNG", "{}", None), longest=40)
    assert list((tmp_path / "a").iterdir()) == []
