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
    """Lets values be looked for with ``in``."""

    def __contains__(cls, value: object) -> bool:
        members: Any = cls.__members__.values()
        return any(value is member or value == member.value for member in members)


class InvokeAILogger:
    """Loggers by name."""

    @classmethod
    def get_logger(cls, name: str = "InvokeAI", config: Any = None) -> logging.Logger:
        """A logger whose lines go where the server's go."""
        return logging.getLogger(f"invokeai.{name}")


def get_random_seed() -> int:
    """A seed."""
    return random.randrange(SEED_MAX)


def uuid_string() -> str:
    """A UUID."""
    return str(uuid.uuid4())


def get_timestamp() -> int:
    """Seconds since the epoch."""
    return int(datetime.now(UTC).timestamp())


def get_iso_timestamp() -> str:
    """This moment in UTC."""
    return datetime.now(UTC).isoformat()


def image_resized_to_grid_as_tensor(image: Image, normalize: bool = True, multiple_of: int = 8) -> Tensor:
    """(1, C, H, W) of a picture, its sides shrunk to multiples; in [-1, 1] if ``normalize``, else [0, 1]."""
    import numpy as np

    width, height = (side - side % multiple_of for side in image.size)
    array = np.array(image.resize((width, height), resample=3)).astype(np.float32) / 255.0
    pixels = torch.from_numpy(array if array.ndim == 3 else array[:, :, None]).permute(2, 0, 1)
    return pixels[None] * 2.0 - 1.0 if normalize else pixels[None]


def get_schedule(
    num_steps: int, image_seq_len: int, base_shift: float = 0.5, max_shift: float = 1.15, shift: bool = True
) -> list[float]:
    """Falling times of a rectified flow, shifted by the number of image tokens (FLUX.1's schedule)."""
    times = torch.linspace(1, 0, num_steps + 1)
    if shift:
        slope = (max_shift - base_shift) / (4096 - 256)
        mu = slope * image_seq_len + base_shift - slope * 256
        times = math.exp(mu) / (math.exp(mu) + (1 / times - 1))
    return times.tolist()


def clip_timestep_schedule_fractional(
    timesteps: list[float], denoising_start: float, denoising_end: float
) -> list[float]:
    """The part of a schedule between two shares of the way; its ends lie between steps where they must."""
    last = len(timesteps) - 1

    def at(share: float) -> float:
        place = share * last
        low = min(int(place), last - 1)
        return timesteps[low] + (timesteps[low + 1] - timesteps[low]) * (place - low)

    inner = [t for i, t in enumerate(timesteps) if denoising_start * last < i < denoising_end * last]
    return [at(denoising_start), *inner, at(denoising_end)]
