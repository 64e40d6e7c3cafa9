"""What is known of the noise of the Stable Diffusion families beside their betas."""

from __future__ import annotations

SD_ALIGNED = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)
"""Levels of Align Your Steps (Sabour et al. 2024) for SD 1.x; A1111 takes them for SD 2.x too."""

SDXL_ALIGNED = (14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029)
