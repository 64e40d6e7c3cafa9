"""T2I-Adapters: their features against diffusers' classes on the same weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models.adapter import T2IAdapter
from safetensors.torch import save_file
from torch import Tensor

from extensions.controlnet.control.networks.adapter import load_adapter
from extensions.controlnet.units.detect import ControlKind, detect
from pipelines.contract.errors import CorruptFile, UnsupportedModel
from tests.extensions.controlnet import tiny
from tests.extensions.controlnet.adapter_files import FULL, LIGHT, XL, as_authors_file, built, reference

KINDS = [FULL, LIGHT, XL, {**FULL, "in_channels": 1}, {**XL, "in_channels": 1}]


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
