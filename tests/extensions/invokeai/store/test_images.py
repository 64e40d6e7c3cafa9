"""Pictures are kept with what is known of them, listed fast, and deleted with their files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from extensions.invokeai.store.database import now
from extensions.invokeai.store.errors import ImageFileNotFoundException, ImageRecordNotFoundException
from extensions.invokeai.store.images import NO_BOARD, ImageFilter, ImageWish
from extensions.invokeai.store.store import InvokeStore
from extensions.invokeai.vocabulary.nodes import ImageCategory


@pytest.fixture
def store(tmp_path: Path) -> InvokeStore:
    return InvokeStore(tmp_path)


def test_a_picture_comes_back_as_it_was(store: InvokeStore, tmp_path: Path) -> None:
    wish = ImageWish(metadata='{"seed": 1}', session_id="s", node_id="n", is_intermediate=True)
    dto = store.images.save(Image.new("RGBA", (300, 64), (1, 2, 3, 4)), wish)
    again = InvokeStore(tmp_path).images
    assert again.get(dto.image_name) == dto
    image = again.open(dto.image_name)
    assert (image.mode, image.size, image.getpixel((0, 0))) == ("RGBA", (300, 64), (1, 2, 3, 4))
    assert image.info["invokeai_metadata"] == '{"seed": 1}'
    assert again.metadata(dto.image_name) == {"seed": 1}
    assert dto.image_url == f"api/v1/images/i/{dto.image_name}/full"
    thumbnail = store.images.files.path(dto.image_name, thumbnail=True)
    assert thumbnail.is_file() and thumbnail.suffix == ".webp"
    assert store.images.delete(dto.image_name) and not thumbnail.exists()
    assert not store.images.delete(dto.image_name)


def test_modes_that_no_png_has_become_rgb(store: InvokeStore) -> None:
    dto = store.images.save(Image.new("CMYK", (8, 8)), ImageWish())
    assert store.images.open(dto.image_name).mode == "RGB"


@pytest.mark.parametrize("name", ["../x.png", "/etc/passwd", "", ".hidden", "a/b.png"])
def test_names_are_no_paths(name: str, store: InvokeStore) -> None:
    with pytest.raises(ImageFileNotFoundException):
        store.images.files.path(name)
    with pytest.raises(ImageRecordNotFoundException):
        store.images.open(name)


def test_listings_are_filtered_and_ordered(store: InvokeStore) -> None:
    board = store.boards.create("b").board_id
    small = Image.new("L", (4, 4))
    first = store.images.save(small, ImageWish(board_id=board, metadata='{"prompt": "a cat"}')).image_name
    second = store.images.save(small, ImageWish(category=ImageCategory.MASK)).image_name
    third = store.images.save(small, ImageWish(is_intermediate=True)).image_name
    names = store.images.names
    assert names(ImageFilter()) == [third, second, first]
    assert names(ImageFilter(), newest_first=False) == [first, second, third]
    assert names(ImageFilter(board_id=board)) == [first]
    assert names(ImageFilter(board_id=NO_BOARD)) == [third, second]
    assert names(ImageFilter(categories=["mask"])) == [second]
    assert names(ImageFilter(is_intermediate=False)) == [second, first]
    assert names(ImageFilter(search="cat")) == [first]
    store.images.change(first, starred=1)
    listed = json.loads(store.images.page(ImageFilter(), offset=0, limit=2))
    assert listed == [store.images.get(name).model_dump(mode="json") for name in (first, third)]
    assert [dto.image_name for dto in store.images.named([third, "nothing", first])] == [third, first]
    assert store.images.count(ImageFilter()) == 3


def test_a_board_of_twenty_thousand_pictures_is_counted_and_paged_by_index(store: InvokeStore) -> None:
    board = store.boards.create("large").board_id
    with store.database.together():
        for number in range(20_000):
            store.database.insert(
                "images",
                {
                    "image_name": f"{number}.png",
                    "image_origin": "internal",
                    "image_category": "general",
                    "width": 8,
                    "height": 8,
                    "is_intermediate": 0,
                    "board_id": board,
                    "created_at": now(),
                    "updated_at": now(),
                },
            )
    assert store.boards.get(board).image_count == 20_000
    (newest,) = json.loads(store.images.page(ImageFilter(board_id=board), offset=0, limit=1))
    assert newest["image_name"] == "19999.png"
    plan = store.database.rows("EXPLAIN QUERY PLAN SELECT COUNT(*) FROM images WHERE board_id = ?", (board,))
    assert "USING COVERING INDEX images_by_" in plan[0]["detail"]
