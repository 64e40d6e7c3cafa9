"""The metadata of a LoRA's file has what kohya's scripts and other programs look for."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load, save

from pipelines.contract.options import GenerationOptions
from pipelines.contract.training import LoraTarget
from pipelines.families.model import LoadedModel
from pipelines.training.lora.file import lora_metadata, write_lora
from tests.engines import make_engine
from tests.pipelines.training.runs import short_request


@pytest.fixture(scope="module")
def model(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedModel]:
    engine = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    checkpoint = str(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")
    yield engine.services.load_checkpoint(checkpoint, GenerationOptions())
    engine.close()


def metadata(model: LoadedModel, models: Path, folder: Path, **target: object) -> dict[str, str]:
    request = replace(short_request(models, folder), name="mug")
    found = LoraTarget(path=str(folder / "mug.safetensors"), rank=8, alpha=4.0, **target)  # type: ignore[arg-type]
    words = Counter({"a mug": 3, "red": 1})
    return lora_metadata(request, found, model, made=7, words=words, pictures=3, velocity=False)


def test_what_other_programs_look_for_is_said(model: LoadedModel, models_dir: Path, tmp_path: Path) -> None:
    told = metadata(model, models_dir, tmp_path, text_encoder_rate=1e-5, min_snr=5.0)
    expected = {
        "ss_network_module": "networks.lora",
        "ss_network_dim": "8",
        "ss_network_alpha": "4.0",
        "ss_base_model_version": "sd_v1",
        "ss_v2": "False",
        "ss_output_name": "mug",
        "ss_sd_model_name": "tiny-sd1.safetensors",
        "ss_text_encoder_lr": "1e-05",
        "ss_min_snr_gamma": "5.0",
        "ss_noise_offset": "None",
        "ss_resolution": "(64, 64)",
        "ss_num_train_images": "3",
        "ss_steps": "7",
        "ss_clip_skip": "1",
        "modelspec.architecture": "stable-diffusion-v1/lora",
        "modelspec.title": "mug",
        "modelspec.resolution": "64x64",
        "modelspec.prediction_type": "epsilon",
    }
    assert {name: told[name] for name in expected} == expected
    assert json.loads(told["ss_tag_frequency"]) == {"one": {"a mug": 3, "red": 1}}
    data = model.path.read_bytes()
    assert told["ss_new_sd_model_hash"] == hashlib.sha256(data).hexdigest()
    assert told["ss_sd_model_hash"] == hashlib.sha256(data[0x100000:0x110000]).hexdigest()[:8]


def test_hashes_are_those_of_tensors_and_of_kohyas_own_notes(tmp_path: Path) -> None:
    tensors = {"lora_unet_x.lora_up.weight": torch.arange(2**20, dtype=torch.float32).reshape(2**10, -1)}
    notes = {"ss_network_dim": "8", "modelspec.title": "mug"}
    path = tmp_path / "mug.safetensors"
    write_lora(path, tensors, notes, precision="fp16")
    stored = load(path.read_bytes())
    assert stored["lora_unet_x.lora_up.weight"].dtype == torch.float16
    with safe_open(path, framework="pt") as file:
        told = file.metadata()
    own = save(stored, {"ss_network_dim": "8"})
    assert told["sshs_legacy_hash"] == hashlib.sha256(own[0x100000:0x110000]).hexdigest()[:8]
    start = 8 + int.from_bytes(own[:8], "little")
    assert told["sshs_model_hash"] == hashlib.sha256(own[start:]).hexdigest()
    assert told["modelspec.title"] == "mug"
