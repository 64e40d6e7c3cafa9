"""Prompts for parts of a picture: whose word counts where."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from extensions.invokeai.drawing.conditioning import of_one_length, shares
from extensions.invokeai.running.parts import engine_nodes
from tests.extensions.invokeai.graphs import SIDE, GraphEngine, drawing, extended

LEFT = torch.tensor([[[1.0, 0.0]]])
ALL = torch.ones(1, 1, 2)


def test_a_prompt_without_a_mask_holds_everywhere_and_shares_its_place_with_others() -> None:
    whole, left = shares([None, LEFT])
    assert isinstance(whole, torch.Tensor) and isinstance(left, torch.Tensor)
    assert (whole.flatten().tolist(), left.flatten().tolist()) == ([0.5, 1.0], [0.5, 0.0])
    assert shares([None]) == [1.0]


def test_where_no_prompt_holds_none_counts() -> None:
    (left,) = shares([LEFT])
    assert isinstance(left, torch.Tensor)
    assert left.flatten().tolist() == [1.0, 0.0]


def test_rows_become_as_long_as_each_other_by_being_said_again() -> None:
    made = of_one_length([torch.zeros(1, 2, 4), torch.ones(1, 3, 4)])
    assert (made.shape, made[0].sum(), made[1].sum()) == ((2, 6, 4), 0, 24)


def latents(engine: GraphEngine, what: dict[str, Any]) -> torch.Tensor:
    """What one step makes: further ones spread what differs over the whole picture."""
    ran = engine.run(what)
    assert ran.failure is None, ran.item["error_traceback"]
    assert ran.item["session"]["warnings"] == []
    tensors = engine_nodes(engine.engine.services).shared.tensors
    return tensors.load(ran.outputs["denoise"]["latents"]["latents_name"])


def with_region(left: int, **more: Any) -> dict[str, Any]:
    """The plain graph with a second prompt that holds in a part."""
    rectangle = {
        "type": "rectangle_mask",
        "width": SIDE,
        "height": SIDE,
        "x_left": left,
        "y_top": 0,
        "rectangle_width": SIDE,
        "rectangle_height": SIDE,
    }
    nodes = {
        "part": rectangle,
        "there": {"type": "compel", "prompt": "a blue square on a very long shelf " * 12, **more},
        "both": {"type": "collect"},
    }
    return extended(
        drawing(cfg_scale=9, steps=1),
        nodes,
        ("part.mask", "there.mask"),
        ("model:1.clip", "there.clip"),
        ("positive.conditioning", "both.item"),
        ("there.conditioning", "both.item"),
        ("both.collection", "denoise.positive_conditioning"),
    )


@pytest.fixture(scope="module")
def plain(engine: GraphEngine) -> torch.Tensor:
    return latents(engine, drawing(cfg_scale=9, steps=1))


def test_a_prompt_holds_where_its_mask_is_true(engine: GraphEngine, plain: torch.Tensor) -> None:
    changed = (latents(engine, with_region(SIDE // 2)) - plain).abs().amax(dim=(0, 1, 2))
    half = len(changed) // 2
    assert float(changed[:half].max()) < 1e-4 < float(changed[half:].min())


def test_a_prompt_that_holds_nowhere_changes_nothing(engine: GraphEngine, plain: torch.Tensor) -> None:
    assert torch.allclose(latents(engine, with_region(SIDE)), plain, atol=1e-4)


def test_masks_of_the_negative_side_are_told_to_be_ignored(engine: GraphEngine) -> None:
    masked = extended(with_region(0), {}, ("there.conditioning", "denoise.negative_conditioning"))
    (warning,) = engine.run(masked).item["session"]["warnings"]
    assert "negative" in warning
