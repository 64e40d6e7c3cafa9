"""The guided denoiser: one call of it turns (x, sigma) into what the sampler wants.

It owns classifier-free guidance over AND-composed prompts, mask blending, skipping of the negative
prompt, and the seam where control networks and shared batches plug in. It never runs the network: it
yields ``ModelCall`` objects and is sent their outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.denoising.guidance_hook import GuidanceHook, Guided, GuidedHook, Predictions
from pipelines.denoising.model_call import CallHook, ModelCall, Rows
from pipelines.denoising.work import Work, call_model, settle
from pipelines.families.patches import Patches
from pipelines.sampling.scaling import Scaling
from pipelines.sampling.step import GuidedEps
from pipelines.text.encoding.assemble import StepConditioning

if TYPE_CHECKING:
    from pipelines.families.model import LoadedModel


Skip: TypeAlias = Literal["early", "low noise"]
"""The reason why a call leaves the negative prompt out: option skip_early_cond, or s_min_uncond."""


class Prompts(Protocol):
    """Conditioning over a whole pass; ``at`` returns that of guided call number ``call``, from 0."""

    def at(self, call: int, /) -> StepConditioning: ...


class Blend(Protocol):
    """Keeps the unmasked part of a picture while it is sampled."""

    def __call__(self, x: Tensor, sigma: Tensor, /) -> Tensor: ...


class Switch(Protocol):
    """Returns the predictor for a call, the same or another one, or work that does."""

    def __call__(self, state: Predictor, sigma: Tensor, call: int, /) -> Predictor | Work[Predictor]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """The model of a call with its patches, the prompts, and the meaning of the network's output."""

    model: LoadedModel
    patches: Patches
    prompts: Prompts
    scaling: Scaling


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceOptions:
    """The weight of guidance, and the calls that leave the negative prompt out.

    ``cfg_scale``: guidance weight. ``multiplier``: 1, or 1/12.5 for CFG++. ``image_cfg_scale``: the image's
    own weight for instruct-pix2pix networks, else None. ``total_steps``: planned model calls of the pass.
    ``s_min_uncond``: below this sigma every other call skips the negative prompt, with ``_all`` every one.
    ``skip_early``: fraction of the pass, from its start, without the negative prompt.
    ``batch_rows``: evaluate both prompts in one batch.
    """

    cfg_scale: float
    multiplier: float = 1.0
    image_cfg_scale: float | None = None
    total_steps: int = 1
    s_min_uncond: float = 0.0
    s_min_uncond_all: bool = False
    skip_early: float = 0.0
    batch_rows: bool = True


