"""The body of train/lora, which A1111 has not: fields as kohya's scripts call them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from sdapi.dialects.a1111.schemas.pictures import Picture
from sdapi.http.lax import Bool, Float, Int, OptBool, OptFloat, OptInt, OptStr, Str

MOST_IMAGES = 1000
"""Most pictures of one request; a folder may hold more."""


class LoraImage(BaseModel):
    """A picture as base64, data URL or link, and what it shows."""

    image: Picture
    caption: Str = ""


class TrainLoraRequest(BaseModel):
    """Body of ``train/lora``: a name, and pictures of a folder or of the request."""

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
