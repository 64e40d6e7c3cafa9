"""Small helpers that packs import from InvokeAI."""

from __future__ import annotations

import logging
import math
import random
import uuid
from datetime import UTC, datetime
from enum import EnumMeta
from typing import TYPE_CHECKING, Any

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor

from extensions.invokeai.vocabulary.nodes import SEED_MAX

if TYPE_CHECKING:
    from PIL.Image import Image


class WorkflowWithoutID(BaseModel):
    """A workflow of the editor; nothing here reads it."""

    model_config = ConfigDict(extra="allow")

    name: str = ""
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []


class ProgressImage(BaseModel):
    """A picture of unfinished work, as a data URL."""

    width: int
    height: int
    dataURL: str


class MetaEnum(EnumMeta):
    """Metaclass of enumerations whose ``in`` takes the values of members too."""

    def __contains__(cls, value: object) -> bool:
        members: Any = cls.__members__.values()
        return any(value is member or value == member.value for member in members)


class InvokeAILogger:
    """Source of loggers by name."""

    @classmethod
    def get_logger(cls, name: str = "InvokeAI", config: Any = None) -> logging.Logger:
        """Return a logger below ``invokeai``, whose lines go where the server's go."""
        return logging.getLogger(f"invokeai.{name}")


def get_random_seed() -> int:
    """Draw a seed in 0..2**32 - 2."""
    return random.randrange(SEED_MAX)


def uuid_string() -> str:
    """Draw a UUID (version 4), as text."""
    return str(uuid.uuid4())


def get_timestamp() -> int:
    """Return whole seconds since the epoch."""
    return int(datetime.now(UTC).timestamp())


def get_iso_timestamp() -> str:
    """Return this moment in UTC, as ISO 8601."""
    return datetime.now(UTC).isoformat()


def image_resized_to_grid_as_tensor(image: Image, normalize: bool = True, multiple_of: int = 8) -> Tensor:
    """Return a picture as (1, C, H, W), its sides shrunk to multiples of ``multiple_of``.

    In [-1, 1] if ``normalize``, else in [0, 1].
    """
    import numpy as np

    width, height = (side - side % multiple_of for side in image.size)
    array = np.array(image.resize((width, height), resample=3)).astype(np.float32) / 255.0
    pixels = torch.from_numpy(array if array.ndim == 3 else array[:, :, None]).permute(2, 0, 1)
    return pixels[None] * 2.0 - 1.0 if normalize else pixels[None]


def get_schedule(
    num_steps: int, image_seq_len: int, base_shift: float = 0.5, max_shift: float = 1.15, shift: bool = True
) -> list[float]:
    """Return a rectified flow's ``num_steps + 1`` times from 1 to 0, as FLUX.1 shifts them.

    With ``shift``, by the number of image tokens: ``base_shift`` at 256, ``max_shift`` at 4096.
    """
    times = torch.linspace(1, 0, num_steps + 1)
    if shift:
        slope = (max_shift - base_shift) / (4096 - 256)
        mu = slope * image_seq_len + base_shift - slope * 256
        times = math.exp(mu) / (math.exp(mu) + (1 / times - 1))
    return times.tolist()


def clip_timestep_schedule_fractional(
    timesteps: list[float], denoising_start: float, denoising_end: float
) -> list[float]:
    """Cut a schedule to the part between two shares of its steps; ends between steps are interpolated."""
    last = len(timesteps) - 1

    def at(share: float) -> float:
        place = share * last
        low = min(int(place), last - 1)
        return timesteps[low] + (timesteps[low + 1] - timesteps[low]) * (place - low)

    inner = [t for i, t in enumerate(timesteps) if denoising_start * last < i < denoising_end * last]
    return [at(denoising_start), *inner, at(denoising_end)]
