"""Where extensions join a generation: pluggy hooks that the engine calls.

An extension is a package in ``extensions/`` whose ``engine`` module defines functions decorated with
``hook``; the built-in extensions use nothing else. Every hook may be left out.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import pluggy
from PIL import Image

from pipelines.contract.control import JobControl
from pipelines.contract.errors import NotFound
from pipelines.contract.requests import ExtensionRequest
from pipelines.contract.results import ExtrasResult
from pipelines.denoising.model_call import CallHook

if TYPE_CHECKING:
    from torch import Tensor

    from pipelines.generation.job import GenerationJob
    from pipelines.generation.reporter import Reporter
    from pipelines.generation.sampling import SamplingPass
    from pipelines.generation.services import Services

PROJECT = "sdapi"
F = TypeVar("F", bound=Callable[..., Any])
PictureHook = Callable[[Image.Image, int], Image.Image]
NoiseHook: TypeAlias = "Callable[[Tensor], Tensor]"

_spec = pluggy.HookspecMarker(PROJECT)
_firstresult = pluggy.HookspecMarker(PROJECT)(firstresult=True)
_impl = pluggy.HookimplMarker(PROJECT)


def hook(function: F) -> F:
    """Mark a function of an extension as a hook."""
    return _impl(function)


class EngineHooks:
    """The hooks and when they are called."""

    @_spec
    def begin_job(self, job: GenerationJob) -> None:
        """Once, with the checkpoint loaded, before anything is made: check arguments, add infotext pairs.

        Raise InvalidRequest for arguments that can't work.
        """

    @_spec
    def begin_pass(self, job: GenerationJob, sampling: SamplingPass) -> CallHook | None:
        """Before every sampling pass (first, hires, per batch): answer what changes its network calls."""

    @_spec
    def noise_hook(self, job: GenerationJob, sampling: SamplingPass) -> NoiseHook | None:
        """Before every sampling pass: answer what changes its initial noise, (batch, C, h, w)."""

    @_spec
    def picture_hook(self, job: GenerationJob) -> PictureHook | None:
        """Answer what changes every decoded picture, before faces, colour correction and overlay."""

    @_spec
    def extra_pictures(self, job: GenerationJob) -> Sequence[Image.Image] | None:
        """Pictures that are appended to the answer (control maps)."""

    @_spec
    def end_job(self, job: GenerationJob) -> None:
        """Once, also after a failure: let go of what the job held."""

    @_firstresult
    def process_pictures(
        self, request: ExtensionRequest, services: Services, control: JobControl, reporter: Reporter
    ) -> ExtrasResult | None:
        """Carry out a request that names the extension; None for a request of another."""


class Hooks:
    """The engine's side of the hooks; with no extensions every answer is empty."""

    def __init__(self, extensions: Sequence[str] = ()) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(EngineHooks)
        for name in extensions:
            self._manager.register(importlib.import_module(f"extensions.{name}.engine"), name=name)

    def register(self, plugin: object) -> None:
        """Add an object whose methods are marked with ``hook``."""
        self._manager.register(plugin)

    def begin_job(self, job: GenerationJob) -> None:
        """See EngineSpec."""
        self._manager.hook.begin_job(job=job)

    def call_hooks(self, job: GenerationJob, sampling: SamplingPass) -> list[CallHook]:
        """What changes the network calls of a pass, in the order of registration."""
        answers: list[CallHook] = self._manager.hook.begin_pass(job=job, sampling=sampling)
        return answers[::-1]

    def noise_hooks(self, job: GenerationJob, sampling: SamplingPass) -> list[NoiseHook]:
        """What changes the initial noise of a pass, in the order of registration."""
        answers: list[NoiseHook] = self._manager.hook.noise_hook(job=job, sampling=sampling)
        return answers[::-1]

    def picture_hooks(self, job: GenerationJob) -> list[PictureHook]:
        """What changes decoded pictures, in the order of registration."""
        answers: list[PictureHook] = self._manager.hook.picture_hook(job=job)
        return answers[::-1]

    def extra_pictures(self, job: GenerationJob) -> list[Image.Image]:
        """Pictures to append to the answer."""
        answers: list[Sequence[Image.Image]] = self._manager.hook.extra_pictures(job=job)
        return [picture for answer in answers[::-1] for picture in answer]

    def end_job(self, job: GenerationJob) -> None:
        """See EngineSpec."""
        self._manager.hook.end_job(job=job)

    def process_pictures(
        self, request: ExtensionRequest, services: Services, control: JobControl, reporter: Reporter
    ) -> ExtrasResult:
        """See EngineSpec. Raises NotFound if no extension answers."""
        answer: ExtrasResult | None = self._manager.hook.process_pictures(
            request=request, services=services, control=control, reporter=reporter
        )
        if answer is None:
            raise NotFound(f"no extension {request.extension} processes pictures")
        return answer
