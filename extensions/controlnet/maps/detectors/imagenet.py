"""Mean and spread of ImageNet's channels in 0..255, red first, by which networks normalise pictures."""

from __future__ import annotations

PIXEL_MEAN, PIXEL_SPREAD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