class GuidedDenoiser:
    """One pass over one batch of pictures.

    ``image_conditioning``: (batch, channels, h, w) appended to the input of a network that takes it, None for
    most models. ``timestep_family``: mask blending happens on the input and the prediction is noise, not the
    picture. ``wants_uncond``: the sampler is sent the negative prompt's prediction too. ``on_skip`` is called
    whenever the negative prompt is left out.
    """

    def __init__(
        self,
        predictor: Predictor,
        guidance: GuidanceOptions,
        *,
        timestep_family: bool = False,
        wants_uncond: bool = False,
        image_conditioning: Tensor | None = None,
        blend: Blend | None = None,
        switch: Switch | None = None,
        hooks: Sequence[CallHook] = (),
        guides: Sequence[GuidanceHook] = (),
        corrections: Sequence[GuidedHook] = (),
        on_call: Callable[[GuidedDenoiser], None] | None = None,
        on_skip: Callable[[Skip], None] = lambda skip: None,
    ) -> None:
        self.predictor = predictor
        self.guidance = guidance
        self.timestep_family = timestep_family
        self.wants_uncond = wants_uncond
        self.image_conditioning = image_conditioning
        self.blend = blend
        self.switch = switch
        self.hooks = tuple(hooks)
        self.guides = tuple(guides)
        self.corrections = tuple(corrections)
        self.on_call = on_call
        self.on_skip = on_skip
        self.calls = 0
        self.preview: Tensor | None = None
        """The picture predicted from the prompt alone at the latest call, (batch, C, h, w)."""

    def __call__(self, x: Tensor, sigma: Tensor | float) -> Work[Tensor | GuidedEps]:
        """Evaluate at noise level (or timestep) ``sigma``."""
        sigma = torch.as_tensor(sigma, dtype=torch.float32)
        if self.switch is not None:
            self.predictor = yield from settle(self.switch(self.predictor, sigma, self.calls))
        if self.blend is not None and self.timestep_family:
            x = self.blend(x, sigma)
        conditioning = self.predictor.prompts.at(self.calls)
        skip = self._skips_negative(sigma)
        cond, uncond, image_only = yield from self._predict(x, sigma, conditioning, skip)
        cond, scale = self._steered(x, sigma, cond, uncond)
        guided = self._combine(cond, uncond, image_only, conditioning, skip, scale)
        if self.corrections:
            whole = self._combine(cond, uncond, None, conditioning, True, scale)
            guided = self._corrected(x, sigma, whole, guided)
        first = torch.stack([cond[parts[0][0]] for parts in conditioning.parts])
        self.preview = self.predictor.scaling.predicted_x0(x, sigma, first)
        if self.blend is not None and not self.timestep_family:
            guided = self.blend(guided, sigma)
        self.calls += 1
        if self.on_call is not None:
            self.on_call(self)
        return GuidedEps(guided, uncond) if self.wants_uncond else guided

    def _skips_negative(self, sigma: Tensor) -> bool:
        g = self.guidance
        if g.skip_early and self.calls / max(g.total_steps, 1) <= g.skip_early:
            self.on_skip("early")
            return True
        below = g.s_min_uncond > 0 and float(sigma) < g.s_min_uncond and not self._edits
        if below and (self.calls % 2 == 1 or g.s_min_uncond_all):
            self.on_skip("low noise")
            return True
        return False

    @property
    def _edits(self) -> bool:
        """True if the network in use edits by instructions, with a scale of its own for the picture."""
        return self.guidance.image_cfg_scale is not None and self.predictor.model.conditioning == "edit"

    def _steered(self, x: Tensor, sigma: Tensor, cond: Tensor, uncond: Tensor) -> tuple[Tensor, float]:
        """Return the prompt's predictions and the guidance weight, as hooks change them."""
        scale = self.guidance.cfg_scale
        if not self.guides or len(cond) != len(x):
            return cond, scale
        seen = Predictions(
            x=x,
            cond=cond,
            uncond=uncond,
            picture=self.predictor.scaling.predicted_x0(x, sigma, cond),
            is_noise=self.timestep_family,
            scale=scale,
            timestep=float(self.predictor.scaling.network_input(x, sigma)[1]),
        )
        for guide in self.guides:
            seen = guide(seen)
        return seen.cond, seen.scale

    def _corrected(self, x: Tensor, sigma: Tensor, cond: Tensor, guided: Tensor) -> Tensor:
        """Return the guided prediction as hooks change it, one after another."""
        for correct in self.corrections:
            seen = Guided(x=x, sigma=sigma, cond=cond, guided=guided, is_noise=self.timestep_family)
            guided = correct(seen)
        return guided

    def _combine(
        self,
        cond: Tensor,
        uncond: Tensor,
        image_only: Tensor | None,
        at: StepConditioning,
        skipped: bool,
        scale: float,
    ) -> Tensor:
        g = self.guidance
        if image_only is not None and g.image_cfg_scale is not None:
            guided = uncond + scale * g.multiplier * (cond - image_only)
            return guided + g.image_cfg_scale * (image_only - uncond)
        weight = 1.0 if skipped else scale * g.multiplier
        guided = uncond.clone()
        for picture, parts in enumerate(at.parts):
            for row, part_weight in parts:
                guided[picture] += (cond[row] - uncond[picture]) * (part_weight * weight)
        return guided

    def _predict(
        self, x: Tensor, sigma: Tensor, at: StepConditioning, skip: bool
    ) -> Work[tuple[Tensor, Tensor, Tensor | None]]:
        """Return predictions for the prompt rows, the negative rows, and (edit models) the image-only rows.

        Where the negative prompt is skipped, the first part of each picture's prompt takes its place.
        """
        owners = [picture for picture, parts in enumerate(at.parts) for _ in parts]
        batch = len(at.parts)
        edit = self._edits
        if edit and len(owners) != batch:
            text = "a checkpoint that edits by instructions takes no AND with an image CFG scale"
            raise InvalidRequest(text, field="prompt")
        positive = self._rows(owners, is_cond=True, context=at.context, vector=at.vector)
        if skip:
            (cond,) = yield from self._evaluate(x, sigma, [positive])
            return cond, torch.stack([cond[parts[0][0]] for parts in at.parts]), None
        everyone = list(range(batch))
        negative = self._rows(everyone, is_cond=False, context=at.negative_context, vector=at.negative_vector)
        groups = [positive, negative]
        if edit:
            groups.append(replace(negative, blank_image=True))
        outputs = yield from self._evaluate(x, sigma, groups)
        if edit:
            return outputs[0], outputs[2], outputs[1]
        return outputs[0], outputs[1], None

    def _rows(self, owners: list[int], *, is_cond: bool, context: Tensor, vector: Tensor | None) -> _RowGroup:
        return _RowGroup(owners=tuple(owners), is_cond=is_cond, context=context, vector=vector)

    def _evaluate(self, x: Tensor, sigma: Tensor, groups: list[_RowGroup]) -> Work[list[Tensor]]:
        """Make one model call if token counts agree, else one per group; return a prediction for each."""
        together = self.guidance.batch_rows and len({g.context.shape[1] for g in groups}) == 1
        bundles = [groups] if together else [[g] for g in groups]
        outputs: list[Tensor] = []
        for bundle in bundles:
            owners = [i for g in bundle for i in g.owners]
            x_rows = _picked(x, owners)
            output = yield from call_model(self._call(x_rows, sigma, bundle))
            prediction = self.predictor.scaling.interpret(x_rows, sigma, output)
            if not together:
                prediction = prediction.to(x.dtype)
            outputs.extend(prediction.split([len(g.owners) for g in bundle]))
        return outputs

    def _call(self, x_rows: Tensor, sigma: Tensor, bundle: list[_RowGroup]) -> ModelCall:
        scaled, timestep = self.predictor.scaling.network_input(x_rows, sigma)
        if self.image_conditioning is not None and self.predictor.model.conditioning != "none":
            extra = [
                torch.zeros_like(part) if g.blank_image else part
                for g in bundle
                for part in [_picked(self.image_conditioning, g.owners)]
            ]
            scaled = torch.cat([scaled, torch.cat(extra).to(scaled)], dim=1)
        vectors = [g.vector for g in bundle if g.vector is not None]
        call = ModelCall(
            model=self.predictor.model,
            patches=self.predictor.patches,
            x=scaled,
            timesteps=x_rows.new_full((len(x_rows),), float(timestep), dtype=torch.float32),
            context=torch.cat([g.context for g in bundle]),
            vector=torch.cat(vectors) if vectors else None,
            rows=Rows(
                is_cond=tuple(g.is_cond for g in bundle for _ in g.owners),
                image=tuple(i for g in bundle for i in g.owners),
                call=self.calls,
                sigma=float(sigma),
                timestep=float(timestep),
                fraction=self.calls / max(self.guidance.total_steps, 1),
            ),
        )
        for hook in self.hooks:
            call = hook(call)
        return call


def _picked(tensor: Tensor, rows: Sequence[int]) -> Tensor:
    """Return the rows of ``tensor`` in that order, without an index that is copied to the device."""
    return torch.stack([tensor[row] for row in rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class _RowGroup:
    owners: tuple[int, ...]
    is_cond: bool
    context: Tensor
    vector: Tensor | None
    blank_image: bool = False
