"""The kinds of work that an engine does, one row each: what is asked, what is answered, and what runs.

An extension adds rows by a module ``kinds`` in its package, which server and engine both load.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

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


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkKind:
    """One kind of work.

    ``run``: ``module:function`` of the generator that carries it out; engines import it when it is first
    asked for. ``label``: the word of a request in the store, in job ids and in metrics; ``name`` unless
    given. ``checkpoint``: the file that a request needs, empty if none. ``upkeep``: every engine does it,
    it is no client's job, and it is forgotten at a restart. ``parts``: further dataclasses
    that its request and result are made of.
    """

    name: str
    request: type[EngineRequest]
    result: type[EngineResult]
    run: str
    label: Callable[[Any], str] | None = None
    checkpoint: Callable[[Any], str] | None = None
    upkeep: bool = False
    parts: tuple[type, ...] = ()

    def label_of(self, request: EngineRequest) -> str:
        """The word for a request of this kind."""
        return self.name if self.label is None else self.label(request)

    def checkpoint_of(self, request: EngineRequest) -> str:
        """The checkpoint file that a request needs; empty if none."""
        return "" if self.checkpoint is None else self.checkpoint(request)

    def runner(self) -> Callable[..., Any]:
        """The generator function. Raises ImportError or AttributeError for a row that names none."""
        module, _, function = self.run.partition(":")
        return getattr(import_module(module), function)


def _route_of(request: GenerationRequest) -> str:
    return "txt2img" if request.img2img is None else "img2img"


def _its_checkpoint(
    request: GenerationRequest | LoadCheckpointRequest | TrainRequest | CreateEmbeddingRequest,
) -> str:
    return request.checkpoint


def _training_of(request: TrainRequest) -> str:
    return f"train-{request.trains}"


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
    """The row of a request. Raises TypeError for a request that is of no kind."""
    kind = KINDS.get(type(request))
    if kind is None:
        raise TypeError(f"no kind of work is asked with {type(request).__name__}")
    return kind


def is_upkeep(label: str) -> bool:
    """Whether jobs of this label are no client's."""
    return any(kind.upkeep and kind.name == label for kind in KINDS.values())


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
        checkpoint=_its_checkpoint,
    ),
    WorkKind(
        name="extras",
        request=ExtrasRequest,
        result=ExtrasResult,
        run="pipelines.generation.extras:run_extras",
    ),
    WorkKind(
        name="interrogate",
        request=CaptionRequest,
        result=TextResult,
        run="pipelines.engine.upkeep:describe_picture",
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
        checkpoint=_its_checkpoint,
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
    ),
)
