"""Files of trained LoRAs: kohya's layout, with the metadata that other programs show."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from pipelines.catalog.hashes import LEGACY_LENGTH, LEGACY_OFFSET, legacy_hash
from pipelines.contract.training import LoraTarget, TrainRequest
from pipelines.families.model import LoadedModel
from pipelines.families.trained import AdapterWords
from pipelines.training.archive import write_whole
from pipelines.training.loss import training_of

DTYPES = {"fp16": torch.float16, "bf16": torch.bfloat16, "float": torch.float32}
IMPLEMENTATION = "https://github.com/Stability-AI/generative-models"


def write_lora(
    path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str], *, precision: str
) -> None:
    """Write a safetensors file. Raises DiskFull, NotWritten."""
    stored = {
        name: tensor.to("cpu", DTYPES[precision]).contiguous() for name, tensor in sorted(tensors.items())
    }
    write_whole(path, save(stored, {**metadata, **_hashes(stored, metadata)}))


def _hashes(tensors: dict[str, Tensor], metadata: Mapping[str, str]) -> Mapping[str, str]:
    """Return the hashes by which A1111 and its extensions recognise a file whose metadata changed later.

    ``sshs_model_hash`` is of the tensors, ``sshs_legacy_hash`` of a part of the file with kohya's own
    metadata alone.
    """
    whole = save(tensors, {key: value for key, value in metadata.items() if key.startswith("ss_")})
    start = 8 + int.from_bytes(whole[:8], "little")
    digest = hashlib.sha256(whole[start:]).hexdigest()
    part = whole[LEGACY_OFFSET : LEGACY_OFFSET + LEGACY_LENGTH]
    return {"sshs_model_hash": digest, "sshs_legacy_hash": hashlib.sha256(part).hexdigest()[:8]}


def lora_metadata(
    request: TrainRequest,
    target: LoraTarget,
    model: LoadedModel,
    *,
    made: int,
    words: Counter[str],
    pictures: int,
    velocity: bool,
) -> dict[str, str]:
    """Return the file's metadata; all values are texts."""
    plan, steps, named = request.pictures, request.steps, training_of(model).words
    tags = {Path(plan.folder).name or "upload": dict(words)}
    told: dict[str, object] = {
        "ss_network_module": "networks.lora",
        "ss_network_dim": target.rank,
        "ss_network_alpha": target.alpha,
        "ss_base_model_version": named.version,
        "ss_v2": named.v2,
        "ss_sd_model_name": model.path.name,
        "ss_new_sd_model_hash": model.sha256,
        "ss_sd_model_hash": legacy_hash(model.path) if model.path.is_file() else None,
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
        "ss_v_parameterization": velocity,
        "ss_clip_skip": request.options.CLIP_stop_at_last_layers,
        "ss_seed": request.seed,
        "ss_tag_frequency": json.dumps(tags),
        "ss_training_comment": target.comment or None,
    }
    spec = _model_spec(request, named, velocity=velocity)
    return {**{key: str(value) for key, value in told.items()}, **spec}


def _model_spec(request: TrainRequest, words: AdapterWords, *, velocity: bool) -> Mapping[str, str]:
    """Return metadata that names the architecture a file goes with, so that no tensor need be read."""
    plan = request.pictures
    architecture = (words.velocity if velocity else None) or words.architecture
    return {
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.architecture": f"{architecture}/lora",
        "modelspec.implementation": IMPLEMENTATION,
        "modelspec.title": request.name,
        "modelspec.date": datetime.now().isoformat(timespec="seconds"),
        "modelspec.resolution": f"{plan.width}x{plan.height}",
        "modelspec.prediction_type": "v" if velocity else "epsilon",
    }
