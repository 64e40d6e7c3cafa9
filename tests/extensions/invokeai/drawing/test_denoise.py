"""Pictures by graphs on our samplers: the same each time, as the inputs say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from extensions.invokeai.drawing.schedules import SCHEDULERS
from tests.extensions.invokeai.graphs import SIDE, GraphEngine, Ran, drawing, extended, graph, model


def shown(engine: GraphEngine, ran: Ran, node: str = "picture") -> NDArray[np.int16]:
    assert ran.failure is None, ran.item["error_traceback"]
    image = engine.store.images.open(ran.outputs[node]["image"]["image_name"])
    return np.asarray(image.convert("RGB")).astype(np.int16)


@pytest.fixture(scope="module")
def plain(engine: GraphEngine) -> NDArray[np.int16]:
    """The picture of the graph as it is."""
    return shown(engine, engine.run(drawing()))


def test_a_graph_makes_the_same_picture_twice(engine: GraphEngine, plain: NDArray[np.int16]) -> None:
    nodes = {key: {**node, "use_cache": False} for key, node in drawing()["nodes"].items()}
    again = shown(engine, engine.run({**drawing(), "nodes": nodes}))
    assert (plain.shape, np.abs(again - plain).max()) == ((SIDE, SIDE, 3), 0)
    assert np.abs(shown(engine, engine.run(drawing(seed=2))) - plain).max() > 0


@pytest.mark.parametrize(
    "name",
    [
        "euler_a",
        "dpmpp_2m_k",
        "ddim",
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in (*SCHEDULERS, "heun_k")
            if name not in ("euler_a", "ddim", "euler")
        ),
    ],
)
def test_schedulers_run(name: str, engine: GraphEngine, plain: NDArray[np.int16]) -> None:
    ran = engine.run(drawing(scheduler=name, steps=3))
    assert np.abs(shown(engine, ran) - plain).max() > 0
    stand_in = any("takes its place" in text for text in ran.item["session"]["warnings"])
    assert stand_in is (name in ("deis", "er_sde", "tcd"))


def test_denoising_begins_and_ends_where_it_is_told(engine: GraphEngine, plain: NDArray[np.int16]) -> None:
    nothing = engine.run(drawing(denoising_start=1.0))
    assert nothing.failure is None
    part = shown(engine, engine.run(drawing(denoising_end=0.5)))
    assert np.abs(part - plain).max() > 0


def test_a_lora_and_a_scale_for_each_step_count(engine: GraphEngine, plain: NDArray[np.int16]) -> None:
    lora = {"type": "lora_loader", "lora": model("tiny-lora-unet-te", "lora"), "weight": 2.0}
    patched = extended(
        drawing(),
        {"lora": lora},
        ("model:1.unet", "lora.unet"),
        ("model:1.clip", "lora.clip"),
        ("lora.unet", "denoise.unet"),
        ("lora.clip", "positive.clip"),
        ("lora.clip", "negative.clip"),
    )
    assert np.abs(shown(engine, engine.run(patched)) - plain).max() > 0
    scaled = shown(engine, engine.run(drawing(cfg_scale=[5, 1], cfg_rescale_multiplier=0.5)))
    assert np.abs(scaled - plain).max() > 0
    assert np.abs(shown(engine, engine.run(drawing(cfg_scale=[5, 5]))) - plain).max() == 0


def test_freeu_and_wrapping_count(engine: GraphEngine, plain: NDArray[np.int16]) -> None:
    def with_node(**node: object) -> NDArray[np.int16]:
        ends = ("model:1.unet", "more.unet"), ("more.unet", "denoise.unet")
        ran = engine.run(extended(drawing(), {"more": node}, *ends))
        assert ran.item["session"]["warnings"] == []
        return shown(engine, ran)

    assert np.abs(with_node(type="freeu", b1=1, b2=1, s1=1, s2=1) - plain).max() <= 1
    assert np.abs(with_node(type="freeu") - plain).max() > 1
    wraps = [
        with_node(type="seamless", seamless_x=x, seamless_y=y) for x, y in ((1, 0), (0, 1), (1, 1), (0, 0))
    ]
    assert np.abs(wraps[3] - plain).max() == 0
    assert all(np.abs(one - other).max() > 0 for one, other in pairwise([*wraps, wraps[0]]))


def test_a_control_network_steers(engine: GraphEngine, plain: NDArray[np.int16]) -> None:
    blank = {
        "type": "blank_image",
        "width": SIDE,
        "height": SIDE,
        "color": {"r": 255, "g": 255, "b": 255, "a": 255},
    }
    control = {"type": "controlnet", "control_model": model("tiny-control-canny", "controlnet")}
    steered = extended(
        drawing(),
        {"blank": blank, "control": control},
        ("blank.image", "control.image"),
        ("control.control", "denoise.control"),
    )
    assert np.abs(shown(engine, engine.run(steered)) - plain).max() > 0


def test_what_a_mask_keeps_stays(engine: GraphEngine) -> None:
    red = {
        "type": "blank_image",
        "width": SIDE,
        "height": SIDE,
        "color": {"r": 200, "g": 30, "b": 30, "a": 255},
    }
    white = {
        "type": "blank_image",
        "width": SIDE,
        "height": SIDE,
        "color": {"r": 255, "g": 255, "b": 255, "a": 255},
    }
    nodes = {
        "red": red,
        "white": white,
        "latents": {"type": "i2l"},
        "mask": {"type": "create_denoise_mask"},
        "kept": {"type": "l2i"},
    }
    masked = extended(
        drawing(),
        nodes,
        ("red.image", "latents.image"),
        ("model:1.vae", "latents.vae"),
        ("latents.latents", "denoise.latents"),
        ("white.image", "mask.mask"),
        ("model:1.vae", "mask.vae"),
        ("mask.denoise_mask", "denoise.denoise_mask"),
        ("latents.latents", "kept.latents"),
        ("model:1.vae", "kept.vae"),
    )
    ran = engine.run(masked)
    assert np.abs(shown(engine, ran) - shown(engine, ran, "kept")).max() <= 1


def test_wrong_inputs_are_named(engine: GraphEngine) -> None:
    assert "greater than 1" in engine.run(drawing(cfg_scale=0.5)).item["error_message"]
    assert "3 entries for 2 steps" in engine.run(drawing(cfg_scale=[1, 2, 3])).item["error_message"]
    missing = drawing()
    missing["nodes"]["model:1"]["model"] = model("nobody", "main")
    ran = engine.run(missing)
    assert (ran.item["error_type"], "nobody" in ran.item["error_message"]) == ("UnknownModelException", True)


def test_packs_build_on_core_nodes(engine: GraphEngine, plain: NDArray[np.int16]) -> None:
    base = drawing()
    nodes = {**base["nodes"], "denoise": {**base["nodes"]["denoise"], "type": "pack_denoise"}}
    assert np.abs(shown(engine, engine.run({**base, "nodes": nodes})) - plain).max() == 0
    ran = engine.run(graph({"f": {"type": "pack_flux", "transformer": None}}))
    assert ran.item["error_type"] == "RequiredConnectionException"
