"""References: their fidelity, the blocks that they steer, and a UNet that is put back."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from extensions.controlnet.control.injection.reference import (
    Bank,
    Reference,
    gated_modules,
    has_three_levels,
    style_fidelity,
    transformer_blocks,
)
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.spellings import ControlMode
from pipelines.families.model import LoadedModel
from tests.extensions.controlnet import tiny


@pytest.mark.parametrize(
    ("values", "hires", "softened", "expected"),
    [
        ({"threshold_a": 0.5}, False, False, 0.5),
        ({"threshold_a": 0.5}, False, True, 0.125),
        ({"threshold_a": 2.0}, False, False, 1.0),
        ({"threshold_a": -1.0}, False, True, 0.0),
        ({"threshold_a": 0.5}, True, False, 0.0),
        ({"threshold_a": 0.5, "control_mode": ControlMode.PROMPT}, False, False, 0.0),
        ({"threshold_a": 0.5, "control_mode": ControlMode.CONTROL}, False, True, 1.0),
        ({"threshold_a": 0.5, "control_mode": ControlMode.CONTROL}, True, False, 0.0),
    ],
)
def test_fidelity_by_slider_mode_pass_and_model(
    values: dict[str, Any], hires: bool, softened: bool, expected: float
) -> None:
    unit = tiny.tiny_unit("reference_only", **values)
    assert style_fidelity(unit, hires=hires, softened=softened) == expected


def test_a_banks_fidelity_is_the_mean() -> None:
    bank = Bank()
    bank.add("a", 1.0)
    bank.add("b", 0.5)
    assert (bank.values, bank.fidelity) == (["a", "b"], 0.75)


def test_blocks_are_sorted_from_the_widest_in_order_of_evaluation() -> None:
    unet = tiny.tiny_model().unet
    norms: list[Any] = [block.norm1 for block in transformer_blocks(unet)]
    widths = [norm.normalized_shape[0] for norm in norms]
    assert widths == sorted(widths, reverse=True)
    assert len(widths) == 16
    middle: Any = unet.mid_block
    inner = next(m for m in middle.modules() if type(m).__name__ == "BasicTransformerBlock")
    # of width 64: two of the encoder's third level, the middle, three of the decoder's
    assert transformer_blocks(unet)[2] is inner


@pytest.mark.parametrize(
    ("sdxl", "down", "up"),
    [
        (False, [2 * (1 - j / 6) for j in range(6)], [2 * j / 8 for j in range(8)]),
        (True, [2 * (1 - j / 4) for j in range(4)], [2 * j / 6 for j in range(6)]),
    ],
)
def test_statistics_are_gated_by_depth(sdxl: bool, down: list[float], up: list[float]) -> None:
    unet = tiny.tiny_model(sdxl=sdxl).unet
    assert has_three_levels(unet) is sdxl
    modules, gates = zip(*gated_modules(unet), strict=True)
    assert modules[0] is unet.mid_block
    assert list(gates) == pytest.approx([0.0, *down, *up])
    assert len({id(module) for module in modules}) == len(modules)


def hooks(model: LoadedModel) -> int:
    """Hooks and replaced functions on a UNet."""
    return sum(
        len(module._forward_hooks)  # pyright: ignore[reportPrivateUsage]
        + len(module._forward_pre_hooks)  # pyright: ignore[reportPrivateUsage]
        + ("forward" in module.__dict__)
        for module in model.unet.modules()
    )


def attentive_model() -> LoadedModel:
    """A small model in which self-attention weighs enough to show in predictions."""
    model = tiny.tiny_model()
    for module in model.unet.modules():
        if isinstance(module, nn.GroupNorm | nn.LayerNorm):
            nn.init.ones_(module.weight)
    with torch.no_grad():
        for block in transformer_blocks(model.unet):
            block.attn1.get_submodule("to_v").get_parameter("weight").mul_(20.0)
    return model


def reference(model: LoadedModel, *units: PreparedUnit) -> Reference:
    latent = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(8))
    return Reference(
        call=tiny.tiny_call(model),
        units=units,
        latents=[lambda: latent] * len(units),
        hires=False,
        generator=torch.Generator().manual_seed(9),
    )


def predict(model: LoadedModel) -> torch.Tensor:
    call = tiny.tiny_call(model)
    return model.predict(call.x, call.timesteps, call.context, call.vector, hooked=True)


@pytest.mark.parametrize("module", ["reference_only", "reference_adain", "reference_adain+attn"])
def test_the_unet_is_steered_inside_and_put_back(module: str) -> None:
    model = attentive_model()
    plain = predict(model)
    with reference(model, tiny.tiny_unit(module, threshold_a=0.5)):
        assert hooks(model) > 0
        assert not torch.allclose(predict(model), plain, atol=1e-4)
    assert hooks(model) == 0
    assert torch.equal(predict(model), plain)


def test_full_fidelity_spares_the_negative_prompt() -> None:
    model = attentive_model()
    plain = predict(model)
    with reference(model, tiny.tiny_unit("reference_only", control_mode=ControlMode.CONTROL)):
        steered = predict(model)
    torch.testing.assert_close(steered[1], plain[1], rtol=1e-4, atol=1e-5)
    assert not torch.allclose(steered[0], plain[0], atol=1e-4)


@pytest.mark.parametrize(("weight", "blocks"), [(0.0, 0), (0.25, 4), (1.0, 16)])
def test_the_weight_is_the_share_of_blocks_that_attend(weight: float, blocks: int) -> None:
    model = tiny.tiny_model()
    unit = tiny.tiny_unit("reference_only", weight=weight)
    with reference(model, unit):
        assert sum("forward" in block.attn1.__dict__ for block in transformer_blocks(model.unet)) == blocks


def test_another_patch_on_a_block_is_left_in_place() -> None:
    model = tiny.tiny_model()
    attention: nn.Module = transformer_blocks(model.unet)[0].attn1
    own = attention.forward
    attention.__dict__["forward"] = own
    with reference(model, tiny.tiny_unit("reference_only")):
        assert attention.__dict__["forward"] is not own
    assert attention.__dict__["forward"] is own
