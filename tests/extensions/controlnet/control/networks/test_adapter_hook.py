"""A T2I-Adapter's features in the UNet's encoder, against diffusers' on the same weights."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from extensions.controlnet.control.networks.adapter_hook import adapter_hook, places
from extensions.controlnet.units.spellings import ControlMode
from tests.extensions.controlnet import tiny
from tests.extensions.controlnet.adapter_files import FULL, LIGHT, XL, as_authors_file, built, reference


@pytest.mark.parametrize(("kind", "sdxl"), [(FULL, False), (LIGHT, False), (XL, True)])
def test_the_unet_takes_features_where_diffusers_puts_them(kind: dict[str, Any], sdxl: bool) -> None:
    model = tiny.tiny_model(sdxl=sdxl)
    call = tiny.tiny_call(model)
    features = [30 * f for f in built(as_authors_file(reference(kind))).features(torch.rand(1, 3, 64, 64))]
    plain = model.predict(call.x, call.timesteps, call.context, call.vector)
    wanted = model.unet(
        call.x,
        call.timesteps,
        encoder_hidden_states=call.context,
        class_labels=call.vector,
        down_intrablock_additional_residuals=[f.expand(2, -1, -1, -1) for f in features],
        return_dict=False,
    )[0]
    with adapter_hook(call, tiny.tiny_unit(), features, hires=False):
        made = model.predict(call.x, call.timesteps, call.context, call.vector)
    assert torch.allclose(made, wanted, atol=1e-4)
    assert not torch.allclose(made, plain, atol=1e-3)
    assert torch.equal(model.predict(call.x, call.timesteps, call.context, call.vector), plain)


def test_features_of_another_size_are_stretched() -> None:
    model = tiny.tiny_model()
    features = built(as_authors_file(reference(FULL))).features(torch.rand(1, 3, 64, 64))
    call = tiny.tiny_call(model, size=16)
    doubled = [f.repeat_interleave(2, 2).repeat_interleave(2, 3) for f in features]
    outputs: list[Tensor] = []
    for some in (features, doubled):
        with adapter_hook(call, tiny.tiny_unit(), some, hires=True):
            outputs.append(model.predict(call.x, call.timesteps, call.context))
    assert torch.equal(*outputs)


def test_modes_have_a_ramp_of_their_own_and_may_spare_the_negative_prompt() -> None:
    call = tiny.tiny_call(tiny.tiny_model())
    features = [torch.ones(1, 1, 2, 2)] * 4
    soft = tiny.tiny_unit(weight=2.0, control_mode=ControlMode.PROMPT)
    made = adapter_hook(call, soft, features, hires=False).features
    assert [float(f.mean()) for f in made] == pytest.approx([0.5, 1.24, 1.65, 2.0])
    strong = tiny.tiny_unit(control_mode=ControlMode.CONTROL)
    rows = adapter_hook(call, strong, features, hires=False).features[3]
    assert rows[:, 0, 0, 0].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("sdxl", [False, True])
def test_every_level_takes_a_feature(sdxl: bool) -> None:
    unet = tiny.tiny_model(sdxl=sdxl).unet
    modules = places(unet)
    assert len({id(module) for module in modules}) == 4
    assert (modules[-1] is unet.mid_block) is sdxl


def test_a_region_limits_a_feature() -> None:
    call = tiny.tiny_call(tiny.tiny_model())
    region = torch.zeros(1, 1, 4, 4)
    region[..., 2:] = 1
    unit = tiny.tiny_unit()
    unit = type(unit)(unit=unit.unit, file=None, kind=None, source=unit.source, base=unit.base, region=region)
    made = adapter_hook(call, unit, [torch.ones(1, 1, 4, 4)] * 4, hires=False).features[0]
    assert made[0, 0, 0].tolist() == [0.0, 0.0, 1.0, 1.0]
