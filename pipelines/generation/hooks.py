"""The hooks by which extensions join a generation, called by the engine through pluggy.

An extension is a package in ``extensions/`` or ``<data-dir>/extensions`` whose ``engine`` module defines
functions decorated with ``hook`` or ``early_hook``; the built-in extensions use nothing else. Every hook may
be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pluggy
from PIL import Image

from pipelines.denoising.guidance_hook import GuidanceHook, GuidedHook
from pipelines.denoising.model_call import CallHook
from pipelines.denoising.work import Work, settle
from pipelines.extending.extension_hooks import answer_of, answers_of_each, items_of_each, join
from pipelines.extending.extension_packages import load_extension, with_built_in
from pipelines.sampling.sampler_table import load_samplers
from pipelines.scripting.axis import Axis

if TYPE_CHECKING:
    from torch import Tensor

    from pipelines.denoising.denoiser import Predictor, Prompts, Switch
    from pipelines.families.model import LoadedModel
    from pipelines.families.patches import Patches
    from pipelines.generation.batch import Img2imgStart
    from pipelines.generation.job import GenerationJob
    from pipelines.generation.plan import Plan
    from pipelines.generation.sampling_pass import Mask, SamplingPass
    from pipelines.sampling.noise.image_rng import ImageRNG
    from pipelines.sampling.sampling_plan import SamplingPlan
    from pipelines.text.infotext.write import Value

PROJECT = "sdapi"
F = TypeVar("F", bound=Callable[..., Any])
PictureHook: TypeAlias = "Callable[[Image.Image, int], Image.Image | Work[Image.Image]]"
"""A function of a decoded picture and its index in the job that returns another, or work that makes it."""
Pairs: TypeAlias = "Mapping[str, Value]"
"""Infotext pairs; None leaves one out."""
NoiseHook: TypeAlias = "Callable[[Tensor], Tensor | Work[Tensor]]"
"""A function of a pass's initial noise that returns other noise, or work that makes it."""
RngHook: TypeAlias = "Callable[[ImageRNG], ImageRNG]"
"""A function of the fresh noise streams of a batch that returns others for the same seeds."""
PatchHook: TypeAlias = "Callable[[Patches], Patches]"
"""A function of the patches of a pass so far that returns them with its own changes."""
PromptsHook: TypeAlias = "Callable[[Prompts], Prompts | Work[Prompts]]"
"""A function of the encoded prompts of a pass that returns them changed, or work that does."""
MaskHook: TypeAlias = "Callable[[Tensor, Tensor], Mask]"
"""A function of clean latents (batch, C, h, w) and a mask (C or 1, h, w) in 0..1 that returns their blend."""
Overlays: TypeAlias = "Sequence[tuple[Image.Image, Image.Image]]"
"""An overlay with a hole, and the mask of that hole, for each picture of a batch."""
MakePredictor: TypeAlias = "Callable[[LoadedModel, bool], Predictor | Work[Predictor]]"
"""A function of a model that encodes a pass's prompts, under their networks or (True) under none."""

_spec = pluggy.HookspecMarker(PROJECT)
_impl = pluggy.HookimplMarker(PROJECT)


def hook(function: F) -> F:
    """Mark a function of an extension as a hook."""
    return _impl(function)


def early_hook(function: F) -> F:
    """Mark a hook that comes before those of all other extensions, which see what it changes."""
    return _impl(trylast=True)(function)  # answers are taken in the reverse of pluggy's order


