"""Union networks: against diffusers' class on the same weights, and in a generation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.controlnets.controlnet_union import ControlNetUnionModel
from safetensors.torch import save_file

from extensions.controlnet.control.networks.union import UnionNetwork, build_union
from extensions.controlnet.units.detect import ControlKind, detect
from extensions.controlnet.units.spellings import UnionType
from extensions.controlnet.units.tensor_names import canonical
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from tests.engines import make_request, pixels
from tests.extensions.controlnet.control_engine import control_engine
from tests.extensions.controlnet.drawings import drawing
from tests.extensions.controlnet.union_files import SD1, SDXL, as_file, union


@pytest.fixture(scope="module")
def promax() -> tuple[ControlNetUnionModel, UnionNetwork]:
    model = union(8, SDXL)
    network = build_union(Path("x"), canonical(as_file(model)), heads=None, dtype=torch.float32)
    return model, network


@pytest.mark.parametrize("kind", [UnionType.OPENPOSE, UnionType.HARD_EDGE, UnionType.INPAINT])
def test_residuals_are_those_of_diffusers(
    promax: tuple[ControlNetUnionModel, UnionNetwork], kind: UnionType
) -> None:
    model, network = promax
    x, context, vector = torch.randn(2, 4, 8, 8), torch.randn(2, 5, 48), torch.randn(2, 40)
    hint, timesteps = torch.rand(1, 3, 64, 64), torch.tensor([700.0, 700.0])
    task = list(UnionType).index(kind)
    skips, middle = model(
        x,
        timesteps,
        encoder_hidden_states=context,
        controlnet_cond=[hint.expand(2, -1, -1, -1)],
        control_type=torch.nn.functional.one_hot(torch.tensor([task, task]), 8).float(),
        control_type_idx=[task],
        class_labels=vector,
        return_dict=False,
    )
    made = network.typed(kind, field="f")(x, hint, timesteps, context, vector)
    assert len(made) == len(skips) + 1 == 10
    for ours, theirs in zip(made, (*skips, middle), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_a_file_with_six_types_lacks_tile_and_inpaint() -> None:
    network = build_union(Path("base.x"), canonical(as_file(union(6, SDXL))), heads=None, dtype=torch.float32)
    assert network.typed(UnionType.SEGMENTATION, field="f").task == 5
    assert network.typed(UnionType.UNKNOWN, field="f").task is None
    with pytest.raises(InvalidRequest, match=r"base has no control type Tile.*ProMax") as caught:
        network.typed(UnionType.TILE, field="unit.union_control_type")
    assert caught.value.field == "unit.union_control_type"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("controlnets")
    tensors = as_file(union(6, SD1))
    assert detect({n: tuple(t.shape) for n, t in tensors.items()}, Path("x")) is ControlKind.UNION
    save_file(tensors, folder / "tiny-union.safetensors")
    with control_engine(tmp_path_factory.mktemp("data"), controlnets=folder) as made:
        yield made


def generate(engine: Engine, **unit: Any) -> Any:
    values = {"enabled": True, "image": drawing(), "model": "tiny-union", **unit}
    call = ScriptCall(name="ControlNet", args=(values,))
    request = make_request(engine.settings.folders.models, steps=2, always_on=(call,))
    result = engine.run(request)
    assert isinstance(result, GenerationResult)
    return pixels(result)


def test_the_module_tells_the_type(engine: Engine) -> None:
    derived = generate(engine, module="canny")
    assert np.array_equal(derived, generate(engine, module="canny", union_control_type="Hard Edge"))
    assert not np.array_equal(derived, generate(engine, module="canny", union_control_type="Depth"))
    with pytest.raises(InvalidRequest, match="no control type Inpaint") as caught:
        generate(engine, module="inpaint_only")
    assert caught.value.field == "always_on.controlnet.args.0.union_control_type"
