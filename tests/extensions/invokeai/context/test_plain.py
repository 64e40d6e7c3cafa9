"""Tensors, conditioning, log, settings and boards as nodes reach them."""

from __future__ import annotations

import logging

import pytest
import torch
from PIL import Image

from extensions.invokeai.context.conditioning_data import BasicConditioningInfo, ConditioningFieldData
from extensions.invokeai.nodes.primitives import BooleanInvocation
from extensions.invokeai.store.errors import BoardRecordNotFoundException, ObjectNotFoundError
from tests.extensions.invokeai.bench import Bench


def test_tensors_are_copies_and_belong_to_the_session(bench: Bench) -> None:
    tensors, value = bench.context(BooleanInvocation()).tensors, torch.ones(2)
    name = tensors.save(value)
    value.zero_()
    tensors.load(name).zero_()
    assert tensors.load(name).tolist() == [1.0, 1.0] and bench.services.saved == {name}
    with pytest.raises(ObjectNotFoundError):
        tensors.load("nothing")


def test_conditioning_is_a_copy_and_belongs_to_the_session(bench: Bench) -> None:
    conditioning = bench.context(BooleanInvocation()).conditioning
    info = BasicConditioningInfo(embeds=torch.ones(1, 1, 2))
    name = conditioning.save(ConditioningFieldData(conditionings=[info]))
    info.embeds.zero_()
    assert conditioning.load(name).conditionings[0].embeds.sum() == 2
    assert bench.services.saved == {name}


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_messages_have_their_level(level: str, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    logger = bench.context(BooleanInvocation()).logger
    with caplog.at_level(logging.DEBUG, logger="invokeai"):
        getattr(logger, level)("a message")
    assert [(record.levelname.lower(), record.message) for record in caplog.records] == [(level, "a message")]


def test_settings_are_those_of_the_engine(bench: Bench) -> None:
    config = bench.context(BooleanInvocation()).config.get()
    assert config.root_path == bench.engine.settings.folders.data


def test_pictures_are_put_on_boards(bench: Bench) -> None:
    boards = bench.context(BooleanInvocation()).boards
    first, second = (boards.create(name) for name in ("first", "second"))
    name = bench.keep(Image.new("L", (8, 8)))["image_name"]
    boards.add_image_to_board(second.board_id, name)
    assert boards.get_all_image_names_for_board(first.board_id) == []
    assert boards.get_all_image_names_for_board(second.board_id) == [name]
    assert boards.get_dto(second.board_id).image_count == 1
    assert [board.board_name for board in boards.get_all()] == ["second", "first"]
    with pytest.raises(BoardRecordNotFoundException):
        boards.get_dto("none")
