"""The short kinds of work: describe a picture, load a checkpoint, free the device."""

from __future__ import annotations

from pipelines.contract.requests import CaptionRequest, LoadCheckpointRequest, UnloadRequest
from pipelines.contract.results import CheckpointResult, TextResult
from pipelines.denoising.work import Work, pause, paused
from pipelines.generation.context import WorkContext


def describe_picture(request: CaptionRequest, context: WorkContext) -> Work[TextResult]:
    """Caption a picture. Raises MissingWeights."""
    context.reporter.job("interrogate", batches=1)
    yield from pause()
    caption = yield from paused(context.services.interrogator.describe(request))
    return TextResult(text=caption)


def load_checkpoint(request: LoadCheckpointRequest, context: WorkContext) -> Work[CheckpointResult]:
    """Make a checkpoint resident. Raises SdapiError for a file that can't be loaded."""
    yield from pause()
    model = context.services.load_checkpoint(request.checkpoint, request.options)
    return CheckpointResult(checkpoint=request.checkpoint, sha256=model.sha256)


def unload(request: UnloadRequest, context: WorkContext) -> Work[CheckpointResult]:
    """Let every model go."""
    yield from pause()
    context.services.unload()
    return CheckpointResult(checkpoint="")
