"""Predicts noise under classifier-free guidance, so that training judges what a sampler will use."""

from typing import Any, Protocol

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionOutput
from torch import Tensor

TRAINED_GUIDANCE = 4.0


class Predictor(Protocol):
    """A UNet, or something around one, that predicts noise as ``sample``."""

    def __call__(self, noisy: Tensor, times: Tensor, context: Tensor, /) -> Any: ...


class Guided:
    """Predicts noise under guidance (Ho and Salimans 2022); only the captioned half is trained by it.

    A network that is trained so follows captions at a quarter of the right strength without guidance, and at
    the right strength under the customary one, which then has no error to magnify. ``nothing`` is the empty
    caption's context of shape [1, tokens, width].
    """

    def __init__(self, predict: Predictor, nothing: Tensor) -> None:
        self.predict = predict
        self.nothing = nothing

    def __call__(self, noisy: Tensor, times: Tensor, context: Tensor, /) -> UNet2DConditionOutput:
        """The guided prediction as ``sample``, shape and scale of ``noisy``."""
        with torch.no_grad():
            without = self.predict(noisy, times, self.nothing.expand(len(noisy), -1, -1)).sample
        towards = self.predict(noisy, times, context).sample
        return UNet2DConditionOutput(sample=without + TRAINED_GUIDANCE * (towards - without))
