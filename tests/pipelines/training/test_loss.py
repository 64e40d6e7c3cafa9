"""The loss of a batch on a network of chosen answers: the noise itself, or the noise and an error."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from torch import Tensor

from pipelines.contract.errors import UnsupportedModel
from pipelines.families.model import BackboneInputs, LoadedModel
from pipelines.sampling.model_noise import FlowNoise, ModelNoise, VpNoise
from pipelines.training.chance import Chance
from pipelines.training.loss import batch_loss, noise_of, training_of

STEPS, SHAPE = 10, (2, 1, 2, 2)
NOISE = VpNoise(alphas_cumprod=torch.linspace(0.95, 0.1, STEPS))
LATENTS = torch.arange(8.0).reshape(SHAPE) / 4
CONTEXT = torch.zeros(2, 3, 4)


def model_of(answer: Callable[[BackboneInputs], Tensor], noise: ModelNoise = NOISE) -> LoadedModel:
    """A model of a family whose network answers so."""
    family = SimpleNamespace(call=lambda model, inputs: answer(inputs), training=None, title="Toy")
    return cast(Any, SimpleNamespace(noise=noise, family=family, name="toy"))


def draws(seed: int = 1) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The draws that a batch makes: noise after timesteps; and the factors at these."""
    chance = Chance(seed)
    timesteps = chance.timesteps(2, STEPS)
    noise = chance.noise(SHAPE)
    return (timesteps, noise, *NOISE.shares(timesteps))


def test_the_network_is_given_noised_latents_at_drawn_timesteps() -> None:
    timesteps, noise, signal, share = draws()
    seen: list[BackboneInputs] = []

    def answer(inputs: BackboneInputs) -> Tensor:
        seen.append(inputs)
        return noise

    assert float(batch_loss(model_of(answer), LATENTS, CONTEXT, Chance(1))) == 0.0
    torch.testing.assert_close(seen[0].x, signal * LATENTS + share * noise)
    assert torch.equal(seen[0].timesteps, timesteps)
    assert seen[0].context is CONTEXT


@pytest.mark.parametrize("asked", [None, True])
def test_velocity_is_the_target_of_those_that_predict_it(asked: bool | None) -> None:
    _, noise, signal, share = draws()
    own = VpNoise(alphas_cumprod=NOISE.alphas_cumprod, v_prediction=asked is None)
    model = model_of(lambda inputs: signal * noise - share * LATENTS, own)
    assert float(batch_loss(model, LATENTS, CONTEXT, Chance(1), v_prediction=asked)) < 1e-12


def test_an_offset_is_drawn_once_per_channel() -> None:
    chance = Chance(1)
    chance.timesteps(2, STEPS)
    noise = chance.noise(SHAPE)
    noise = noise + 0.1 * chance.noise((2, 1, 1, 1))
    model = model_of(lambda inputs: noise)
    assert float(batch_loss(model, LATENTS, CONTEXT, Chance(1), noise_offset=0.1)) < 1e-12


def test_errors_are_squared_weighed_and_averaged() -> None:
    _, noise, signal, _ = draws()
    off = torch.tensor([1.0, 3.0])[:, None, None, None]
    model = model_of(lambda inputs: noise + off)
    assert float(batch_loss(model, LATENTS, CONTEXT, Chance(1))) == pytest.approx((1 + 9) / 2)
    places = torch.tensor([[2.0, 0.0], [0.0, 0.0]]).expand(2, 1, 2, 2)
    weighed = batch_loss(model, LATENTS, CONTEXT, Chance(1), weights=places)
    assert float(weighed) == pytest.approx((1 + 9) / 2 / 2)
    by_signal = batch_loss(model, LATENTS, CONTEXT, Chance(1), weigh=lambda errors, part: errors * part)
    first, second = (signal**2).flatten().tolist()
    assert float(by_signal) == pytest.approx((1 * first + 9 * second) / 2)


def test_a_condition_follows_the_latents_channels() -> None:
    _, noise, _, _ = draws()
    told = torch.full((2, 3, 2, 2), 7.0)
    seen: list[Tensor] = []

    def answer(inputs: BackboneInputs) -> Tensor:
        seen.append(inputs.x)
        return noise

    batch_loss(model_of(answer), LATENTS, CONTEXT, Chance(1), told=told)
    assert seen[0].shape == (2, 4, 2, 2)
    assert torch.equal(seen[0][:, 1:], told)


def test_models_that_are_trained_otherwise_are_refused() -> None:
    flow = model_of(lambda inputs: inputs.x, FlowNoise(shift=3.0))
    for ask in (noise_of, training_of):
        with pytest.raises(UnsupportedModel, match="toy can't be trained: it is a Toy checkpoint") as refused:
            ask(flow)
        assert refused.value.field == "checkpoint"
