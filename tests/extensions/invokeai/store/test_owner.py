"""A store as one user sees it; files of earlier versions say of nothing whose it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from PIL import Image

from extensions.invokeai.store.errors import BoardRecordNotFoundException, ImageRecordNotFoundException
from extensions.invokeai.store.images import ImageFilter, ImageWish
from extensions.invokeai.store.owner import Owner
from extensions.invokeai.store.store import InvokeStore

ANNE, BEN = Owner(client="anne", sees_all=False), Owner(client="ben", sees_all=False)


def test_what_is_others_is_not_there(tmp_path: Path) -> None:
    store = InvokeStore(tmp_path)
    anne, ben = store.seen_by(ANNE), store.seen_by(BEN)
    name = anne.images.save(Image.new("L", (4, 4)), ImageWish()).image_name
    board = anne.boards.create("mine").board_id
    assert anne.boards.put(board, name) is None
    assert (ben.images.count(ImageFilter()), ben.boards.list(archived=True)) == (0, [])
    assert not ben.images.exists(name) and not ben.boards.exists(board) and not ben.images.delete(name)
    with pytest.raises(ImageRecordNotFoundException):
        ben.images.open(name)
    with pytest.raises(ImageRecordNotFoundException):
        ben.boards.take(name)
    with pytest.raises(BoardRecordNotFoundException):
        ben.boards.change(board, board_name="ours")
    everything = store.seen_by(Owner(client="boss"))
    assert everything.images.exists(name) and everything.boards.get(board).image_count == 1


def test_files_of_earlier_versions_are_taken_over(tmp_path: Path) -> None:
    store = InvokeStore(tmp_path)
    name = store.images.save(Image.new("L", (4, 4)), ImageWish()).image_name
    connection = sqlite3.connect(tmp_path / "invokeai" / "invokeai.sqlite")
    for table in ("images", "boards"):
        connection.execute(f"ALTER TABLE {table} DROP COLUMN client")
    connection.commit()
    connection.close()
    again = InvokeStore(tmp_path)
    assert again.images.exists(name) and not again.seen_by(ANNE).images.exists(name)
