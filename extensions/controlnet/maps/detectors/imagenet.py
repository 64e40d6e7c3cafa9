"""Mean and spread of ImageNet's channels, red first, by which networks normalise pictures."""

from __future__ import annotations

from pipelines.plugin import IMAGENET_MEAN, IMAGENET_SPREAD

MEAN, SPREAD = IMAGENET_MEAN, IMAGENET_SPREAD
"""Of values in 0..1."""
PIXEL_MEAN, PIXEL_SPREAD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
"""Of values in 0..255."""