class EngineHooks:
    """The hooks that an extension may define, each with the moment at which it is called."""

    @_spec
    def plan_hook(self, job: GenerationJob) -> Plan | Work[Plan] | None:
        """Once, with the checkpoint loaded, before ``begin_job``: answer another plan; may be work.

        Texts, seeds and counts may differ; the limits are the extension's to check.
        """

    @_spec
    def begin_job(self, job: GenerationJob) -> Work[None] | None:
        """Once, with the checkpoint loaded, before anything is made; may be work.

        Check arguments, add infotext pairs.

        Raise InvalidRequest for arguments that can't work.
        """

    @_spec
    def begin_pass(
        self, job: GenerationJob, sampling: SamplingPass
    ) -> CallHook | Work[CallHook | None] | None:
        """Before every sampling pass (first, hires, per batch): answer what changes its model calls.

        May be work.
        """

    @_spec
    def patch_hook(self, job: GenerationJob, sampling: SamplingPass) -> PatchHook | None:
        """Before prompts are read for a network of a pass: answer what changes its patches."""

    @_spec
    def prompts_hook(self, job: GenerationJob, sampling: SamplingPass) -> PromptsHook | None:
        """After prompts were read for a network of a pass: answer what changes their encodings."""

    @_spec
    def switch_hook(
        self, job: GenerationJob, sampling: SamplingPass, plan: SamplingPlan, make: MakePredictor
    ) -> Switch | None:
        """Before every sampling pass: answer what may swap the network in its midst; the first answer counts.

        ``make`` answers the predictor of another model for this pass.
        """

    @_spec
    def mask_hook(self, job: GenerationJob) -> MaskHook | None:
        """Once for a request with a mask: answer what blends in place of a hard mask.

        The first answer counts; the mask's values aren't rounded then.
        """

    @_spec
    def overlay_hook(
        self, job: GenerationJob, start: Img2imgStart, latents: Tensor
    ) -> Overlays | Work[Overlays | None] | None:
        """After a batch of a request with a mask, (batch, C, h, w): overlays of its pictures; may be work.

        The first answer counts.
        """

    @_spec
    def rng_hook(self, job: GenerationJob, batch_index: int) -> RngHook | None:
        """Before every sampling pass of a batch: answer what changes its noise streams."""

    @_spec
    def noise_hook(self, job: GenerationJob, sampling: SamplingPass) -> NoiseHook | None:
        """Before every sampling pass: answer what changes its initial noise, (batch, C, h, w)."""

    @_spec
    def guidance_hook(self, job: GenerationJob, sampling: SamplingPass) -> GuidanceHook | None:
        """Before every sampling pass: answer what changes how both prompts' predictions are combined."""

    @_spec
    def guided_hook(self, job: GenerationJob, sampling: SamplingPass) -> GuidedHook | None:
        """Before every sampling pass: answer what changes the combined prediction."""

    @_spec
    def picture_hook(self, job: GenerationJob) -> PictureHook | None:
        """Answer what changes every decoded picture, before faces, colour correction and overlay."""

    @_spec
    def after_faces(self, job: GenerationJob) -> PictureHook | None:
        """Answer what changes every picture after faces, before colour correction and overlay."""

    @_spec
    def extra_pictures(
        self, job: GenerationJob
    ) -> Sequence[Image.Image] | Work[Sequence[Image.Image] | None] | None:
        """Pictures that are appended to the answer (control maps); may be work."""

    @_spec
    def placed_pairs(self, job: GenerationJob, index: int) -> Pairs | None:
        """Infotext pairs of picture ``index`` that have a place of their own in A1111's order.

        Unlike those that are added to the job they aren't in the info object.
        """

    @_spec
    def end_job(self, job: GenerationJob) -> None:
        """Once, also after a failure: let go of what the job held."""

    @_spec
    def axes(self) -> Sequence[Axis]:  # pyright: ignore[reportReturnType]
        """Axes to add to the X/Y/Z plot; the HTTP side's hook answers the same."""


