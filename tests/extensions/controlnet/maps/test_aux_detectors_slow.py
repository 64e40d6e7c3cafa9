"""controlnet-aux's large networks with random weights: read from files as they are published, and run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from extensions.controlnet.maps.aux_package import aux_module, safe_loading
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array

pytestmark = pytest.mark.slow
PICTURE: Array = np.random.default_rng(0).integers(0, 256, (64, 80, 3), np.uint8)


def _bare(network: nn.Module) -> dict[str, Any]:
    """Without the first part of every name, as OpenPose's files are."""
    return {name.partition(".")[2]: tensor for name, tensor in network.state_dict().items()}


def openpose() -> dict[str, Any]:
    model = aux_module("open_pose.model")
    return {
        "body_pose_model.pth": _bare(model.bodypose_model()),
        "hand_pose_model.pth": _bare(model.handpose_model()),
        "facenet.pth": aux_module("open_pose.face").FaceNet().state_dict(),
    }


def lineart_anime() -> dict[str, Any]:
    norm = functools.partial(nn.InstanceNorm2d, affine=False, track_running_stats=False)
    network = aux_module("lineart_anime").UnetGenerator(3, 1, 8, 64, norm_layer=norm, use_dropout=False)
    return {"netG.pth": {f"module.{name}": tensor for name, tensor in network.state_dict().items()}}


def normal_bae() -> dict[str, Any]:
    package = aux_module("normalbae")
    kind = {"mode": "client", "architecture": "BN", "pretrained": "scannet"}
    args = package.types.SimpleNamespace(**kind, sampling_ratio=0.4, importance_ratio=0.7)
    with safe_loading():
        return {"scannet.pt": {"model": package.NNET(args).state_dict()}}


def midas() -> dict[str, Any]:
    network = aux_module("midas.midas.dpt_depth").DPTDepthModel(backbone="vitb_rn50_384", non_negative=True)
    return {"dpt_hybrid-midas-501f0c75.pt": network.state_dict()}


FILES: Mapping[str, Callable[[], dict[str, Any]]] = {
    "openpose_full": openpose,
    "lineart_anime": lineart_anime,
    "normal_bae": normal_bae,
    "normal_midas": midas,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FILES)
def test_the_published_files_are_read_and_run(tmp_path: Path, name: str) -> None:
    module = find_preprocessor(name)
    assert module is not None
    torch.manual_seed(0)
    for file, table in FILES[name]().items():
        torch.save(table, tmp_path / file)
    loaded = LoadedPreprocessor()
    made = loaded.run(module, PICTURE, Sliders(resolution=64, a=0.4), [tmp_path], "cpu")
    assert (made.shape, made.dtype) == (PICTURE.shape, np.uint8)
    assert (loaded.poses is not None) == (name == "openpose_full")
