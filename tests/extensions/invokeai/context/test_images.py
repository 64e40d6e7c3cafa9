"""Pictures of nodes: the facts they are saved with, and the modes they are read in."""

from __future__ import annotations

import logging
from typing import cast

import pytest
from PIL import Image

from extensions.invokeai.context.images import ImagesInterface
from extensions.invokeai.context.parts import SessionQueueItem
from extensions.invokeai.fields.values import BoardField, MetadataField
from extensions.invokeai.nodes.image_basics import BlankImageInvocation
from extensions.invokeai.store.errors import ImageRecordNotFoundException
from extensions.invokeai.vocabulary.nodes import IMAGE_MODES, ImageCategory, ResourceOrigin
from tests.extensions.invokeai.bench import Bench

SMALL = Image.new("RGBA", (12, 8), (255, 0, 0, 128))
ITEM = SessionQueueItem(item_id=1, batch_id="b", session_id="s", workflow={"name": "w"}, graph={"id": "g"})


def images_of(bench: Bench, node: BlankImageInvocation | None = None) -> ImagesInterface:
    return bench.context(node or BlankImageInvocation(), ITEM).images


def test_a_picture_is_saved_with_its_node_and_session(bench: Bench) -> None:
    node = BlankImageInvocation(id="n", is_intermediate=True)
    dto = images_of(bench, node).save(SMALL, image_category=ImageCategory.MASK)
    assert (dto.node_id, dto.session_id, dto.is_intermediate) == ("n", "s", True)
    assert (dto.image_category, dto.image_origin) == (ImageCategory.MASK, ResourceOrigin.INTERNAL)
    assert (dto.width, dto.height, dto.has_workflow, dto.board_id) == (12, 8, True, None)
    assert bench.asked[0].text == "Saving image"


def test_metadata_workflow_and_graph_are_in_the_file(bench: Bench) -> None:
    images = images_of(bench, BlankImageInvocation(metadata=MetadataField({"seed": 1})))
    name = images.save(SMALL).image_name
    with Image.open(images.get_path(name)) as file:
        texts = {key: value for key, value in file.info.items() if str(key).startswith("invokeai_")}
    assert texts == {
        "invokeai_metadata": '{"seed": 1}',
        "invokeai_workflow": '{"name": "w"}',
        "invokeai_graph": '{"id": "g"}',
    }
    metadata = images.get_metadata(name)
    assert metadata is not None and metadata.root == {"seed": 1}


def test_arguments_win_over_inputs_of_the_node(bench: Bench) -> None:
    one, other = (bench.services.gallery.boards.create(name).board_id for name in ("one", "other"))
    node = BlankImageInvocation(metadata=MetadataField({"of": "node"}), board=BoardField(board_id=one))
    images = images_of(bench, node)
    assert images.save(SMALL).board_id == one
    dto = images.save(SMALL, board_id=other, metadata=MetadataField({"of": "argument"}))
    metadata = images.get_metadata(dto.image_name)
    assert dto.board_id == other and metadata is not None and metadata.root == {"of": "argument"}


def test_an_unknown_board_is_left_out_with_a_warning(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        dto = images_of(bench, BlankImageInvocation(board=BoardField(board_id="none"))).save(SMALL)
    assert dto.board_id is None and "there is no board none" in caplog.text


def test_a_picture_without_metadata_has_none(bench: Bench) -> None:
    images = images_of(bench)
    assert images.get_metadata(images.save(SMALL).image_name) is None


def test_a_picture_is_read_as_a_copy_in_a_mode(bench: Bench) -> None:
    images = images_of(bench)
    name = images.save(SMALL).image_name
    first = images.get_pil(name)
    first.paste((0, 0, 0, 0), (0, 0, 12, 8))
    again = images.get_pil(name)
    assert again.mode == "RGBA" and again.getpixel((0, 0)) == (255, 0, 0, 128)
    assert images.get_pil(name, "L").mode == "L"


def test_a_mode_that_cannot_be_is_left_with_a_warning(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    images = images_of(bench)
    name, unknown = images.save(SMALL).image_name, cast("IMAGE_MODES", "odd")
    with caplog.at_level(logging.WARNING):
        image = images.get_pil(name, unknown)
    assert image.mode == "RGBA" and "can't be converted from RGBA to odd" in caplog.text


def test_files_of_pictures_are_named(bench: Bench) -> None:
    images = images_of(bench)
    dto = images.save(SMALL)
    full, small = (images.get_path(dto.image_name, thumbnail=thumbnail) for thumbnail in (False, True))
    assert full.is_file() and full.is_absolute() and (full.suffix, small.suffix) == (".png", ".webp")
    assert images.get_dto(dto.image_name) == dto


def test_unknown_names_are_refused(bench: Bench) -> None:
    images = images_of(bench)
    for look_up in (images.get_pil, images.get_dto, images.get_path):
        with pytest.raises(ImageRecordNotFoundException):
            look_up("none.png")