class Hooks:
    """The engine's side of the hooks: calls those of the built-in extensions and of the named ones."""

    def __init__(self, extensions: Sequence[str] = ()) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(EngineHooks)
        for name in with_built_in(extensions):
            load_extension(name, "engine", load_samplers, join=partial(join, self._manager, name=name))

    def register(self, plugin: object) -> None:
        """Add an object whose methods are marked with ``hook``. Raises PluginValidationError."""
        join(self._manager, plugin)

    def planned(self, job: GenerationJob) -> Work[GenerationJob]:
        """Return the job as extensions plan it; each gets the plan of those before it."""
        for implementation in self._manager.hook.plan_hook.get_hookimpls():
            plan = yield from settle(answer_of(implementation, job=job))
            job = job if plan is None else replace(job, plan=plan)
        return job

    def begin_job(self, job: GenerationJob) -> Work[None]:
        """Let every extension begin, in the order of registration."""
        for begun in self._answers("begin_job", job=job):
            yield from settle(begun)

    def call_hooks(self, job: GenerationJob, sampling: SamplingPass) -> Work[list[CallHook]]:
        """Return the hooks that change the model calls of a pass, in the order of registration."""
        return (yield from _settled(self._answers("begin_pass", job=job, sampling=sampling)))

    def patch_hooks(self, job: GenerationJob, sampling: SamplingPass) -> list[PatchHook]:
        """Return the hooks that change the patches of a pass, in the order of registration."""
        return self._answers("patch_hook", job=job, sampling=sampling)

    def prompts_hooks(self, job: GenerationJob, sampling: SamplingPass) -> list[PromptsHook]:
        """Return the hooks that change the encodings of a pass, in the order of registration."""
        return self._answers("prompts_hook", job=job, sampling=sampling)

    def switch(
        self, job: GenerationJob, sampling: SamplingPass, plan: SamplingPlan, make: MakePredictor
    ) -> Switch | None:
        """Return the first hook that may swap the network of a pass in its midst; None without one."""
        answers: list[Switch] = self._answers("switch_hook", job=job, sampling=sampling, plan=plan, make=make)
        return answers[0] if answers else None

    def mask(self, job: GenerationJob) -> MaskHook | None:
        """Return the first hook that blends in place of a hard mask; None without one."""
        answers: list[MaskHook] = self._answers("mask_hook", job=job)
        return answers[0] if answers else None

    def overlays(self, job: GenerationJob, start: Img2imgStart, latents: Tensor) -> Work[Overlays | None]:
        """Return the first overlays that an extension makes in place of a hard mask's; None without any."""
        for answer in self._answers("overlay_hook", job=job, start=start, latents=latents):
            overlays: Overlays | None = yield from settle(answer)
            if overlays is not None:
                return overlays
        return None

    def rng_hooks(self, job: GenerationJob, batch_index: int) -> list[RngHook]:
        """Return the hooks that change the noise streams of a batch, in the order of registration."""
        return self._answers("rng_hook", job=job, batch_index=batch_index)

    def noise_hooks(self, job: GenerationJob, sampling: SamplingPass) -> list[NoiseHook]:
        """Return the hooks that change the initial noise of a pass, in the order of registration."""
        return self._answers("noise_hook", job=job, sampling=sampling)

    def guidance_hooks(self, job: GenerationJob, sampling: SamplingPass) -> list[GuidanceHook]:
        """Return the hooks that change the guidance of a pass, in the order of registration."""
        return self._answers("guidance_hook", job=job, sampling=sampling)

    def guided_hooks(self, job: GenerationJob, sampling: SamplingPass) -> list[GuidedHook]:
        """Return the hooks that change the combined prediction, in the order of registration."""
        return self._answers("guided_hook", job=job, sampling=sampling)

    def picture_hooks(self, job: GenerationJob) -> list[PictureHook]:
        """Return the hooks that change decoded pictures, in the order of registration."""
        return self._answers("picture_hook", job=job)

    def face_hooks(self, job: GenerationJob) -> list[PictureHook]:
        """Return the hooks that change pictures after faces, in the order of registration."""
        return self._answers("after_faces", job=job)

    def extra_pictures(self, job: GenerationJob) -> Work[list[Image.Image]]:
        """Collect the pictures to append to the answer."""
        answers = yield from _settled(self._answers("extra_pictures", job=job))
        return [picture for answer in answers for picture in answer]

    def placed_pairs(self, job: GenerationJob, index: int) -> dict[str, Value]:
        """Collect the infotext pairs of a picture that have a place of their own."""
        answers: list[Pairs] = self._answers("placed_pairs", job=job, index=index)
        return {name: value for answer in answers for name, value in answer.items()}

    def axes(self) -> tuple[Axis, ...]:
        """Collect axes for the X/Y/Z plot, in the order of registration; an extension that fails has none."""
        return tuple(items_of_each(self._manager, "axes", Axis))

    def end_job(self, job: GenerationJob) -> None:
        """Let every extension end, even after one that fails."""
        for _ in answers_of_each(self._manager, "end_job", job=job):
            pass

    def _answers(self, name: str, **arguments: object) -> list[Any]:
        """Call a hook; return the answers in the order of registration (pluggy's is the reverse)."""
        return getattr(self._manager.hook, name)(**arguments)[::-1]


def _settled(answers: Sequence[Any]) -> Work[list[Any]]:
    """Carry out answers that are work; return all in their order, without None."""
    found: list[Any] = []
    for answer in answers:
        made = yield from settle(answer)
        if made is not None:
            found.append(made)
    return found
