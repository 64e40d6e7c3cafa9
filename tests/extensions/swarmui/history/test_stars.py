"""Stars are copies; what belongs to a picture is copied and deleted with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.swarmui.history.stars import SIDES, delete_picture, find_picture, toggle_star
from pipelines.contract.errors import InvalidRequest

PICTURE = "raw/a/3.png"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "raw" / "a").mkdir(parents=True)
    (tmp_path / "raw" / ".hidden").mkdir()
    (tmp_path / PICTURE).write_bytes(b"picture")
    (tmp_path / "raw/.hidden/5.png").touch()
    (tmp_path / "raw/a/3.txt").write_text("about it")
    (tmp_path / "raw/a/30.txt").write_text("about another")
    return tmp_path


def test_a_star_is_a_copy_with_all_that_belongs_to_it(root: Path) -> None:
    assert toggle_star(root, PICTURE, flat=False) is True
    assert (root / "Starred" / PICTURE).read_bytes() == b"picture"
    assert (root / "Starred/raw/a/3.txt").read_text() == "about it"
    assert not (root / "Starred/raw/a/30.txt").exists()
    assert toggle_star(root, PICTURE, flat=False) is False
    assert list((root / "Starred/raw/a").iterdir()) == []
    assert (root / PICTURE).read_bytes() == b"picture"
    assert (root / "raw/a/3.txt").exists()


def test_a_star_may_have_no_folders(root: Path) -> None:
    assert toggle_star(root, PICTURE, flat=True) is True
    assert {path.name for path in (root / "Starred").iterdir()} == {"rawa3.png", "rawa3.txt"}
    assert toggle_star(root, PICTURE, flat=True) is False
    assert list((root / "Starred").iterdir()) == []


@pytest.mark.parametrize("named", [PICTURE, f"Starred/{PICTURE}", PICTURE.replace("/", "\\")])
def test_a_star_outlives_its_original_and_gives_it_back(named: str, root: Path) -> None:
    toggle_star(root, PICTURE, flat=False)
    delete_picture(root, PICTURE)
    assert (root / "Starred" / PICTURE).is_file()
    assert toggle_star(root, named, flat=False) is False
    assert (root / PICTURE).read_bytes() == b"picture"
    assert not (root / "Starred" / PICTURE).exists()


def test_what_belongs_to_a_picture_is_deleted_with_it(root: Path) -> None:
    for side in SIDES:
        (root / PICTURE).with_suffix(side).touch()
    delete_picture(root, PICTURE)
    assert [path.name for path in (root / "raw/a").iterdir()] == ["30.txt"]


@pytest.mark.parametrize("path", ["raw/a/4.png", "", "raw", "raw/.hidden/5.png"])
def test_what_is_no_picture_is_refused_by_what_was_to_be_done(path: str, root: Path) -> None:
    with pytest.raises(InvalidRequest, match="That file does not exist, cannot open"):
        find_picture(root, path, "open")
    with pytest.raises(InvalidRequest, match="cannot delete"):
        delete_picture(root, path)
    with pytest.raises(InvalidRequest, match="cannot star"):
        toggle_star(root, path, flat=False)
