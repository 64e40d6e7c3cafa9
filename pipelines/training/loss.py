"""The loss of a batch: how far the network's answer is from what was added to the latents (spec 13.3)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.model import BackboneInputs, LoadedModel
from pipelines.families.trained import Trainable
from pipelines.sampling.model_noise import VpNoise
from pipelines.training.chance import Chance

Weigh = Callable[[Tensor, Tensor], Tensor]
"""(squared errors (B,), share of the signal in the variance (B,)) -> weighted (B,)."""


def noise_of(model: LoadedModel) -> VpNoise:
    """Return the noising of a model. Raises UnsupportedModel for one that is trained in another way."""
    if not isinstance(model.noise, VpNoise):
        raise _untrainable(model)
    return model.noise


def training_of(model: LoadedModel) -> Trainable:
    """Return the training plan of a model's family. Raises UnsupportedModel for one that has none."""
    found = model.family.training
    if found is None:
        raise _untrainable(model)
    return found


def _untrainable(model: LoadedModel) -> UnsupportedModel:
    text = f"{model.name} can't be trained: it is a {model.family.title} checkpoint"
    return UnsupportedModel(text, field="checkpoint")


def batch_loss(
    model: LoadedModel,
    latents: Tensor,
    context: Tensor,
    chance: Chance,
    *,
    vector: Tensor | None = None,
    told: Tensor | None = None,
    weights: Tensor | None = None,
    noise_offset: float = 0.0,
    v_prediction: bool | None = None,
    weigh: Weigh | None = None,
) -> Tensor:
    """Compute the mean squared error of one batch at drawn training steps.

    ``latents`` (B, C, h, w) clean and scaled; ``told`` (B, more channels, h, w) are channels after theirs;
    ``weights`` (B, 1, h, w) of places; ``v_prediction`` None: as the checkpoint predicts. Timesteps are
    drawn before noise, as the original does.
    """
    noise_table = noise_of(model)
    timesteps = chance.timesteps(len(latents), len(noise_table.alphas_cumprod))
    noise = chance.noise(latents.shape)
    if noise_offset:
        noise = noise + noise_offset * chance.noise((*latents.shape[:2], 1, 1))
    signal, share = (part.to(latents) for part in noise_table.shares(timesteps))
    noise = noise.to(latents)
    noisy = signal * latents + share * noise
    velocity = noise_table.v_prediction if v_prediction is None else v_prediction
    target = signal * noise - share * latents if velocity else noise
    x = noisy if told is None else torch.cat([noisy, told.to(noisy)], dim=1)
    inputs = BackboneInputs(x=x, timesteps=timesteps.to(latents.device), context=context, vector=vector)
    answer = model.family.call(model, inputs).float()
    errors = (answer - target) ** 2
    rows = (errors if weights is None else errors * weights).mean(dim=(1, 2, 3))
    return (rows if weigh is None else weigh(rows, signal.flatten() ** 2)).mean()
