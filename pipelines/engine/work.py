"""Which generator carries out which kind of request."""

from __future__ import annotations

from pipelines.contract.control import JobControl
from pipelines.contract.requests import (
    CaptionRequest,
    EngineRequest,
    ExtensionRequest,
    ExtrasRequest,
    GenerationRequest,
    LoadCheckpointRequest,
)
from pipelines.contract.results import CheckpointResult, EngineResult, TextResult
from pipelines.denoising.model_call import Work
from pipelines.generation.extras import run_extras
from pipelines.generation.generate import generate
from pipelines.generation.reporter import Reporter
from pipelines.generation.services import Services


def begin(
    request: EngineRequest, services: Services, control: JobControl, reporter: Reporter
) -> Work[EngineResult]:
    """The computation that answers ``request``."""
    if isinstance(request, GenerationRequest):
        return (yield from generate(request, services, control, reporter))
    if isinstance(request, ExtensionRequest):
        return services.hooks.process_pictures(request, services, control, reporter)
    if isinstance(request, ExtrasRequest):
        return run_extras(request, services, control, reporter)
    if isinstance(request, CaptionRequest):
        reporter.job("interrogate", batches=1)
        return TextResult(text=services.interrogate(request))
    if isinstance(request, LoadCheckpointRequest):
        model = services.load_checkpoint(request.checkpoint, request.options)
        return CheckpointResult(checkpoint=request.checkpoint, sha256=model.sha256)
    services.unload()
    return CheckpointResult(checkpoint="")
