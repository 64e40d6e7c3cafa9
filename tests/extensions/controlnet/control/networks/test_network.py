"""Control networks read from files, against diffusers' own class on the same weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from safetensors.torch import load_file, save_file

from extensions.controlnet.control.networks.layout import control_layout, diffusers_config
from extensions.controlnet.units.catalog import find_file, list_files, short_hash
from extensions.controlnet.units.detect import ControlKind, detect
from extensions.controlnet.units.tensor_names import canonical, ldm_name
from pipelines.contract.errors import UnsupportedModel
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


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["lora_controlnet"], ControlKind.CONTROL_LORA),
        (["image_proj.proj.weight", "ip_adapter.1.to_k_ip.weight"], ControlKind.IP_ADAPTER),
        (["adapter.body.0.block1.weight", "conv_in.weight"], ControlKind.T2I_ADAPTER),
        (["style_embedding"], ControlKind.T2I_STYLE),
        (["lllite_unet_input_blocks_4.down.0.weight"], ControlKind.LLLITE),
        (["input_hint_block.0.weight", "task_embedding"], ControlKind.UNION),
    ],
)
def test_kinds_are_told_apart(names: list[str], kind: ControlKind) -> None:
    assert detect(dict.fromkeys(names, (1,)), Path("x.safetensors")) is kind


def test_what_is_no_control_model() -> None:
    with pytest.raises(UnsupportedModel, match=r"odd\.pth"):
        detect({"weight": (1,)}, Path("odd.pth"))


def test_names_are_matched_as_the_original_does_and_beyond(tmp_path: Path) -> None:
    small = tmp_path / "control_v11p_sd15_canny.pth"
    small.write_bytes(b"x")
    (tmp_path / "canny_other_longer_name_of_a_file.pth").write_bytes(b"x")
    files = list_files([tmp_path])
    assert short_hash(small) == "e3b0c442"
    for name in (
        "control_v11p_sd15_canny [e3b0c442]",
        "Control_V11p_sd15_canny",
        "control_v11p_sd15_canny [d14c016b]",
        "v11p_sd15",
        "canny",
    ):
        found = find_file(name, files)
        assert found is not None and found.path == small
    assert find_file("depth", files) is None
