"""ParseNet: the class of each pixel of an aligned face, of skin, eyes, hair and so on.

The network that published parsing weights fit.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

CLASSES = 19
BASE, MOST = 64, 256
"""Channels after the first layer, and most channels of any."""
STEPS = 4
"""Halvings from 512 to 32 pixels."""
DEPTH = 10


class PaddedConv(nn.Module):
    """Reflection padding, 3x3 convolution, and in blocks batch norm and activation."""

    def __init__(
        self, inputs: int, outputs: int, *, scale: str = "none", norm: bool = False, relu: bool = False
    ) -> None:
        super().__init__()
        self.up = scale == "up"
        self.relu = relu
        self.conv2d = nn.Conv2d(inputs, outputs, 3, stride=2 if scale == "down" else 1, bias=not norm)
        self.norm = Normed(outputs) if norm else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        if self.up:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = self.norm(self.conv2d(F.pad(x, (1, 1, 1, 1), mode="reflect")))
        return F.leaky_relu(x, 0.2) if self.relu else x


class Normed(nn.Module):
    """Batch norm under the name that the weight file has."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x)


class ParseBlock(nn.Module):
    """Two convolutions, added to a shortcut; ``scale`` halves or doubles the size."""

    def __init__(self, inputs: int, outputs: int, scale: str = "none") -> None:
        super().__init__()
        first, second = {"down": ("none", "down"), "up": ("up", "none"), "none": ("none", "none")}[scale]
        same = scale == "none" and inputs == outputs
        self.shortcut_func = nn.Identity() if same else PaddedConv(inputs, outputs, scale=scale)
        self.conv1 = PaddedConv(inputs, outputs, scale=first, norm=True, relu=True)
        self.conv2 = PaddedConv(outputs, outputs, scale=second, norm=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.shortcut_func(x) + self.conv2(self.conv1(x))


class ParseNet(nn.Module):
    """(batch, 3, 512, 512) RGB in -1..1 to (batch, 19, 512, 512) class scores."""

    def __init__(self) -> None:
        super().__init__()
        widths = [min(BASE << i, MOST) for i in range(STEPS + 1)]
        downs = [ParseBlock(widths[i], widths[i + 1], "down") for i in range(STEPS)]
        ups = [ParseBlock(widths[i + 1], widths[i], "up") for i in reversed(range(STEPS))]
        self.encoder = nn.Sequential(PaddedConv(3, BASE), *downs)
        self.body = nn.Sequential(*(ParseBlock(widths[-1], widths[-1]) for _ in range(DEPTH)))
        self.decoder = nn.Sequential(*ups)
        self.out_img_conv = PaddedConv(BASE, 3)
        self.out_mask_conv = PaddedConv(BASE, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        features = self.encoder(x)
        return self.out_mask_conv(self.decoder(features + self.body(features)))
