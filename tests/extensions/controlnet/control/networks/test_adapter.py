"""T2I-Adapters: features and their places against diffusers' classes on the same weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models.adapter import T2IAdapter
from safetensors.torch import save_file
from torch import Tensor

from extensions.controlnet.control.networks.adapter import AdapterNetwork, build_adapter, load_adapter
from extensions.controlnet.control.networks.adapter_hook import adapter_hook
from extensions.controlnet.units.detect import ControlKind, detect
from extensions.controlnet.units.spellings import ControlMode
from pipelines.contract.errors import CorruptFile, UnsupportedModel
from tests.extensions.controlnet import tiny

FULL: dict[str, Any] = {"adapter_type": "full_adapter", "channels": [32, 32, 64, 64]}
LIGHT: dict[str, Any] = {"adapter_type": "light_adapter", "channels": [32, 32, 64]}
XL: dict[str, Any] = {"adapter_type": "full_adapter_xl", "channels": [32, 64, 64, 64], "downscale_factor": 16}
KINDS = [FULL, LIGHT, XL, {**FULL, "in_channels": 1}, {**XL, "in_channels": 1}]


def reference(kind: dict[str, Any]) -> T2IAdapter:
    torch.manual_seed(5)
    return T2IAdapter(**kind).eval().requires_grad_(False)


def as_authors_file(model: T2IAdapter) -> dict[str, Tensor]:
    """The tensors as the first published files name them: blocks of all levels in one list."""
    light = model.config["adapter_type"] == "light_adapter"
    renamed: dict[str, Tensor] = {}
    for name, tensor in model.state_dict().items():
        parts = name.removeprefix("adapter.").split(".")
        if "resnets" in parts:
            level, block, rest = int(parts[1]), int(parts[3]), parts[4:]
            parts = ["body", str(level), "body", str(block), *rest] if light else []
            parts = parts or ["body", str(2 * level + block), *rest]
        elif parts[0] == "body" and not light:
            parts[1] = str(2 * int(parts[1]))
        renamed[".".join(parts)] = tensor
    return renamed


def built(tensors: dict[str, Tensor]) -> AdapterNetwork:
    return build_adapter(Path("x.pth"), tensors, torch.float32, torch.device("cpu"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layout", [T2IAdapter.state_dict, as_authors_file])
def test_features_are_those_of_diffusers(kind: dict[str, Any], layout: Any) -> None:
    model = reference(kind)
    tensors: dict[str, Tensor] = layout(model)
    assert detect({n: tuple(t.shape) for n, t in tensors.items()}, Path("x")) is ControlKind.T2I_ADAPTER
    hint = torch.rand(1, 3, 64, 96)
    wanted = model(hint[:, : kind.get("in_channels", 3)])
    made = built(tensors).features(hint)
    assert [f.shape for f in made] == [f.shape for f in wanted]
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(made, wanted, strict=True))


def test_strided_convolutions_halve_where_the_file_has_them() -> None:
    tensors = as_authors_file(reference(FULL))
    plain = built(tensors).features(torch.ones(1, 3, 64, 64))
    pooling = torch.eye(32)[:, :, None, None].expand(-1, -1, 3, 3) / 9
    strided = built({**tensors, "body.2.down_opt.op.weight": pooling}).features(torch.ones(1, 3, 64, 64))
    assert torch.equal(plain[0], strided[0])
    assert not torch.allclose(plain[1], strided[1])


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


def test_adapters_for_other_models_and_torn_files_are_refused(tmp_path: Path) -> None:
    tensors = as_authors_file(reference(FULL))
    save_file(tensors, tmp_path / "sd1.safetensors")
    fitting = load_adapter(tmp_path / "sd1.safetensors", tiny.tiny_model(), field="f")
    assert len(fitting.features(torch.rand(1, 3, 64, 64))) == 4
    with pytest.raises(UnsupportedModel, match="different base models") as caught:
        load_adapter(tmp_path / "sd1.safetensors", tiny.tiny_model(sdxl=True), field="args.0.model")
    assert caught.value.field == "args.0.model"
    del tensors["body.3.block1.weight"]
    with pytest.raises(CorruptFile, match=r"lacks body\.3\.block1\.weight"):
        built(tensors).features(torch.rand(1, 3, 64, 64))
