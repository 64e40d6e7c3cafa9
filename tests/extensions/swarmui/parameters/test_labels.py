"""A1111's labels of samplers, with and without a scheduler."""

from __future__ import annotations

import pytest

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.labels import split_label
from extensions.swarmui.parameters.request import read_request


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("DPM++ 2M Karras", ("dpmpp_2m", "karras")),
        ("dpm++ 2m sde exponential", ("dpmpp_2m_sde", "exponential")),
        ("Euler a", ("euler_ancestral", None)),
        ("DDIM", ("ddim", None)),
        ("euler", ("euler", None)),
        ("dpmpp_2m", None),
        ("Karras", None),
        ("", None),
    ],
)
def test_labels(label: str, found: tuple[str, str | None] | None) -> None:
    assert split_label(label) == found


def values(**given: object) -> dict[str, object]:
    return dict(read_request(given, Choices(), lambda title: None).values)


def test_a_scheduler_of_its_own_wins_over_that_of_the_label() -> None:
    assert values(sampler="DPM++ 2M Karras") == {"sampler": "dpmpp_2m", "scheduler": "karras"}
    both = {"sampler": "dpmpp_2m", "scheduler": "simple"}
    assert values(sampler="DPM++ 2M Karras", scheduler="simple") == both
    assert values(scheduler="simple", sampler="DPM++ 2M Karras") == both


def test_the_second_pass_has_labels_too() -> None:
    found = values(refinersampler="DPM++ SDE Karras", sampler="Euler a")
    assert found == {
        "refinersampler": "dpmpp_sde",
        "refinerscheduler": "karras",
        "sampler": "euler_ancestral",
    }
