"""The table of the kinds of work that an engine does, one row each.

An extension adds rows by a module ``kinds`` in its package, which server and engine both load.
"""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from pipelines.contract.batch_group import generation_group
from pipelines.contract.codec import register
from pipelines.contract.preprocessing import PreprocessRequest, PreprocessResult
from pipelines.contract.requests import (
    CaptionRequest,
    EngineRequest,
    ExtrasRequest,
    GenerationRequest,
    LoadCheckpointRequest,
    UnloadRequest,
)
from pipelines.contract.results import (
    CheckpointResult,
    EngineResult,
    ExtrasResult,
    GenerationResult,
    TextResult,
)
from pipelines.contract.training import (
    CreateEmbeddingRequest,
    CreateHypernetworkRequest,
    FileResult,
    TrainRequest,
    TrainResult,
)
from pipelines.contract.work_kind import ToldField, WorkKind


def _route_of(request: GenerationRequest) -> str:
    return "txt2img" if request.img2img is None else "img2img"


def _its_checkpoint(
    request: GenerationRequest | LoadCheckpointRequest | TrainRequest | CreateEmbeddingRequest,
) -> str:
    return request.checkpoint


def _training_of(request: TrainRequest) -> str:
    return f"train-{request.trains}"


def _saved_in(request: GenerationRequest | ExtrasRequest, folder: str) -> EngineRequest:
    return replace(request, output=request.output.below(folder))


def _logged_in(request: TrainRequest, folder: str) -> EngineRequest:
    """Return the run with its log in ``folder``, since a run's log has pictures in it."""
    return replace(request, log=replace(request.log, folder=str(Path(request.log.folder, folder))))


KINDS: dict[type[EngineRequest], WorkKind] = {}
"""Every kind by the type of its request."""


def register_kind(*kinds: WorkKind) -> None:
    """Add kinds, whose requests and results may then cross the queue; the same row twice is one.

    Raises ValueError for another kind of the same request, or another dataclass of the same name.
    """
    for kind in kinds:
        if KINDS.get(kind.request, kind) != kind:
            raise ValueError(f"{kind.request.__name__} is already asked for {KINDS[kind.request].name}")
        register(kind.request, kind.result, *kind.parts)
        KINDS[kind.request] = kind


def kind_of(request: EngineRequest) -> WorkKind:
    """Return the row of a request. Raises TypeError for a request of no registered kind."""
    kind = KINDS.get(type(request))
    if kind is None:
        raise TypeError(f"no kind of work is asked with {type(request).__name__}")
    return kind


def kind_answered(result: EngineResult) -> WorkKind:
    """Return the row of a result, the first if several kinds have that type. Raises TypeError if none has."""
    kind = next((kind for kind in KINDS.values() if kind.result is type(result)), None)
    if kind is None:
        raise TypeError(f"no kind of work answers with {type(result).__name__}")
    return kind


def is_upkeep(label: str) -> bool:
    """True if jobs of this label are the server's own upkeep, not a client's."""
    return any(kind.upkeep and kind.is_labelled(label) for kind in KINDS.values())


def load_kinds(package: str) -> None:
    """Register the rows ``KINDS`` of a package's module ``kinds``, if it has one."""
    if importlib.util.find_spec(f"{package}.kinds") is not None:
        register_kind(*import_module(f"{package}.kinds").KINDS)


register_kind(
    WorkKind(
        name="generate",
        request=GenerationRequest,
        result=GenerationResult,
        run="pipelines.generation.generate:generate",
        label=_route_of,
        labels=("txt2img", "img2img"),
        checkpoint=_its_checkpoint,
        batch_group=generation_group,
        in_folder=_saved_in,
        told=(
            ToldField(of="files", form="links"),
            ToldField(of="info", form="text"),
            ToldField(of="effective", name="effective_parameters"),
        ),
    ),
    WorkKind(
        name="extras",
        request=ExtrasRequest,
        result=ExtrasResult,
        run="pipelines.generation.extras:run_extras",
        in_folder=_saved_in,
    ),
    WorkKind(
        name="interrogate",
        request=CaptionRequest,
        result=TextResult,
        run="pipelines.engine.upkeep:describe_picture",
        told=(ToldField(of="text", name="caption"),),
    ),
    WorkKind(
        name="create-embedding",
        request=CreateEmbeddingRequest,
        result=FileResult,
        run="pipelines.training.create:create_embedding",
        checkpoint=_its_checkpoint,
    ),
    WorkKind(
        name="create-hypernetwork",
        request=CreateHypernetworkRequest,
        result=FileResult,
        run="pipelines.training.create:create_hypernetwork",
    ),
    WorkKind(
        name="train",
        request=TrainRequest,
        result=TrainResult,
        run="pipelines.training.train:train",
        label=_training_of,
        labels=("train-embedding", "train-hypernetwork", "train-lora"),
        checkpoint=_its_checkpoint,
        in_folder=_logged_in,
    ),
    WorkKind(
        name="preprocess",
        request=PreprocessRequest,
        result=PreprocessResult,
        run="pipelines.training.preprocess.work:preprocess",
    ),
    WorkKind(
        name="load",
        request=LoadCheckpointRequest,
        result=CheckpointResult,
        run="pipelines.engine.upkeep:load_checkpoint",
        checkpoint=_its_checkpoint,
        upkeep=True,
    ),
    WorkKind(
        name="unload",
        request=UnloadRequest,
        result=CheckpointResult,
        run="pipelines.engine.upkeep:unload",
        upkeep=True,
        frees=True,
    ),
)
