"""Memory that checkpoints with an LDM UNet take, told before one is loaded."""

from __future__ import annotations

from pipelines.families.base import Footprint
from pipelines.families.sd.detect import UNET

UNET_WIDTH, UNET_CELL = 320, 64
"""Channels of the first block, and pixels in one of its cells."""
DECODER_WIDTH = 128
"""Channels of the decoder's last block, which has a picture's own size."""
HELD = 3
"""Tensors that a block holds at least: its input, its output, and one between."""

SD_FOOTPRINT = Footprint(
    backbone=(UNET,),
    unused=("model_ema.",),
    backbone_values=HELD * UNET_WIDTH / UNET_CELL,
    decoder_values=HELD * DECODER_WIDTH,
)
