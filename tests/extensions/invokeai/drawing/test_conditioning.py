"""Prompts for parts of a picture, each read where its mask is."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from extensions.invokeai.running.parts import engine_nodes
from tests.extensions.invokeai.graphs import SIDE, GraphEngine, drawing, extended


def latents(engine: GraphEngine, what: dict[str, Any]) -> torch.Tensor:
    """The latents of one step: further ones spread what differs over the whole picture."""
    ran = engine.run(what)
    assert ran.failure is None, ran.item["error_traceback"]
    assert ran.item["session"]["warnings"] == []
    tensors = engine_nodes(engine.engine.services).shared.tensors
    return tensors.load(ran.outputs["denoise"]["latents"]["latents_name"])


def with_region(left: int, side: str = "positive", **more: Any) -> dict[str, Any]:
    """The plain graph with a second prompt on one side that holds in a part."""
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
        (f"{side}.conditioning", "both.item"),
        ("there.conditioning", "both.item"),
        ("both.collection", f"denoise.{side}_conditioning"),
    )


@pytest.fixture(scope="module")
def plain(engine: GraphEngine) -> torch.Tensor:
    return latents(engine, drawing(cfg_scale=9, steps=1))


@pytest.mark.parametrize("side", ["positive", "negative"])
def test_a_prompt_is_read_where_its_mask_is_true(side: str, engine: GraphEngine, plain: torch.Tensor) -> None:
    nowhere, left, everywhere = (latents(engine, with_region(at, side)) for at in (SIDE, SIDE // 2, 0))
    assert torch.allclose(nowhere, plain, atol=1e-3)
    assert not torch.allclose(everywhere, plain, atol=1e-2)
    assert not torch.allclose(left, everywhere, atol=1e-3) and not torch.allclose(left, plain, atol=1e-3)


def test_a_mask_of_a_lone_prompt_changes_nothing(engine: GraphEngine, plain: torch.Tensor) -> None:
    """A place where no prompt is read reads all of them."""
    base = drawing(cfg_scale=9, steps=1)
    nodes = {"part": with_region(SIDE // 2)["nodes"]["part"]}
    masked = extended(base, nodes, ("part.mask", "positive.mask"))
    assert torch.allclose(latents(engine, masked), plain, atol=1e-3)
