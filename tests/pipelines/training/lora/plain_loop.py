"""LoRA training as a plain loop of diffusers and peft, with nothing of ours but the model and the draws."""

from __future__ import annotations

import copy
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.optimization import get_scheduler
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from peft import LoraConfig, inject_adapter_in_model
from PIL import Image
from torch import Tensor, nn

from pipelines.contract.training import LoraTarget, TrainRequest
from pipelines.families.model import LoadedModel
from pipelines.training.loss import noise_of

BACKBONE = ["to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"]
TEXT = ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"]


@dataclass(slots=True, kw_only=True)
class PlainRun:
    """The losses, rates and gradients of such a loop at every step, and the weights at its end."""

    losses: list[float] = field(default_factory=list[float])
    rates: list[float] = field(default_factory=list[float])
    gradients: list[list[Tensor]] = field(default_factory=list[list[Tensor]])
    weights: dict[str, Tensor] = field(default_factory=dict[str, Tensor])


@dataclass(frozen=True, slots=True, kw_only=True)
class Networks:
    """Copies of a model's networks with peft's layers in them."""

    unet: UNet2DConditionModel
    text: nn.Module
    backbone_parameters: Sequence[nn.Parameter]
    text_parameters: Sequence[nn.Parameter]


def plain_loop(model: LoadedModel, request: TrainRequest) -> PlainRun:
    """The run of a request over its uploads, of batch size 1."""
    target, steps = request.target, request.steps
    assert isinstance(target, LoraTarget)
    latents = _latents(model, request)
    networks = _networks(model, target, request.seed)
    parameters = [*networks.backbone_parameters, *networks.text_parameters]
    groups = [
        {"params": found, "lr": rate}
        for found, rate in (
            (networks.backbone_parameters, float(steps.learn_rate)),
            (networks.text_parameters, target.text_encoder_rate),
        )
        if found
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=target.weight_decay)
    rates = get_scheduler(
        target.rate_schedule, optimizer, num_warmup_steps=target.warmup, num_training_steps=steps.steps
    )
    run, generator, chance = PlainRun(), torch.Generator().manual_seed(request.seed), random.Random()
    chance.seed(request.seed)
    order: list[int] = []
    for _ in range(steps.steps):
        if not order:
            torch.empty((), dtype=torch.int64).random_(generator=generator)
            order = list(range(len(latents)))
            chance.shuffle(order)
        picture = order.pop(0)
        loss = _loss(
            model, networks, target, latents[picture], request.pictures.uploads[picture].words, generator
        )
        optimizer.zero_grad()
        loss.backward()
        run.losses.append(loss.item())
        run.rates.append(float(optimizer.param_groups[0]["lr"]))
        run.gradients.append([_gradient(parameter) for parameter in parameters])
        if steps.clip_mode == "norm":
            nn.utils.clip_grad_norm_(parameters, float(steps.clip_value))
        optimizer.step()
        rates.step()
    run.weights = {
        **_named(networks.unet, "lora_unet_"),
        **_named(networks.text, "lora_te_text_model_"),
    }
    return run


def _named(network: nn.Module, prefix: str) -> dict[str, Tensor]:
    """The trained tensors of a network, by kohya's keys."""
    found: dict[str, Tensor] = {}
    for path, parameter in network.named_parameters():
        if parameter.requires_grad:
            layer, _, half = path.partition(".lora_")
            kind = "lora_down" if half.startswith("A") else "lora_up"
            found[f"{prefix}{layer.replace('.', '_')}.{kind}.weight"] = parameter.detach()
    return found


def _gradient(parameter: nn.Parameter) -> Tensor:
    assert parameter.grad is not None
    return parameter.grad.clone()


def _latents(model: LoadedModel, request: TrainRequest) -> list[Tensor]:
    generator = torch.Generator().manual_seed(request.seed)
    found: list[Tensor] = []
    for upload in request.pictures.uploads:
        with Image.open(io.BytesIO(upload.image)) as image:
            values = np.asarray(image.convert("RGB"), dtype=np.float32) / 255
        pixels = torch.from_numpy(values).permute(2, 0, 1)[None]
        found.append(model.encode_pixels(pixels, generator=generator).clone())
    return found


def _networks(model: LoadedModel, target: LoraTarget, seed: int) -> Networks:
    unet, text = copy.deepcopy(model.unet), copy.deepcopy(model.text_encoders[0].module)
    unet.requires_grad_(False)
    text.requires_grad_(False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for network, layers, wanted in (
            (unet, BACKBONE, target.unet),
            (text, TEXT, target.text_encoder_rate > 0),
        ):
            config = LoraConfig(r=target.rank, lora_alpha=int(target.alpha), target_modules=layers)
            if wanted:
                inject_adapter_in_model(config, network)
    unet.eval()
    text.eval()
    return Networks(unet=unet, text=text, backbone_parameters=_trained(unet), text_parameters=_trained(text))


def _trained(network: nn.Module) -> list[nn.Parameter]:
    return [parameter for parameter in network.parameters() if parameter.requires_grad]


@torch.enable_grad()
def _loss(
    model: LoadedModel,
    networks: Networks,
    target: LoraTarget,
    latents: Tensor,
    words: str,
    generator: torch.Generator,
) -> Tensor:
    velocity = target.prediction == "v_prediction"
    scheduler = DDPMScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, num_train_timesteps=1000
    )
    scheduler.alphas_cumprod = noise_of(model).alphas_cumprod
    timesteps = torch.randint(0, 1000, (1,), generator=generator)
    noise = torch.randn(latents.shape, generator=generator)
    if target.noise_offset:
        noise = noise + target.noise_offset * torch.randn((1, latents.shape[1], 1, 1), generator=generator)
    noisy = scheduler.add_noise(latents, noise, timesteps)  # type: ignore[arg-type]
    answer = networks.unet(noisy, timesteps, _context(model, networks.text, words), return_dict=False)[0]
    wanted = scheduler.get_velocity(latents, noise, timesteps) if velocity else noise  # type: ignore[arg-type]
    loss = nn.functional.mse_loss(answer, wanted)
    if not target.min_snr:
        return loss
    share = scheduler.alphas_cumprod[timesteps]
    ratio = share / (1 - share)
    return (loss * ratio.clamp(max=target.min_snr) / (ratio + 1 if velocity else ratio)).mean()


def _context(model: LoadedModel, text: nn.Module, words: str) -> Tensor:
    """The text encoder's last states of the words, padded to 77 tokens."""
    encoder = model.family.encoders(model, autocast=False)[0]
    ids = encoder.tokenizer.encode([words])[0][:75]
    padded = [BEGIN, *ids, *[END] * (76 - len(ids))]
    return text(torch.tensor([padded])).last_hidden_state


BEGIN, END = 49406, 49407
