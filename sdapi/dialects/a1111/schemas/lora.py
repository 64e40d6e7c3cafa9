"""The body of train/lora, a route that A1111 doesn't have: fields are named as in kohya's scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from pipelines.contract.limits import SEEDS
from pipelines.training.lora.schedule import SCHEDULES
from sdapi.dialects.a1111.schemas.pictures import PictureText
from sdapi.dialects.a1111.schemas.training_kinds import NAME_PATTERN
from sdapi.http.lax import Bool, Float, Int, OptBool, OptFloat, OptInt, OptStr, Str

MOST_IMAGES = 1000
"""Most pictures of one request; a folder may hold more."""


CHOICES: Mapping[str, tuple[str, ...]] = {
    "lr_scheduler": SCHEDULES,
    "save_precision": ("fp16", "bf16", "float"),
}
RANGES: Mapping[str, tuple[float, float]] = {
    "resolution": (8, 16384),
    "width": (0, 16384),
    "height": (0, 16384),
    "bucket_reso_steps": (8, 1024),
    "max_train_steps": (1, 10**9),
    "gradient_accumulation_steps": (1, 10_000),
    "train_batch_size": (1, 10_000),
    "network_dim": (1, 1024),
    "network_alpha": (1e-6, 10**6),
    "lr_warmup_steps": (0, 10**9),
    "lr_scheduler_num_cycles": (1, 1000),
    "weight_decay": (0, 10),
    "max_grad_norm": (0, 10**6),
    "min_snr_gamma": (0, 10**6),
    "noise_offset": (0, 1),
    "caption_tag_dropout_rate": (0, 1),
    "save_every_n_steps": (0, 10**9),
    "sample_every_n_steps": (0, 10**9),
    "learning_rate": (0, 10),
    "unet_lr": (0, 10),
    "text_encoder_lr": (0, 10),
    "clip_skip": (1, 12),
    "seed": SEEDS,
}
"""Lowest and highest value of each field; the server's own limits may be lower."""


def _say(schema: dict[str, Any]) -> None:
    """Put ranges and choices into the document; the schemas of the lax types lack them."""
    schema["properties"]["output_name"]["pattern"] = NAME_PATTERN
    for name, (low, high) in RANGES.items():
        schema["properties"][name] |= {"minimum": low, "maximum": high}
    for name, known in CHOICES.items():
        schema["properties"][name]["enum"] = list(known)


class LoraImage(BaseModel):
    """A picture as base64, data URL or link, and what it shows."""

    image: PictureText
    caption: Str = ""


class TrainLoraRequest(BaseModel):
    """Body of ``train/lora``: a name, and pictures of a folder or of the request."""

    model_config = ConfigDict(json_schema_extra=_say)

    output_name: Str
    train_data_dir: OptStr = None
    images: Annotated[list[LoraImage], Field(max_length=MOST_IMAGES)] = []
    overwrite: Bool = False
    sd_model_checkpoint: OptStr = None
    logging_dir: Str = "textual_inversion"
    resolution: Int = 512
    width: OptInt = None
    height: OptInt = None
    enable_bucket: Bool = False
    bucket_reso_steps: Int = 64
    max_train_steps: Int = 1000
    train_batch_size: Int = 1
    gradient_accumulation_steps: Int = 1
    learning_rate: Float = 1e-4
    unet_lr: OptFloat = None
    text_encoder_lr: OptFloat = None
    network_train_unet_only: Bool = True
    network_train_text_encoder_only: Bool = False
    network_dim: Int = 16
    network_alpha: OptFloat = None
    lr_scheduler: Str = "constant"
    lr_warmup_steps: Int = 0
    lr_scheduler_num_cycles: Int = 1
    weight_decay: Float = 0.01
    max_grad_norm: Float = 1.0
    min_snr_gamma: Float = 0
    noise_offset: Float = 0
    v_parameterization: OptBool = None
    shuffle_caption: Bool = False
    caption_tag_dropout_rate: Float = 0
    caption_prefix: Str = ""
    alpha_mask: Bool = False
    clip_skip: OptInt = None
    seed: OptInt = None
    save_precision: Str = "fp16"
    save_every_n_steps: Int = 0
    sample_every_n_steps: Int = 0
    sample_prompt: OptStr = None
    sample_negative_prompt: Str = ""
    sample_steps: Int = 20
    sample_sampler: Str = "DPM++ 2M"
    sample_cfg_scale: Float = 7.0
    sample_seed: OptInt = None
    training_comment: Str = ""
    id_task: OptStr = None


class TrainLoraResponse(BaseModel):
    """The file, by its path and the name for prompts; the steps made and the last loss."""

    info: str
    filename: str
    name: str
    steps: int
    loss: float | None = None
    warnings: list[str] = []
