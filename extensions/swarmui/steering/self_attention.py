"""Self-attention guidance: away from the prediction for a picture that is blurred where attention is highest.

The paper: Hong et al., "Improving Sample Quality of Diffusion Models Using Self-Attention Guidance", 2023.
"""

from __future__ import annotations

import math
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from extensions.swarmui.steering.wish import AttentionWish
from pipelines.plugin import LoadedModel, ModelCall, Residuals

LOOKED_AT = 1.0
"""Attention received from all tokens above which a token counts as looked at; 1 is the mean."""


class SelfAttentionGuidance:
    """A call hook: calls that hold rows of the negative prompt are answered with the guidance added."""

    def __init__(self, wish: AttentionWish, cfg_scale: float) -> None:
        self._wish = wish
        self._cfg_scale = cfg_scale

    def __call__(self, call: ModelCall, /) -> ModelCall:
        """Return the call, to be followed by one more evaluation."""
        negative = [row for row, is_cond in enumerate(call.rows.is_cond) if not is_cond]
        share = self._share(call)
        if not negative or share == 0.0:
            return call
        watch = AttentionWatch(unet=call.model.unet, rows=negative)
        guide = Guide(watch=watch, wish=self._wish, rows=negative, share=share)
        return replace(call, attention=(*call.attention, watch), outputs=(*call.outputs, guide))

    def _share(self, call: ModelCall) -> float:
        """Return the factor by which guidance added to this call's rows counts once in the result.

        Where both prompts are in one call, all of their rows get it. A call of the negative prompt alone
        counts ``1 - cfg_scale`` times in the result, so that nothing can be added at a scale of 1.
        """
        if any(call.rows.is_cond):
            return 1.0
        counted = 1.0 - self._cfg_scale
        return 0.0 if counted == 0.0 else 1.0 / counted


@dataclass(slots=True, kw_only=True)
class AttentionWatch:
    """Records, while entered, the attention in the network's middle block for some rows.

    ``seen`` (rows, tokens): attention that each token receives from all.
    """

    unet: Any
    rows: list[int]
    seen: Tensor | None = None
    stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> object:
        """Hook into the first self-attention of the middle block."""
        attention = self.unet.mid_block.attentions[0].transformer_blocks[0].attn1

        def look(module: nn.Module, inputs: tuple[Any, ...], more: dict[str, Any]) -> None:
            hidden = inputs[0] if inputs else more["hidden_states"]
            self.seen = attended(attention, hidden[self.rows])

        self.stack.callback(attention.register_forward_pre_hook(look, with_kwargs=True).remove)
        return self

    def __exit__(self, *error: object) -> None:
        """Remove the hook from the network."""
        self.stack.close()


def attended(attention: Any, hidden: Tensor) -> Tensor:
    """Return (rows, tokens): attention that each token receives, averaged over heads; 1 is the mean."""
    heads = int(attention.heads)
    query, key = (
        part(hidden).unflatten(2, (heads, -1)).transpose(1, 2).float()
        for part in (attention.to_q, attention.to_k)
    )
    weights = (query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5).softmax(dim=-1)
    return weights.mean(dim=1).sum(dim=1)


@dataclass(slots=True, kw_only=True)
class Guide:
    """An output hook: adds the difference between a prediction and that for a blurred picture."""

    watch: AttentionWatch
    wish: AttentionWish
    rows: list[int]
    share: float

    def __call__(self, call: ModelCall, output: Tensor, /) -> Tensor:
        """Return the output with the guidance of each picture added to all of its rows."""
        assert self.watch.seen is not None
        predicted = output[self.rows]
        x = call.x.clone()
        x[self.rows] = self._degraded(call, predicted, self.watch.seen)
        again = self._evaluated(call, x)
        pull = (predicted.float() - again.float()) * (self.wish.scale * self.share)
        by_image = {call.rows.image[row]: pull[place] for place, row in enumerate(self.rows)}
        return output + torch.stack([by_image[picture] for picture in call.rows.image]).to(output)

    def _evaluated(self, call: ModelCall, x: Tensor) -> Tensor:
        """Return the network's output for our rows; all rows are computed if others change its attention."""
        others = [one for one in call.attention if one is not self.watch]
        rows = list(range(len(x))) if others else self.rows
        with ExitStack() as stack:
            for one in others:
                stack.enter_context(one)
            vector = None if call.vector is None else call.vector[rows]
            asked = x[rows], call.timesteps[rows], call.context[rows], vector, _of_rows(call.residuals, rows)
            output = call.model.predict(*asked, hooked=True)
        return output[self.rows] if others else output

    def _degraded(self, call: ModelCall, predicted: Tensor, seen: Tensor) -> Tensor:
        """The network's input with the predicted picture blurred where it was looked at."""
        x = call.x[self.rows]
        channels = predicted.shape[1]
        latents = x[:, :channels].float()
        shares = [share.to(latents) for share in call.model.noise.shares(call.timesteps[self.rows])]
        picture, noise = split(latents, predicted.float(), *shares, model=call.model)
        mask = looked_at(seen, *latents.shape[-2:]).to(latents)
        mixed = blurred_latents(picture, self.wish.sigma) * mask + picture * (1 - mask)
        made = mixed * shares[0] + noise * shares[1]
        return torch.cat([made.to(x), x[:, channels:]], dim=1)


def split(
    x: Tensor, predicted: Tensor, kept: Tensor, noised: Tensor, *, model: LoadedModel
) -> tuple[Tensor, Tensor]:
    """The picture and the noise that a prediction makes of ``x = kept * picture + noised * noise``."""
    if model.noise.predicts == "v_prediction":
        return kept * x - noised * predicted, kept * predicted + noised * x
    return (x - noised * predicted) / kept, predicted


def looked_at(seen: Tensor, height: int, width: int) -> Tensor:
    """Return (rows, 1, height, width): 1 where a token receives more than the mean attention, else 0."""
    rows, tokens = seen.shape
    rise, run = height, width
    while rise * run > tokens:  # as the network halves them on its way down
        rise, run = (rise + 1) // 2, (run + 1) // 2
    mask = (seen > LOOKED_AT).float().reshape(rows, 1, rise, run)
    return F.interpolate(mask, size=(height, width), mode="nearest")


def blurred_latents(latents: Tensor, sigma: float) -> Tensor:
    """A Gaussian blur over cells, edges mirrored; 0 leaves them as they are."""
    if sigma <= 0:
        return latents
    reach = min(math.ceil(2 * sigma), min(latents.shape[-2:]) - 1)
    at = torch.arange(-reach, reach + 1, dtype=torch.float32, device=latents.device)
    kernel = torch.exp(-(at**2) / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).to(latents)
    channels = latents.shape[1]
    padded = F.pad(latents, (reach, reach, reach, reach), mode="reflect")
    rows = F.conv2d(padded, kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
    return F.conv2d(rows, kernel.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)


def _of_rows(residuals: Residuals | None, rows: list[int]) -> Residuals | None:
    if residuals is None:
        return None
    return Residuals(skips=[skip[rows] for skip in residuals.skips], middle=residuals.middle[rows])
