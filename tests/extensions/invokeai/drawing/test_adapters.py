"""Image prompts of graphs: the picture counts, and a mask keeps it to a part."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from extensions.controlnet.image_prompts.cross_attention import transformer_count
from extensions.invokeai.drawing.adapters import layer_weights
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.options import GenerationOptions
from tests.engines import CHECKPOINT
from tests.extensions.controlnet import ip_files
from tests.extensions.controlnet.control_engine import folder_flags
from tests.extensions.invokeai.graphs import MODELS, SIDE, GraphEngine, drawing, extended, graph_engine, model


@pytest.fixture(scope="module")
def prompted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphEngine]:
    """An engine with an adapter and its vision tower."""
    data = tmp_path_factory.mktemp("adapters")
    keys = ip_files.key_shapes(read_header(MODELS / "Stable-diffusion" / CHECKPOINT).shapes())
    ip_files.write_parts(ip_files.tensors_for(keys, "plain"), data / "ip-adapter-plain.safetensors")
    ip_files.tiny_tower(data / "annotators" / "clip_h")
    with graph_engine(data, flags=folder_flags(controlnets=data, annotators=data / "annotators")) as made:
        yield made


def with_picture(red: int, part: int | None = None, **adapter: Any) -> dict[str, Any]:
    """The plain graph with an image prompt, everywhere or right of ``part``."""
    color = {"r": red, "g": 0, "b": 255 - red, "a": 255}
    sizes = {"width": SIDE, "height": SIDE}
    nodes: dict[str, Any] = {
        "seen": {"type": "blank_image", **sizes, "color": color},
        "prompt": {
            "type": "ip_adapter",
            "ip_adapter_model": model("ip-adapter-plain", "ip_adapter"),
            **adapter,
        },
    }
    ends = [("seen.image", "prompt.image"), ("prompt.ip_adapter", "denoise.ip_adapter")]
    if part is not None:
        rectangle = {"x_left": part, "y_top": 0, "rectangle_width": SIDE, "rectangle_height": SIDE}
        nodes["part"] = {"type": "rectangle_mask", **sizes, **rectangle}
        ends.append(("part.mask", "prompt.mask"))
    return extended(drawing(), nodes, *ends)


def shown(engine: GraphEngine, what: dict[str, Any]) -> NDArray[np.int16]:
    ran = engine.run(what)
    assert ran.failure is None, ran.item["error_traceback"]
    assert ran.item["session"]["warnings"] == []
    image = engine.store.images.open(ran.outputs["picture"]["image"]["image_name"])
    return np.asarray(image.convert("RGB")).astype(np.int16)


def test_a_picture_prompts(prompted: GraphEngine) -> None:
    plain = shown(prompted, drawing())
    red, blue = (shown(prompted, with_picture(amount)) for amount in (255, 0))
    assert np.abs(red - plain).max() > 0 and np.abs(red - blue).max() > 0
    assert np.abs(shown(prompted, with_picture(255, weight=0.0)) - plain).max() == 0


def test_a_mask_says_where_it_holds(prompted: GraphEngine) -> None:
    """The network spreads what differs, so that a part is told from the whole and from nothing."""
    plain, whole = shown(prompted, drawing()), shown(prompted, with_picture(255))
    part = shown(prompted, with_picture(255, SIDE // 2))
    assert np.abs(part - plain).max() > 1 and np.abs(part - whole).max() > 1
    assert np.abs(shown(prompted, with_picture(255, SIDE)) - plain).max() <= 1
    assert np.abs(shown(prompted, with_picture(255, 0)) - whole).max() <= 1


def test_methods_reach_their_parts_of_the_network(prompted: GraphEngine) -> None:
    methods = ("full", "style", "composition", "style_strong")
    made = [shown(prompted, drawing()), *(shown(prompted, with_picture(255, method=m)) for m in methods)]
    assert all(np.abs(one - other).max() > 0 for one, other in combinations(made, 2))


def test_layers_are_weighed_in_the_order_of_evaluation(prompted: GraphEngine) -> None:
    services = prompted.engine.services
    loaded = services.load_checkpoint(str(MODELS / "Stable-diffusion" / CHECKPOINT), GenerationOptions())
    count = transformer_count(loaded.unet)
    whole = layer_weights(loaded, ["block"], 0.5)
    assert whole == [0.5] * count
    first, last = layer_weights(loaded, ["down_blocks"], 1.0), layer_weights(loaded, ["up_blocks"], 1.0)
    assert sorted(first, reverse=True) == first and sorted(last) == last
    assert sum(first) + sum(last) + sum(layer_weights(loaded, ["mid_block"], 1.0)) == count


def test_what_is_not_done_of_an_adapter_is_told(prompted: GraphEngine) -> None:
    (told,) = prompted.run(with_picture(255, method="style_precise")).item["session"]["warnings"]
    assert "style_precise" in told and "negative" in told
