"""SDXL by a graph: both text encoders, and the sizes that the model is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.extensions.invokeai.graphs import SIDE, GraphEngine, drawing, extended, graph, graph_engine, model
from tests.tiny_checkpoints import write_tiny

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sdxl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphEngine]:
    """An engine with a small SDXL checkpoint."""
    data = tmp_path_factory.mktemp("sdxl")
    write_tiny(data / "weights")
    with graph_engine(data, checkpoints=(data / "weights",)) as made:
        yield made


def drawing_sdxl(**prompt: Any) -> dict[str, Any]:
    """The graph that clients send for SDXL."""
    base = drawing()
    nodes = {
        **base["nodes"],
        "model:1": {"type": "sdxl_model_loader", "model": model("tiny-sdxl", "main", "sdxl")},
        "positive": {"type": "sdxl_compel_prompt", "prompt": "a (red)1.2 circle", **prompt},
        "negative": {"type": "sdxl_compel_prompt", "prompt": "", "style": ""},
    }
    ends = (("model:1.clip2", "positive.clip2"), ("model:1.clip2", "negative.clip2"))
    return extended({**base, "nodes": nodes}, {}, *ends)


def shown(engine: GraphEngine, what: dict[str, Any]) -> NDArray[np.int16]:
    ran = engine.run(what)
    assert ran.failure is None, ran.item["error_traceback"]
    image = engine.store.images.open(ran.outputs["picture"]["image"]["image_name"])
    return np.asarray(image.convert("RGB")).astype(np.int16)


def test_sdxl_draws_the_same_twice_and_heeds_style_and_sizes(sdxl: GraphEngine) -> None:
    plain = shown(sdxl, drawing_sdxl())
    again = drawing_sdxl()
    again["nodes"]["denoise"]["use_cache"] = False
    assert (plain.shape, np.abs(shown(sdxl, again) - plain).max()) == ((SIDE, SIDE, 3), 0)
    assert np.abs(shown(sdxl, drawing_sdxl(style="a wall of blue tiles")) - plain).max() > 0
    assert np.abs(shown(sdxl, drawing_sdxl(original_width=64, crop_left=500)) - plain).max() > 0


def test_a_lora_loader_may_leave_the_second_encoder_alone(sdxl: GraphEngine) -> None:
    """One client takes the second text encoder past ``lora_loader``, straight from the model."""
    ends = (("model:1.unet", "denoise.unet"), ("model:1.clip", "positive.clip"))
    assert shown(sdxl, extended(drawing_sdxl(), {}, *ends)).std() > 0


def test_conditioning_of_another_family_is_refused(sdxl: GraphEngine) -> None:
    mixed = drawing_sdxl()
    mixed["nodes"]["positive"] = {"type": "compel", "prompt": "a"}
    mixed["edges"] = [one for one in mixed["edges"] if one["destination"]["field"] != "clip2"]
    mixed["nodes"]["negative"] = {"type": "compel", "prompt": ""}
    ran = sdxl.run(graph(mixed["nodes"]) | {"edges": mixed["edges"]})
    assert (ran.item["error_type"], "another model" in ran.item["error_message"]) == ("ValueError", True)
