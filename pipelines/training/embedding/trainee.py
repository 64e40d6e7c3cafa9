"""A textual inversion that is being trained: its vectors are the only thing that moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from pipelines.contract.errors import CorruptFile, UnsupportedModel
from pipelines.contract.requests import OwnFiles
from pipelines.contract.training import TrainRequest
from pipelines.families.model import LoadedModel
from pipelines.families.placement import BACKBONE
from pipelines.families.text import PictureSize
from pipelines.text.embeddings.files import Embedding, read_embedding
from pipelines.text.encoding.encoded import TextConditioner
from pipelines.training.archive import write_torch
from pipelines.training.chance import Chance
from pipelines.training.context import TrainingServices
from pipelines.training.dataset import Dataset, TrainingBatch
from pipelines.training.embedding.file import checksum, embedding_record
from pipelines.training.encoding import GreyPicture, encode_texts, require_plain_text
from pipelines.training.loss import batch_loss
from pipelines.training.trainee import TraineeNames, set_rate


@dataclass(slots=True, kw_only=True)
class EmbeddingTrainee:
    """See ``Trainee``. ``vectors`` (count, width) in fp32."""

    request: TrainRequest
    services: TrainingServices
    model: LoadedModel
    vectors: nn.Parameter
    made: int
    grey: GreyPicture
    conditioner: TextConditioner | None = None
    names: TraineeNames = field(
        default_factory=lambda: TraineeNames(
            word="embedding", folder="embeddings", suffix=".pt", losses="textual_inversion_loss.csv"
        )
    )

    @classmethod
    def read(
        cls, path: Path, request: TrainRequest, services: TrainingServices, model: LoadedModel
    ) -> EmbeddingTrainee:
        """The embedding of a file. Raises UnsupportedModel, CorruptFile."""
        require_plain_text(model, "embeddings")
        found = read_embedding(path)
        if found is None or found.single is None:
            raise CorruptFile(f"{path.name} holds no embedding that can be trained", field="target.embedding")
        if found.width != model.context_width:
            text = f"{path.stem} has {found.width} channels, {model.name} takes {model.context_width}"
            raise UnsupportedModel(text, field="target.embedding")
        vectors = nn.Parameter(found.single.to(model.device))
        return cls(
            request=request,
            services=services,
            model=model,
            vectors=vectors,
            made=found.step or 0,
            grey=GreyPicture(model),
        )

    @property
    def parameters(self) -> Sequence[nn.Parameter]:
        return (self.vectors,)

    def put_on(self) -> None:
        own = Embedding(name=self.request.name, single=self.vectors, sha256="training")
        self.conditioner = self.services.text_conditioner(self.model, (), (own,))

    def take_off(self) -> None:
        self.conditioner = None

    def prepare(self, dataset: Dataset) -> None:
        """Keep nothing: encodings change at every step."""

    def make_optimizer(self, rate: float) -> Optimizer:
        return AdamW([self.vectors], lr=rate, weight_decay=0.0)

    def set_rate(self, optimizer: Optimizer, rate: float) -> float:
        return set_rate(optimizer, rate)

    def loss(self, batch: TrainingBatch, chance: Chance) -> Tensor:
        assert self.conditioner is not None
        plan = self.request.pictures
        told = self.grey.told(batch.latents, chance.torch)
        size = PictureSize(width=plan.width, height=plan.height)
        context, _ = encode_texts(batch.texts, self.conditioner, self.request.options, size)
        self.model.require(BACKBONE)
        return batch_loss(self.model, batch.latents, context, chance, told=told, weights=batch.weights)

    def save(self, path: Path, *, name: str) -> None:
        write_torch(path, self._record(name), name=path.stem)

    def optimizer_record(self, path: Path, optimizer: Optimizer) -> Mapping[str, Any]:
        return {"hash": checksum(self.vectors), "optimizer_state_dict": optimizer.state_dict()}

    def accepts(self, record: Mapping[str, Any], path: Path) -> bool:
        return record.get("hash") == checksum(self.vectors)

    def own_files(self, folder: Path) -> OwnFiles:
        path = folder / f"{self.request.name}.pt"
        self.save(path, name=self.request.name)
        return OwnFiles(embeddings=(str(path),))

    def facts(self) -> Mapping[str, Any]:
        return {"num_vectors_per_token": len(self.vectors), "embedding_name": self.request.name}

    def _record(self, name: str) -> Mapping[str, Any]:
        sha256 = self.model.sha256
        return embedding_record(
            self.vectors.detach().cpu().clone().requires_grad_(),
            name=name,
            step=self.made,
            checkpoint_hash=sha256[:10] if sha256 else None,
            checkpoint_name=self.model.name,
        )


def initial_vectors(texts_vectors: Tensor, count: int) -> Tensor:
    """Take ``count`` rows out of the m of a text: row i is the text's row i * m // count."""
    rows = [texts_vectors[index * len(texts_vectors) // count] for index in range(count)]
    return torch.stack(rows) if rows else texts_vectors.new_zeros((0, texts_vectors.shape[-1]))
