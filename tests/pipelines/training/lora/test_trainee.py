"""A LoRA is trained as a plain loop of diffusers and peft does it, and its file is read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from PIL import Image
from safetensors import safe_open
from torch import Tensor

from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import OwnFiles
from pipelines.contract.results import GenerationResult
from pipelines.contract.training import LoraTarget, TrainRequest, TrainResult
from pipelines.engine.engine import Engine
from pipelines.families.model import LoadedModel
from pipelines.families.text import PictureSize
from pipelines.text.encoding.encode import encode_prompts
from pipelines.training.lora.layers import LoraLayers
from pipelines.training.loss import noise_of
from tests.engines import make_engine, make_request, pixels
from tests.pipelines.training.runs import INPUTS, SEED, losses_of, short_request

STEPS, RANK, ALPHA, RATE = 3, 4, 2.0, 1e-3


@pytest.fixture(scope="module")
def engine(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = make_engine(models_dir, tmp_path_factory.mktemp("data"))
    yield engine
    engine.close()


def lora_request(models: Path, folder: Path, **target: Any) -> TrainRequest:
    request = short_request(models, folder, steps=STEPS)
    return replace(
        request,
        run=str(folder.name),
        name="one",
        target=LoraTarget(
            path=str(folder / "one.safetensors"), rank=RANK, alpha=ALPHA, precision="float", **target
        ),
        pictures=replace(request.pictures, template=("[filewords]",)),
        steps=replace(request.steps, learn_rate=str(RATE)),
    )


def loaded(engine: Engine, request: TrainRequest) -> LoadedModel:
    return engine.services.load_checkpoint(request.checkpoint, GenerationOptions())


def first_latents(model: LoadedModel) -> Tensor:
    with Image.open(INPUTS / "one" / "a red circle.png") as image:
        values = np.asarray(image.convert("RGB").resize((64, 64), Image.Resampling.BICUBIC), dtype=np.float32)
    generator = torch.Generator().manual_seed(SEED)
    return model.encode_image(torch.from_numpy(values / 255).permute(2, 0, 1)[None], generator=generator)


def plain_loop(engine: Engine, request: TrainRequest, snr: float) -> tuple[list[float], dict[str, Tensor]]:
    """The same run in diffusers' own terms."""
    model = loaded(engine, request)
    latents = first_latents(model)
    conditioner = engine.services.text_conditioner(model, ())
    size = PictureSize(width=64, height=64)
    context = encode_prompts(["a red circle"], conditioner, GenerationOptions(), size).rows[0].context[None]
    scheduler = DDPMScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, num_train_timesteps=1000
    )
    scheduler.alphas_cumprod = noise_of(model).alphas_cumprod
    layers = LoraLayers.make(model, rank=RANK, alpha=ALPHA, backbone=True, text=False, seed=SEED)
    layers.put_in()
    parameters = [tensor for place in layers.places for tensor in place.tensors()]
    optimizer = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.01)
    generator = torch.Generator().manual_seed(SEED)
    losses: list[float] = []
    for _ in range(STEPS):
        torch.empty((), dtype=torch.int64).random_(generator=generator)
        timesteps = torch.randint(0, 1000, (1,), generator=generator)
        noise = torch.randn(latents.shape, generator=generator)
        with torch.enable_grad():
            noisy = scheduler.add_noise(latents.clone(), noise, timesteps)  # type: ignore[arg-type]
            answer = model.unet(noisy, timesteps, context.clone(), return_dict=False)[0]
            loss = torch.nn.functional.mse_loss(answer, noise)
            if snr:
                share = scheduler.alphas_cumprod[timesteps]
                ratio = share / (1 - share)
                loss = (loss * ratio.clamp(max=snr) / ratio).mean()
            loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    layers.take_out()
    return losses, dict(layers.tensors(ALPHA))


@pytest.mark.parametrize("snr", [0.0, pytest.param(5.0, marks=pytest.mark.slow)])
def test_losses_and_weights_are_those_of_a_plain_loop(
    snr: float, engine: Engine, models_dir: Path, tmp_path: Path
) -> None:
    request = lora_request(models_dir, tmp_path, min_snr=snr)
    losses, tensors = plain_loop(engine, request, snr)
    result = engine.run(request)
    assert isinstance(result, TrainResult)
    assert [float(row[3]) for row in losses_of(tmp_path)[1:]] == pytest.approx(losses, abs=1e-5)
    with safe_open(result.path, framework="pt") as file:
        assert set(file.keys()) == set(tensors)
        for name in file.keys():  # noqa: SIM118
            assert torch.allclose(file.get_tensor(name), tensors[name], atol=1e-5), name


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
