"""Patches on a GPU follow the parts of a model between RAM and device."""

from pathlib import Path

import pytest
import torch

from pipelines.adapters.patching.patcher import Patcher
from pipelines.families.load import load_checkpoint
from pipelines.families.model import LoadedModel
from pipelines.families.patches import NO_PATCHES, NetworkUse, Patches
from pipelines.families.placement import Placement
from pipelines.families.precision import Precision

pytestmark = pytest.mark.gpu
HALF = Precision(unet=torch.float16, text=torch.float16, vae=torch.float16)
LAYER = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight"


def load(root: Path, *, one_at_a_time: bool) -> LoadedModel:
    path = root / "tests" / "data" / "models" / "Stable-diffusion" / "tiny-sd1.safetensors"
    model = load_checkpoint(path, precision=HALF, device=torch.device("cuda:0"))
    model.patcher, model.placement = Patcher(), Placement(one_at_a_time=one_at_a_time)
    return model


def patches(root: Path) -> Patches:
    path = root / "tests" / "data" / "models" / "Lora" / "tiny-lora-unet-te.safetensors"
    return Patches(networks=(NetworkUse(path=str(path), name=path.stem),))


@pytest.mark.parametrize("one_at_a_time", [False, True])
def test_weights_follow_and_return(root: Path, one_at_a_time: bool) -> None:
    model = load(root, one_at_a_time=one_at_a_time)
    pristine = model.unet.state_dict()[LAYER].clone()
    model.apply(patches(root))
    model.require("text")
    model.require("backbone")
    weight = model.unet.state_dict()[LAYER]
    assert weight.device.type == "cuda" and not torch.equal(weight.cpu(), pristine)
    model.apply(NO_PATCHES)
    assert torch.equal(model.unet.state_dict()[LAYER].cpu(), pristine)
    model.apply(patches(root))
    model.offload()
    assert torch.equal(model.unet.state_dict()[LAYER], pristine)
