"""Small helpers of packs: seeds, times, pictures as tensors, schedules."""

from __future__ import annotations

import math
import uuid
from datetime import UTC, datetime
from enum import Enum

import pytest
import torch
from PIL import Image

from extensions.invokeai.shim import helpers
from extensions.invokeai.shim.helpers import (
    InvokeAILogger,
    MetaEnum,
    clip_timestep_schedule_fractional,
    get_iso_timestamp,
    get_random_seed,
    get_schedule,
    get_timestamp,
    image_resized_to_grid_as_tensor,
    uuid_string,
)


class Fruit(Enum, metaclass=MetaEnum):
    """An enumeration as packs write it."""

    APPLE = "apple"


def test_values_are_in_an_enumeration() -> None:
    assert "apple" in Fruit and Fruit.APPLE in Fruit
    assert "APPLE" not in Fruit and 3 not in Fruit


def test_seeds_are_below_the_greatest(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def greatest(stop: int) -> int:
        asked.append(stop)
        return stop - 1

    monkeypatch.setattr(helpers.random, "randrange", greatest)
    assert get_random_seed() == 2**32 - 2 and asked == [2**32 - 1]


def test_ids_and_times_are_of_now() -> None:
    assert uuid.UUID(uuid_string()).version == 4 and uuid_string() != uuid_string()
    moment = datetime.fromisoformat(get_iso_timestamp())
    assert moment.tzinfo == UTC and abs(moment.timestamp() - get_timestamp()) <= 2


def test_loggers_are_below_the_servers() -> None:
    assert InvokeAILogger.get_logger("pack").name == "invokeai.pack"


def test_a_picture_is_a_tensor_of_whole_cells() -> None:
    image = Image.new("RGB", (19, 16), (255, 0, 51))
    pixels = image_resized_to_grid_as_tensor(image)
    assert pixels.shape == (1, 3, 16, 16)
    assert pixels[0, :, 0, 0].tolist() == pytest.approx([1, -1, -0.6])
    plain = image_resized_to_grid_as_tensor(image, normalize=False, multiple_of=5)
    assert plain.shape == (1, 3, 15, 15) and plain[0, :, 0, 0].tolist() == pytest.approx([1, 0, 0.2])
    assert image_resized_to_grid_as_tensor(image.convert("L")).shape == (1, 1, 16, 16)


def test_a_schedule_without_a_shift_is_even() -> None:
    assert get_schedule(4, 256, shift=False) == pytest.approx([1, 0.75, 0.5, 0.25, 0])


@pytest.mark.parametrize(("tokens", "mu"), [(256, 0.5), (4096, 1.15), (2176, 0.825)])
def test_a_schedule_is_shifted_by_the_number_of_tokens(tokens: int, mu: float) -> None:
    """FLUX.1 maps a time t to e^mu / (e^mu + 1 / t - 1), with mu on the line through both ends."""
    first, middle, last = get_schedule(2, tokens)
    assert (first, last) == (1, 0)
    assert middle == pytest.approx(math.exp(mu) / (math.exp(mu) + 1))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 1, [1, 0.75, 0.5, 0.25, 0]),
        (0.25, 0.75, [0.75, 0.5, 0.25]),
        (0.125, 1, [0.875, 0.75, 0.5, 0.25, 0]),
        (0, 0.6, [1, 0.75, 0.5, 0.4]),
    ],
)
def test_a_part_of_a_schedule_begins_and_ends_between_steps(
    start: float, end: float, expected: list[float]
) -> None:
    times = torch.linspace(1, 0, 5).tolist()
    assert clip_timestep_schedule_fractional(times, start, end) == pytest.approx(expected)
