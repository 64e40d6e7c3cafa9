"""Boards hold pictures, one board each."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from extensions.invokeai.store.errors import BoardRecordNotFoundException, ImageRecordNotFoundException
from extensions.invokeai.store.images import ImageWish
from extensions.invokeai.store.store import InvokeStore
from extensions.invokeai.vocabulary.nodes import ImageCategory


def test_boards(tmp_path: Path) -> None:
    store = InvokeStore(tmp_path)
    one, other = store.boards.create("one"), store.boards.create("other", is_private=True)
    image = store.images.save(Image.new("L", (4, 4)), ImageWish()).image_name
    mask = store.images.save(Image.new("L", (4, 4)), ImageWish(category=ImageCategory.MASK)).image_name
    assert store.boards.put(one.board_id, image) is None
    store.boards.put(one.board_id, mask)
    dto = store.boards.get(one.board_id)
    assert (dto.image_count, dto.asset_count, dto.cover_image_name) == (1, 1, mask)
    assert store.boards.put(other.board_id, image) == one.board_id
    assert store.boards.image_names(one.board_id) == [mask]
    assert [board.board_name for board in store.boards.list()] == ["other", "one"]
    store.boards.change(other.board_id, archived=1, board_name="kept")
    assert [board.board_name for board in store.boards.list()] == ["one"]
    assert [board.board_name for board in store.boards.list(archived=True)] == ["kept", "one"]
    assert store.boards.take(image) == other.board_id
    store.boards.delete(one.board_id)
    assert store.images.get(mask).board_id is None
    with pytest.raises(BoardRecordNotFoundException):
        store.boards.get(one.board_id)
    with pytest.raises(BoardRecordNotFoundException):
        store.boards.put("nothing", mask)
    with pytest.raises(ImageRecordNotFoundException):
        store.boards.put(other.board_id, "nothing")
