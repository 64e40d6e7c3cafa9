"""Prompts count in their places, and all of them come to 1."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from extensions.swarmui.steering.regions import RegionPrompts, shares
from extensions.swarmui.steering.wish import PlaceWish, RegionsWish
from pipelines.text.encoding.assemble import StepConditioning

LEFT = PlaceWish(x=0, y=0, width=0.5, height=1)
RIGHT = replace(LEFT, x=0.5)
TOLD = StepConditioning(
    context=torch.zeros(4, 1, 1),
    vector=None,
    parts=(((0, 1.0), (1, 0.5)), ((2, 1.0), (3, 1.0))),
    negative_context=torch.zeros(2, 1, 1),
    negative_vector=None,
)


@dataclass(frozen=True)
class Fixed:
    """The same at every call."""

    told: StepConditioning

    def at(self, call: int) -> StepConditioning:
        return self.told


def columns(wish: RegionsWish, width: int = 4) -> list[list[float]]:
    """Each map's values along its middle row."""
    maps = shares(wish, 6, width)
    assert {one.shape for one in maps} == {(1, 6, width)}
    return [[round(float(value), 3) for value in one[0, 3]] for one in maps]


def test_a_place_shares_with_the_whole_prompt() -> None:
    assert columns(RegionsWish(places=(LEFT,), share=0.25)) == [[0.25, 0.25, 1, 1], [0.75, 0.75, 0, 0]]


def test_a_background_has_what_no_place_has() -> None:
    whole, behind, left = columns(RegionsWish(places=(LEFT,), share=0.25, background=True))
    assert (whole, behind, left) == ([0.25] * 4, [0, 0, 0.75, 0.75], [0.75, 0.75, 0, 0])


def test_places_that_overlap_share() -> None:
    whole, left, all_of_it = columns(
        RegionsWish(places=(LEFT, PlaceWish(x=0, y=0, width=1, height=1)), share=0)
    )
    assert (whole, left, all_of_it) == ([0] * 4, [0.5, 0.5, 0, 0], [0.5, 0.5, 1, 1])


def test_all_but_a_place() -> None:
    wish = RegionsWish(places=(replace(LEFT, strength=-1.0), RIGHT), share=0)
    assert columns(wish) == [[1, 1, 0, 0], [0, 0, 0.5, 0.5], [0, 0, 0.5, 0.5]]


def test_the_shares_are_one_in_sum_everywhere() -> None:
    wish = RegionsWish(places=(replace(LEFT, strength=0.3), replace(RIGHT, width=0.2)), share=0.0)
    assert torch.allclose(torch.stack(shares(wish, 9, 7)).sum(0), torch.ones(1, 9, 7))


def test_parts_of_each_picture_have_their_maps() -> None:
    maps = shares(RegionsWish(places=(LEFT,)), 2, 2)
    parts = RegionPrompts(prompts=Fixed(TOLD), maps=maps).at(0).parts
    assert [[row for row, _ in image] for image in parts] == [[0, 1], [2, 3]]
    weight = parts[0][1][1]
    assert isinstance(weight, torch.Tensor)
    assert torch.equal(weight, 0.5 * maps[1])


def test_prompts_of_other_parts_are_told_as_they_are() -> None:
    maps = shares(RegionsWish(places=(LEFT, RIGHT)), 2, 2)
    assert RegionPrompts(prompts=Fixed(TOLD), maps=maps).at(0) is TOLD
