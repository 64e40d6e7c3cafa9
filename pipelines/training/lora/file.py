"""Files of trained LoRAs: kohya's layout, with the metadata that other programs show."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from pipelines.contract.training import LoraTarget, TrainRequest
from pipelines.families.model import LoadedModel
from pipelines.training.archive import write_whole

DTYPES = {"fp16": torch.float16, "bf16": torch.bfloat16, "float": torch.float32}
VERSIONS = {"sd1": "sd_v1", "sd2": "sd_v2", "sdxl": "sdxl_base_v1-0"}
"""Our families by the words of kohya's metadata."""


def write_lora(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str], *, precision: str
) -> None:
    """Write a safetensors file. Raises DiskFull, NotWritten."""
    stored = {
        name: tensor.to("cpu", DTYPES[precision]).contiguous() for name, tensor in sorted(tensors.items())
    }
    plain = save(stored)
    length = int.from_bytes(plain[:8], "little")
    digest = hashlib.sha256(plain[8 + length :]).hexdigest()
    write_whole(path, save(stored, {**metadata, "sshs_model_hash": digest, "sshs_legacy_hash": digest[:8]}))


def lora_metadata(
    request: TrainRequest,
    target: LoraTarget,
    model: LoadedModel,
    *,
    made: int,
    words: Counter[str],
    pictures: int,
) -> dict[str, str]:
    """What the file says of itself; all values are texts."""
    plan, steps = request.pictures, request.steps
    tags = {Path(plan.folder).name or "upload": dict(words)}
    told: dict[str, object] = {
        "ss_network_module": "networks.lora",
        "ss_network_dim": target.rank,
        "ss_network_alpha": target.alpha,
        "ss_base_model_version": VERSIONS.get(model.family.name, model.family.name),
        "ss_v2": model.family.name == "sd2",
        "ss_sd_model_name": model.path.name,
        "ss_new_sd_model_hash": model.sha256,
        "ss_sd_model_hash": model.sha256[:8] if model.sha256 else None,
        "ss_output_name": request.name,
        "ss_learning_rate": steps.learn_rate,
        "ss_unet_lr": steps.learn_rate if target.unet else None,
        "ss_text_encoder_lr": target.text_encoder_rate or None,
        "ss_lr_scheduler": target.rate_schedule,
        "ss_lr_warmup_steps": target.warmup,
        "ss_optimizer": "torch.optim.adamw.AdamW",
        "ss_max_train_steps": steps.steps,
        "ss_steps": made,
        "ss_batch_size_per_device": steps.batch_size,
        "ss_gradient_accumulation_steps": steps.gradient_step,
        "ss_resolution": f"({plan.width}, {plan.height})",
        "ss_enable_bucket": bool(plan.bucket_step),
        "ss_bucket_reso_steps": plan.bucket_step or None,
        "ss_num_train_images": pictures,
        "ss_min_snr_gamma": target.min_snr or None,
        "ss_noise_offset": target.noise_offset or None,
        "ss_prediction_type": model.noise.predicts,
        "ss_clip_skip": request.options.CLIP_stop_at_last_layers,
        "ss_seed": request.seed,
        "ss_tag_frequency": json.dumps(tags),
        "ss_training_comment": target.comment or None,
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.title": request.name,
    }
    return {key: str(value) for key, value in told.items()}
