"""Control networks read from files, against diffusers' own class on the same weights."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from safetensors.torch import load_file, save_file

from extensions.controlnet.control.networks.layout import control_layout, diffusers_config
from extensions.controlnet.units.detect import ControlKind, detect
from extensions.controlnet.units.tensor_names import canonical, ldm_name
from tests.extensions.controlnet.control_engine import MODELS

FOLDER = MODELS / "ControlNet"
FILE = FOLDER / "tiny-control-canny.safetensors"


def test_both_layouts_read_alike(tmp_path: Path) -> None:
    tensors = canonical(load_file(FILE))
    layout = control_layout({name: tuple(t.shape) for name, t in tensors.items()})
    assert (layout.outputs, layout.hint_widths, layout.vector_width) == (13, (16, 32, 96, 256), None)
    module = ControlNetModel(**diffusers_config(layout, 8))
    renamed = {}
    for name, _ in module.named_parameters():
        owner, _, kind = name.rpartition(".")
        renamed[name] = tensors[f"{ldm_name(owner)}.{kind}"].reshape(module.get_parameter(name).shape)
    again = canonical(renamed)
    assert again.keys() == tensors.keys()
    assert all(torch.equal(again[name].reshape(-1), tensors[name].reshape(-1)) for name in tensors)
    path = tmp_path / "other.safetensors"
    save_file({name: tensor.contiguous() for name, tensor in renamed.items()}, path)
    assert detect({name: tuple(t.shape) for name, t in renamed.items()}, path) is ControlKind.CONTROLNET
