"""No path leaves the folder of pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.swarmui.history.places import is_hidden, locate, relative, starred_name
from pipelines.contract.errors import InvalidRequest


@pytest.mark.parametrize(
    ("text", "meant"),
    [("", ""), ("/a//b/", "a/b"), ("a\\b", "a/b"), ("./a", "a"), ("a b/ä.png", "a b/ä.png")],
)
def test_paths_are_relative(text: str, meant: str, tmp_path: Path) -> None:
    assert relative(text) == meant
    assert locate(tmp_path, text) == (tmp_path / meant).resolve()


@pytest.mark.parametrize("text", ["..", "a/../../b", "..\\x", "a\0b", "x" * 300, "x/" * 2000])
def test_paths_lead_nowhere_else(text: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        locate(tmp_path, text)


def test_links_lead_nowhere_else(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (tmp_path / "secret.png").touch()
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(InvalidRequest):
        locate(inside, "link.png")


def test_hidden_and_starred() -> None:
    assert is_hidden("a/.b/c")
    assert not is_hidden("a.b/c")
    assert starred_name("raw/a/b.png", flat=False) == "Starred/raw/a/b.png"
    assert starred_name("raw/a/b.png", flat=True) == "Starred/rawab.png"
