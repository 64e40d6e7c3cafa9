"""Write untrained embeddings and hypernetworks."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.training import CreateEmbeddingRequest, CreateHypernetworkRequest, FileResult
from pipelines.denoising.work import Work, pause
from pipelines.families.clip.encoder import core_of
from pipelines.families.model import LoadedModel
from pipelines.families.patches import NO_PATCHES
from pipelines.training.archive import write_torch
from pipelines.training.context import TrainingContext
from pipelines.training.embedding.file import embedding_record
from pipelines.training.embedding.trainee import initial_vectors
from pipelines.training.encoding import require_plain_text
from pipelines.training.hypernetwork.network import NetworkPairs


def create_embedding(request: CreateEmbeddingRequest, context: TrainingContext) -> Work[FileResult]:
    """Write an embedding that begins as a text. Raises InvalidRequest, UnsupportedModel, NotWritten."""
    context.reporter.job("create-embedding", batches=1)
    yield from pause()
    path = Path(request.path)
    _refuse_old(path, overwrite=request.overwrite)
    model = context.services.load_checkpoint(request.checkpoint, request.options)
    require_plain_text(model, "embeddings")
    vectors = _first_vectors(request, model)
    write_torch(path, embedding_record(vectors, name=path.stem, step=0), name=path.stem)
    return FileResult(path=request.path)


def _first_vectors(request: CreateEmbeddingRequest, model: LoadedModel) -> Tensor:
    """(vectors, width) in fp32: the embeddings of the tokens of the text, spread over the rows."""
    model.apply(NO_PATCHES)
    model.require(*(encoder.tower.part for encoder in model.text_encoders))
    encoder = model.family.encoders(model, autocast=False)[0]
    ids = encoder.tokenizer.encode([request.init_text])[0] if request.init_text else []
    if not ids:
        return torch.zeros((request.vectors, encoder.width))
    rows = token_table(model.text_encoders[0].module)[torch.tensor(ids)]
    return initial_vectors(rows, request.vectors)


def token_table(encoder: nn.Module) -> Tensor:
    """Return the vectors of a text encoder's tokens, (tokens, width) in fp32 on the CPU."""
    embeddings = cast("nn.Module", core_of(encoder).embeddings)
    return cast("nn.Embedding", embeddings.token_embedding).weight.detach().float().cpu()


def create_hypernetwork(request: CreateHypernetworkRequest, context: TrainingContext) -> Work[FileResult]:
    """Write a hypernetwork with drawn weights. Raises InvalidRequest, NotWritten."""
    context.reporter.job("create-hypernetwork", batches=1)
    yield from pause()
    path = Path(request.path)
    _refuse_old(path, overwrite=request.overwrite)
    generator = torch.Generator()
    generator.seed()
    pairs = NetworkPairs.new(request.shape, generator)
    record = pairs.record(name=path.stem, step=0, checkpoint_hash=None, checkpoint_name=None)
    write_torch(path, record, name=path.stem)
    return FileResult(path=request.path)


def _refuse_old(path: Path, *, overwrite: bool) -> None:
    if not overwrite and path.exists():
        raise InvalidRequest(f"file {path} already exists", field="path")
