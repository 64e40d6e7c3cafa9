"""The kind of a control model, by the names of its tensors."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.controlnet.units.detect import ControlKind, detect, require_supported
from pipelines.contract.errors import UnsupportedModel

MOTION = "down_blocks.0.motion_modules.0.temporal_transformer.norm.weight"


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["lora_controlnet"], ControlKind.CONTROL_LORA),
        ([MOTION, "input_hint_block.0.weight"], ControlKind.SPARSE),
        (["image_proj.proj.weight", "ip_adapter.1.to_k_ip.weight"], ControlKind.IP_ADAPTER),
        (["adapter.body.0.block1.weight", "conv_in.weight"], ControlKind.T2I_ADAPTER),
        (["body.0.in_conv.weight"], ControlKind.T2I_ADAPTER),
        (["adapter.body.0.resnets.0.block1.weight"], ControlKind.T2I_ADAPTER),
        (["style_embedding"], ControlKind.T2I_STYLE),
        (["lllite_unet_input_blocks_4.down.0.weight"], ControlKind.LLLITE),
        (["input_hint_block.0.weight"], ControlKind.CONTROLNET),
        (["control_model.input_hint_block.0.weight"], ControlKind.CONTROLNET),
        (["controlnet_cond_embedding.conv_in.weight"], ControlKind.CONTROLNET),
        (["input_hint_block.0.weight", "task_embedding"], ControlKind.UNION),
        (["input_hint_block.0.weight", "control_add_embedding.linear_1.bias"], ControlKind.UNION),
    ],
)
def test_kinds_are_told_apart(names: list[str], kind: ControlKind) -> None:
    assert detect(dict.fromkeys(names, (1,)), Path("x.safetensors")) is kind


def test_half_of_an_ip_adapter_is_none() -> None:
    with pytest.raises(UnsupportedModel):
        detect({"image_proj.proj.weight": (1,)}, Path("x.safetensors"))


def test_instant_id_is_known_by_its_path() -> None:
    shapes = {"input_hint_block.0.weight": (1,)}
    assert detect(shapes, Path("InstantID/control_INSTANT_ID.safetensors")) is ControlKind.INSTANT_ID
    assert detect(shapes, Path("instant_id/any.safetensors")) is ControlKind.INSTANT_ID


def test_a_file_of_no_known_kind_is_refused() -> None:
    with pytest.raises(UnsupportedModel, match=r"odd\.pth is not a control model that is known"):
        detect({"weight": (1,)}, Path("odd.pth"))


@pytest.mark.parametrize("kind", [kind for kind in ControlKind if kind is not ControlKind.SPARSE])
def test_all_other_kinds_are_run(kind: ControlKind) -> None:
    require_supported(kind, Path("a.pth"), "unit.model")


def test_sparse_control_cannot_be_run() -> None:
    with pytest.raises(UnsupportedModel, match=r"motion\.pth is a SparseCtrl model, which") as caught:
        require_supported(ControlKind.SPARSE, Path("a/motion.pth"), "unit.model")
    assert caught.value.field == "unit.model"
