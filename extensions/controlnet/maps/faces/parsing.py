"""BiSeNet: the part of an aligned face (skin, eyes, hair and so on) that each pixel shows.

Yu et al. 2018, arXiv:1808.00897; the layout is that of facexlib's parsing_bisenet.pth.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import resnet18

from extensions.controlnet.maps.detectors.imagenet import PIXEL_MEAN, PIXEL_SPREAD
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import load_helper

CLASSES = 19
WIDTH = 128
"""Channels of the features of the surroundings."""


class NormedConv(nn.Module):
    """Convolution without bias, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


class Refinement(nn.Module):
    """Weighs the channels of a stage by their means over the picture."""

    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.conv = NormedConv(inputs, WIDTH)
        self.conv_atten = nn.Conv2d(WIDTH, WIDTH, 1, bias=False)
        self.bn_atten = nn.BatchNorm2d(WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return x * torch.sigmoid(self.bn_atten(self.conv_atten(mean(x))))


class ContextPath(nn.Module):
    """(b, 3, h, w) -> an eighth of its size, twice: (b, 128, ...) details and (b, 128, ...) surroundings."""

    def __init__(self) -> None:
        super().__init__()
        self.resnet = nn.ModuleDict(dict(list(resnet18(weights=None).named_children())[:-2]))
        self.arm16, self.arm32 = Refinement(256), Refinement(512)
        self.conv_head32, self.conv_head16 = NormedConv(WIDTH, WIDTH), NormedConv(WIDTH, WIDTH)
        self.conv_avg = NormedConv(512, WIDTH, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        stages: list[Tensor] = []
        for name, module in self.resnet.items():
            x = module(x)
            if name in ("layer2", "layer3", "layer4"):
                stages.append(x)
        fine, middle, coarse = stages
        deep = self.arm32(coarse) + self.conv_avg(mean(coarse))
        deep = self.conv_head32(F.interpolate(deep, size=middle.shape[-2:], mode="nearest"))
        shallow = F.interpolate(self.arm16(middle) + deep, size=fine.shape[-2:], mode="nearest")
        return fine, self.conv_head16(shallow)


class Fusion(nn.Module):
    """Details and surroundings in one."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convblk = NormedConv(channels, channels, 1)
        self.conv1 = nn.Conv2d(channels, channels // 4, 1, bias=False)
        self.conv2 = nn.Conv2d(channels // 4, channels, 1, bias=False)

    def forward(self, fine: Tensor, context: Tensor) -> Tensor:
        x = self.convblk(torch.cat([fine, context], dim=1))
        return x + x * torch.sigmoid(self.conv2(F.relu(self.conv1(mean(x)))))


class Output(nn.Module):
    """Features (b, channels, h, w) -> scores of classes (b, 19, h, w)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = NormedConv(channels, channels)
        self.conv_out = nn.Conv2d(channels, CLASSES, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv_out(self.conv(x))


class BiSeNet(nn.Module):
    """Pictures (b, 3, h, w), normalised -> scores (b, 19, h, w). The two heads for training are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.cp = ContextPath()
        self.ffm = Fusion(2 * WIDTH)
        self.conv_out = Output(2 * WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Scores at the picture's own size."""
        scores = self.conv_out(self.ffm(*self.cp(x)))
        return F.interpolate(scores, size=x.shape[-2:], mode="bilinear", align_corners=True)


def mean(x: Tensor) -> Tensor:
    """The mean of every channel, (b, c, h, w) -> (b, c, 1, 1)."""
    return x.mean(dim=(2, 3), keepdim=True)


def load_parser(path: Path) -> nn.Module:
    """The network of a file, in fp32 on the CPU. Raises CorruptFile."""
    network = BiSeNet()
    load_helper(network, path, torch.device("cpu"))
    return network


def parse_face(net: nn.Module, face: Array) -> NDArray[np.int64]:
    """Labels 0..18 (512, 512) of CelebAMask-HQ for an aligned RGB face (512, 512, 3)."""
    values = (face.astype(np.float32) - np.array(PIXEL_MEAN, np.float32)) / np.array(PIXEL_SPREAD, np.float32)
    x = torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1)))[None]
    with torch.inference_mode():
        scores: Tensor = net(x.to(next(net.parameters()).device))
    return scores[0].argmax(dim=0).cpu().numpy()
