"""Upscalers of every architecture that A1111 has, and both face restorers, on the stand-in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from spandrel.architectures.Compact.__arch.SRVGG import SRVGGNetCompact
from spandrel.architectures.DAT.__arch.DAT import DAT
from spandrel.architectures.GFPGAN.__arch.gfpganv1_clean_arch import GFPGANv1Clean
from spandrel.architectures.HAT.__arch.HAT import HAT
from spandrel.architectures.SCUNet.__arch.SCUNet import SCUNet
from spandrel.architectures.SwinIR.__arch.SwinIR import SwinIR
from spandrel_extra_arches.architectures.CodeFormer.__arch.codeformer import CodeFormer
from torch import Tensor, nn

from pipelines.postprocess.upscale.network import Tiling, load_network, upscale_once
from tests.cuda_stand_in import CUDA, cuda_stand_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:.*torch.jit.script:FutureWarning"),  # what spandrel imports
]
CPU = torch.device("cpu")
SIDE = 32
PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (SIDE, SIDE + 16, 3), np.uint8))
UPSCALERS: dict[str, Callable[[], nn.Module]] = {
    "Real-ESRGAN": lambda: SRVGGNetCompact(num_feat=8, num_conv=2, upscale=2),
    "SwinIR": lambda: SwinIR(
        embed_dim=12, depths=[2, 2], num_heads=[2, 2], window_size=8, upscale=2, upsampler="pixelshuffle"
    ),
    "DAT": lambda: DAT(embed_dim=16, split_size=[8, 8], depth=[2, 2], num_heads=[2, 2], upscale=2),
    "HAT": lambda: HAT(
        embed_dim=12, depths=(2, 2), num_heads=(2, 2), window_size=8, squeeze_factor=3, upscale=2
    ),
    "ScuNET": lambda: SCUNet(config=[1, 1, 1, 1, 1, 1, 1], dim=64),
}


@pytest.mark.parametrize("name", UPSCALERS)
@pytest.mark.parametrize("averaged", [False, True])
def test_upscalers(tmp_path: Path, name: str, averaged: bool) -> None:
    torch.manual_seed(0)
    path = tmp_path / "small.pth"
    torch.save(UPSCALERS[name]().state_dict(), path)
    tiling = Tiling(tile=24, overlap=8, averaged=averaged)
    theirs = upscaled(path, tiling, CPU)
    with cuda_stand_in():
        ours = upscaled(path, tiling, CUDA)
    assert np.abs(ours - theirs).max() <= 1


def upscaled(path: Path, tiling: Tiling, device: torch.device) -> NDArray[np.int16]:
    with torch.inference_mode():
        return np.asarray(upscale_once(PICTURE, load_network(path, device), tiling, device)).astype(np.int16)


def restored(network: nn.Module, ask: Callable[[Tensor], Tensor], device: torch.device) -> Tensor:
    torch.manual_seed(1)
    face = torch.rand(1, 3, 512, 512) * 2 - 1
    with torch.inference_mode():
        network.to(device)
        return ask(face.to(device)).float().cpu()


RESTORERS: dict[str, tuple[Callable[[], nn.Module], Callable[[nn.Module, Tensor], Tensor]]] = {
    "GFPGAN": (
        lambda: GFPGANv1Clean(channel_multiplier=1, narrow=0.25),  # type: ignore[arg-type]
        lambda network, face: network(face, return_rgb=False)[0],
    ),
    "CodeFormer": (
        lambda: CodeFormer(n_layers=1),
        lambda network, face: network(face, weight=0.5)[0],
    ),
}


@pytest.mark.parametrize("name", RESTORERS)
def test_restorers(name: str) -> None:
    make, ask = RESTORERS[name]
    torch.manual_seed(0)
    network = make().eval().requires_grad_(False)
    theirs = restored(network, lambda face: ask(network, face), CPU)
    with cuda_stand_in():
        ours = restored(network, lambda face: ask(network, face), CUDA)
    assert torch.allclose(ours, theirs, atol=1e-3)
