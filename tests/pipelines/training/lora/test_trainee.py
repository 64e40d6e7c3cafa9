"""A LoRA is trained as a plain loop of diffusers and peft does it, and its file is read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from torch import Tensor, nn

from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import OwnFiles
from pipelines.contract.results import GenerationResult
from pipelines.contract.training import Clipping, LoraTarget, TrainingUpload, TrainRequest, TrainResult
from pipelines.engine.engine import Engine
from pipelines.families.model import LoadedModel
from pipelines.pictures.encode import encode_picture
from pipelines.training import run
from pipelines.training.clipping import clip_gradients
from pipelines.training.rates import Rates
from tests.engines import make_engine, make_request, pixels
from tests.pipelines.training.lora.plain_loop import plain_loop
from tests.pipelines.training.runs import losses_of, short_request

STEPS, RANK, ALPHA, RATE = 3, 4, 2.0, 1e-3


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield engine
    engine.close()


@pytest.fixture
def gradients(monkeypatch: pytest.MonkeyPatch) -> list[list[Tensor]]:
    """Those of every step, before they are bounded."""
    seen: list[list[Tensor]] = []

    def note(parameters: Sequence[nn.Parameter], mode: Clipping, limit: Rates | None) -> None:
        seen.append([parameter.grad.clone() for parameter in parameters if parameter.grad is not None])
        clip_gradients(parameters, mode, limit)

    monkeypatch.setattr(run, "clip_gradients", note)
    return seen


def drawn(width: int, height: int, seed: int) -> TrainingUpload:
    values = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    picture = Image.fromarray(values).resize((width, height), Image.Resampling.BICUBIC)
    return TrainingUpload(image=encode_picture(picture, "png"), words=f"picture {seed}, red and blue")


def lora_request(
    models: Path,
    folder: Path,
    *,
    bound: float = 0.0,
    sizes: Sequence[tuple[int, int]] = ((64, 64),),
    **target: Any,
) -> TrainRequest:
    """A few steps over uploads of these sizes; gradients are bounded to a length of ``bound``."""
    request = short_request(models, folder, steps=STEPS)
    clipping: Clipping = "norm" if bound else "disabled"
    return replace(
        request,
        run=str(folder.name),
        name="one",
        target=LoraTarget(
            path=str(folder / "one.safetensors"), rank=RANK, alpha=ALPHA, precision="float", **target
        ),
        pictures=replace(
            request.pictures,
            template=("[filewords]",),
            uploads=tuple(drawn(*size, seed) for seed, size in enumerate(sizes)),
        ),
        steps=replace(request.steps, learn_rate=str(RATE), clip_mode=clipping, clip_value=str(bound)),
    )


def loaded(engine: Engine, request: TrainRequest) -> LoadedModel:
    return engine.services.load_checkpoint(request.checkpoint, GenerationOptions())


SLOW = pytest.mark.slow
RUNS: dict[str, dict[str, Any]] = {
    "all at once": {
        "text_encoder_rate": 5e-4,
        "prediction": "v_prediction",
        "min_snr": 5.0,
        "rate_schedule": "cosine",
        "warmup": 1,
        "sizes": ((128, 64), (64, 128)),
    },
    "noise": {},
    "min-SNR": {"min_snr": 5.0},
    "velocity": {"prediction": "v_prediction"},
    "velocity and min-SNR": {"prediction": "v_prediction", "min_snr": 5.0},
    "both networks": {"text_encoder_rate": 5e-4},
    "text encoder alone": {"text_encoder_rate": 5e-4, "unet": False},
    "noise offset": {"noise_offset": 0.1},
    "bounded gradients": {"bound": 1e-3},
    "linear": {"rate_schedule": "linear"},
    "polynomial": {"rate_schedule": "polynomial", "weight_decay": 0.1},
    "restarts": {"rate_schedule": "cosine_with_restarts", "warmup": 1},
    "warm-up": {"rate_schedule": "constant_with_warmup", "warmup": 2},
    "three shapes": {"sizes": ((128, 64), (64, 128), (96, 96))},
}
CASES = [
    pytest.param(changes, id=name, marks=[SLOW] if number else [])
    for number, (name, changes) in enumerate(RUNS.items())
]


@pytest.mark.parametrize("changes", CASES)
def test_gradients_losses_and_weights_are_those_of_a_plain_loop(
    changes: dict[str, Any],
    engine: Engine,
    models_dir: Path,
    tmp_path: Path,
    gradients: list[list[Tensor]],
) -> None:
    request = lora_request(models_dir, tmp_path, **changes)
    if "sizes" in changes:
        request = replace(request, pictures=replace(request.pictures, width=96, height=96, bucket_step=32))
    plain = plain_loop(loaded(engine, request), request)
    result = engine.run(request)
    assert isinstance(result, TrainResult)
    rows = losses_of(tmp_path)[1:]
    assert [float(row[3]) for row in rows] == pytest.approx(plain.losses, abs=1e-6)
    assert [float(row[4]) for row in rows] == pytest.approx(plain.rates, abs=1e-12)
    for ours, theirs in zip(gradients, plain.gradients, strict=True):
        largest = max(float(each.abs().max()) for each in theirs)
        near = min(1e-5, 1e-2 * largest)
        assert largest > 0
        assert all(torch.allclose(*pair, rtol=0, atol=near) for pair in zip(ours, theirs, strict=True))
    with safe_open(result.path, framework="pt") as file:
        assert set(file.keys()) == {*plain.weights, *(f"{layer_of(name)}.alpha" for name in plain.weights)}
        apart = torch.cat(
            [(file.get_tensor(key) - plain.weights[key]).abs().flatten() for key in plain.weights]
        )
    # where a gradient nearly vanishes, AdamW makes a step of its rounding
    assert float((apart > 1e-5).float().mean()) < 1e-3
    assert float(apart.max()) < 0.1 * STEPS * RATE


def layer_of(key: str) -> str:
    return key.partition(".")[0]


def test_the_file_is_kohyas_and_a_generation_takes_it(
    engine: Engine, models_dir: Path, tmp_path: Path
) -> None:
    request = lora_request(models_dir, tmp_path, text_encoder_rate=RATE, comment="eight pictures")
    request = replace(request, steps=replace(request.steps, learn_rate="0.05"))
    model = loaded(engine, request)
    before = [tensor.clone() for tensor in model.backbone.state_dict().values()]
    engine.run(request)
    after = list(model.backbone.state_dict().values())
    assert len(before) == len(after)
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
    with safe_open(tmp_path / "one.safetensors", framework="pt") as file:
        keys, told = set(file.keys()), file.metadata()
        alpha = file.get_tensor("lora_unet_mid_block_attentions_0_proj_in.alpha")
    assert "lora_te_text_model_encoder_layers_0_self_attn_q_proj.lora_down.weight" in keys
    assert float(alpha) == ALPHA
    assert (told["ss_network_module"], told["ss_network_dim"]) == ("networks.lora", "4")
    assert told["ss_training_comment"] == "eight pictures"
    plain = make_request(models_dir)
    own = replace(plain, own=OwnFiles(networks=(str(tmp_path / "one.safetensors"),)))
    first, second = engine.run(plain), engine.run(own)
    assert isinstance(first, GenerationResult)
    assert isinstance(second, GenerationResult)
    assert (pixels(first) != pixels(second)).any()
    assert not second.warnings
