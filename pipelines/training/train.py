"""A training run from request to result: read the pictures, step, save, show, end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines.contract.errors import SdapiError
from pipelines.contract.training import (
    EmbeddingTarget,
    HypernetworkTarget,
    LoraTarget,
    TrainRequest,
    TrainResult,
)
from pipelines.denoising.work import Work, pause
from pipelines.families.model import LoadedModel
from pipelines.families.patches import NO_PATCHES
from pipelines.training.chance import Chance
from pipelines.training.context import TrainingContext, TrainingServices
from pipelines.training.dataset import read_dataset
from pipelines.training.embedding.trainee import EmbeddingTrainee
from pipelines.training.hypernetwork.trainee import HypernetworkTrainee
from pipelines.training.journal import Journal
from pipelines.training.lora.trainee import LoraTrainee
from pipelines.training.memory import TrainingRoom, lean
from pipelines.training.resume import RunFolder
from pipelines.training.run import TrainingRun
from pipelines.training.trainee import Trainee


def train(request: TrainRequest, context: TrainingContext) -> Work[TrainResult]:
    """Train until the steps are made, the rates end, or the job is interrupted. Raises SdapiError."""
    context.reporter.job(f"train-{request.trains}")
    yield from pause()
    warnings: list[str] = []
    folder = RunFolder(context.services.settings.folders, request.run)
    try:
        result = yield from _train(request, context, folder, warnings.append)
    except SdapiError:
        folder.clear()
        raise
    folder.clear()
    return TrainResult(
        path=result.path, step=result.step, loss=result.loss, warnings=tuple(dict.fromkeys(warnings))
    )


def _train(
    request: TrainRequest, context: TrainingContext, folder: RunFolder, warn: Callable[[str], None]
) -> Work[TrainResult]:
    services, steps = context.services, request.steps
    context.reporter.stage("load")
    model = services.load_checkpoint(request.checkpoint, request.options, warn)
    model.apply(NO_PATCHES)
    trainee = make_trainee(request, services, model)
    if trainee.made >= steps.steps:
        return TrainResult(path=request.target.path, step=trainee.made)
    room = TrainingRoom(
        request=request, model=model, parameters=trainee.parameters, budget=services.residency.budget
    )
    room.require(request.pictures.width, request.pictures.height)
    context.reporter.job(f"train-{request.trains}", batches=steps.steps)
    context.reporter.text(f"Preparing dataset from {request.pictures.folder_as_sent}...")
    yield from pause()
    chance = Chance(request.seed)
    limits = services.settings.limits
    dataset = read_dataset(request.pictures, model, chance, name=request.name, limits=limits)
    room.require(*dataset.largest(model.latents.cell))
    run = TrainingRun(
        request=request,
        context=context,
        model=model,
        trainee=trainee,
        dataset=dataset,
        chance=chance,
        journal=Journal.begin(request, trainee.names),
        folder=folder,
        warn=warn,
    )
    context.reporter.stage("train")
    try:
        with lean(model):
            return (yield from run.go())
    finally:
        trainee.take_off()
        if context.control.cancelled:
            folder.clear()


def make_trainee(request: TrainRequest, services: TrainingServices, model: LoadedModel) -> Trainee:
    """Read what the request trains from its file, or make a new LoRA. Raises SdapiError."""
    target = request.target
    match target:
        case EmbeddingTarget():
            return EmbeddingTrainee.read(Path(target.path), request, services, model)
        case HypernetworkTarget():
            return HypernetworkTrainee.read(Path(target.path), request, services, model)
        case LoraTarget():
            return LoraTrainee.begin(target, request, services, model)
