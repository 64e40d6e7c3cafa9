"""Where extensions join a generation: pluggy hooks that the engine calls.

An extension is a package in ``extensions/`` or ``<data-dir>/extensions`` whose ``engine`` module defines
functions decorated with ``hook``; the built-in extensions use nothing else. Every hook may be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pluggy
from PIL import Image

from pipelines.contract.extension_packages import load_extension
from pipelines.denoising.guidance_hook import GuidanceHook
from pipelines.denoising.model_call import CallHook
from pipelines.denoising.work import Work, settle
from pipelines.sampling.sampler_table import load_samplers
from pipelines.scripting.xyz.axis import Axis

if TYPE_CHECKING:
    from torch import Tensor

    from pipelines.generation.job import GenerationJob
    from pipelines.generation.sampling import SamplingPass

PROJECT = "sdapi"
F = TypeVar("F", bound=Callable[..., Any])
PictureHook: TypeAlias = "Callable[[Image.Image, int], Image.Image | Work[Image.Image]]"
"""Is given a decoded picture and its index in the job; answers another, or work that makes it."""
NoiseHook: TypeAlias = "Callable[[Tensor], Tensor]"

_spec = pluggy.HookspecMarker(PROJECT)
_impl = pluggy.HookimplMarker(PROJECT)


def hook(function: F) -> F:
    """Mark a function of an extension as a hook."""
    return _impl(function)


class EngineHooks:
    """The hooks and when they are called."""

    @_spec
    def begin_job(self, job: GenerationJob) -> Work[None] | None:
        """Once, with the checkpoint loaded, before anything is made; may be work.

        Check arguments, add infotext pairs.

        Raise InvalidRequest for arguments that can't work.
        """

    @_spec
    def begin_pass(self, job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
        """Before every sampling pass (first, hires, per batch): answer what changes its network calls."""

    @_spec
    def noise_hook(self, job: GenerationJob, sampling: SamplingPass) -> NoiseHook | None:
        """Before every sampling pass: answer what changes its initial noise, (batch, C, h, w)."""

    @_spec
    def guidance_hook(self, job: GenerationJob, sampling: SamplingPass) -> GuidanceHook | None:
        """Before every sampling pass: answer what changes how both prompts' predictions are combined."""

    @_spec
    def picture_hook(self, job: GenerationJob) -> PictureHook | None:
        """Answer what changes every decoded picture, before faces, colour correction and overlay."""

    @_spec
    def after_faces(self, job: GenerationJob) -> PictureHook | None:
        """Answer what changes every picture after faces, before colour correction and overlay."""

    @_spec
    def extra_pictures(self, job: GenerationJob) -> Sequence[Image.Image] | None:
        """Pictures that are appended to the answer (control maps)."""

    @_spec
    def end_job(self, job: GenerationJob) -> None:
        """Once, also after a failure: let go of what the job held."""

    @_spec
    def axes(self) -> Sequence[Axis]:  # pyright: ignore[reportReturnType]
        """Axes to add to the X/Y/Z plot; the HTTP side's hook answers the same."""


class Hooks:
    """The engine's side of the hooks; with no extensions every answer is empty."""

    def __init__(self, extensions: Sequence[str] = ()) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(EngineHooks)
        for name in extensions:
            if (module := load_extension(name, "engine", load_samplers)) is not None:
                self._manager.register(module, name=name)

    def register(self, plugin: object) -> None:
        """Add an object whose methods are marked with ``hook``."""
        self._manager.register(plugin)

    def begin_job(self, job: GenerationJob) -> Work[None]:
        """Let every extension begin, in the order of registration."""
        for begun in self._answers("begin_job", job=job):
            yield from settle(begun)

    def call_hooks(self, job: GenerationJob, sampling: SamplingPass) -> list[CallHook]:
        """What changes the network calls of a pass, in the order of registration."""
        return self._answers("begin_pass", job=job, sampling=sampling)

    def noise_hooks(self, job: GenerationJob, sampling: SamplingPass) -> list[NoiseHook]:
        """What changes the initial noise of a pass, in the order of registration."""
        return self._answers("noise_hook", job=job, sampling=sampling)

    def guidance_hooks(self, job: GenerationJob, sampling: SamplingPass) -> list[GuidanceHook]:
        """What changes the guidance of a pass, in the order of registration."""
        return self._answers("guidance_hook", job=job, sampling=sampling)

    def picture_hooks(self, job: GenerationJob) -> list[PictureHook]:
        """What changes decoded pictures, in the order of registration."""
        return self._answers("picture_hook", job=job)

    def face_hooks(self, job: GenerationJob) -> list[PictureHook]:
        """What changes pictures after faces were restored, in the order of registration."""
        return self._answers("after_faces", job=job)

    def extra_pictures(self, job: GenerationJob) -> list[Image.Image]:
        """Pictures to append to the answer."""
        return [picture for answer in self._answers("extra_pictures", job=job) for picture in answer]

    def axes(self) -> tuple[Axis, ...]:
        """Axes to add to the X/Y/Z plot, in the order of registration."""
        return tuple(axis for answer in self._answers("axes") for axis in answer)

    def end_job(self, job: GenerationJob) -> None:
        """Let every extension end."""
        self._answers("end_job", job=job)

    def _answers(self, name: str, **arguments: object) -> list[Any]:
        """What the extensions answer to a hook, in the order of registration (pluggy's is the reverse)."""
        return getattr(self._manager.hook, name)(**arguments)[::-1]
