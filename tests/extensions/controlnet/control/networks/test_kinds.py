"""Units of every kind of model in a generation on the small checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.adapter import T2IAdapter
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import make_request, pixels
from tests.extensions.controlnet.control_engine import MODELS, control_engine
from tests.extensions.controlnet.drawings import drawing

LLLITE = "lllite_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q"
KINDS = ("tiny-t2i", "tiny-lora", "tiny-lllite")


def write_models(folder: Path) -> None:
    """A file of each kind that fits the small checkpoint, strong enough to show in two steps."""
    torch.manual_seed(9)
    adapter = T2IAdapter(channels=[32, 32, 64, 64]).state_dict()
    save_file({name: tensor * 3 for name, tensor in adapter.items()}, folder / "tiny-t2i.safetensors")
    control = load_file(MODELS / "ControlNet" / "tiny-control-canny.safetensors")
    bare = {name.removeprefix("control_model."): tensor for name, tensor in control.items()}
    own = ("input_hint_block.", "zero_convs.", "middle_block_out.")
    lora = {name: tensor for name, tensor in bare.items() if name.startswith(own)}
    lora["time_embed.0.up"], lora["time_embed.0.down"] = torch.randn(128, 2) * 0.1, torch.randn(2, 32) * 0.1
    save_file({**lora, "lora_controlnet": torch.zeros(1)}, folder / "tiny-lora.safetensors")
    shapes: dict[str, tuple[int, ...]] = {
        "conditioning1.0.weight": (4, 3, 4, 4),
        "conditioning1.2.weight": (8, 4, 4, 4),
        "down.0.weight": (6, 32),
        "mid.0.weight": (6, 14),
        "up.0.weight": (32, 6),
    }
    lite = {f"{LLLITE}.{name}": torch.randn(shape) for name, shape in shapes.items()}
    lite |= {n.replace("weight", "bias"): torch.zeros(len(t)) for n, t in lite.items()}
    save_file(lite, folder / "tiny-lllite.safetensors")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("controlnets")
    write_models(folder)
    with control_engine(tmp_path_factory.mktemp("data"), controlnets=folder) as made:
        yield made


def run(engine: Engine, *units: dict[str, Any]) -> GenerationResult:
    args = tuple({"enabled": True, "image": drawing(), "module": "none", **unit} for unit in units)
    call = ScriptCall(name="ControlNet", args=args)
    request = make_request(MODELS, steps=2, always_on=(call,) if args else ())
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return result


@pytest.fixture(scope="module")
def base(engine: Engine) -> NDArray[np.int16]:
    return pixels(run(engine))


@pytest.mark.parametrize("model", KINDS)
def test_each_kind_steers_and_leaves_the_checkpoint_as_it_was(
    engine: Engine, base: NDArray[np.int16], model: str
) -> None:
    changes = [np.abs(pixels(run(engine, {"model": model, "weight": w})) - base).mean() for w in (0.0, 1.0)]
    assert changes[0] == 0.0 < changes[1]
    assert np.array_equal(pixels(run(engine)), base)


def test_units_of_several_kinds_add_up(engine: Engine, base: NDArray[np.int16]) -> None:
    result = run(engine, *({"model": model} for model in KINDS), {"model": "tiny-t2i"})
    assert len(result.images) == 5
    assert np.abs(pixels(result) - base).mean() > 0
    assert any("tiny-t2i goes by the map of its first unit" in warning for warning in result.warnings)


def test_lllite_takes_no_region(engine: Engine) -> None:
    with pytest.raises(InvalidRequest, match="without a region mask") as caught:
        run(engine, {"model": "tiny-lllite", "effective_region_mask": drawing()})
    assert caught.value.field == "always_on.controlnet.args.0.effective_region_mask"
