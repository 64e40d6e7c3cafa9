"""A hypernetwork that is being trained: small networks before the keys and values of every attention."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer
from torch.utils.hooks import RemovableHandle

from pipelines.adapters.patching.hypernetwork import change_inputs
from pipelines.catalog.hashes import file_sha256
from pipelines.contract.errors import CorruptFile, UnsupportedModel
from pipelines.contract.requests import OwnFiles
from pipelines.contract.training import TrainRequest
from pipelines.families.loading.read import load_pickle
from pipelines.families.model import LoadedModel
from pipelines.families.placement import BACKBONE
from pipelines.families.text import PictureSize
from pipelines.training.archive import write_torch
from pipelines.training.chance import Chance
from pipelines.training.context import TrainingServices
from pipelines.training.dataset import Dataset, TrainingBatch
from pipelines.training.encoding import encode_texts, require_plain_text
from pipelines.training.hypernetwork.network import NetworkPairs, SmallNetwork
from pipelines.training.loss import batch_loss
from pipelines.training.trainee import TraineeNames, set_rate


@dataclass(slots=True, kw_only=True)
class HypernetworkTrainee:
    """See ``Trainee``. Prompts are encoded once, unless their tags change."""

    request: TrainRequest
    services: TrainingServices
    model: LoadedModel
    networks: NetworkPairs
    made: int
    contexts: dict[str, Tensor] = field(default_factory=dict[str, Tensor])
    handles: list[RemovableHandle] = field(default_factory=list[RemovableHandle])
    names: TraineeNames = field(
        default_factory=lambda: TraineeNames(
            word="hypernetwork", folder="hypernetworks", suffix=".pt", losses="hypernetwork_loss.csv"
        )
    )

    @classmethod
    def read(
        cls, path: Path, request: TrainRequest, services: TrainingServices, model: LoadedModel
    ) -> HypernetworkTrainee:
        """The hypernetwork of a file. Raises UnsupportedModel, CorruptFile."""
        require_plain_text(model, "hypernetworks")
        content = load_pickle(path, mapped=False)
        try:
            networks = NetworkPairs.of(content)
        except (ValueError, LookupError, RuntimeError, TypeError, AttributeError) as error:
            raise CorruptFile(
                f"{path.name} can't be trained: {error}", field="target.hypernetwork"
            ) from error
        for pair in networks.pairs.values():
            for network in pair:
                network.to(model.device)
        return cls(
            request=request,
            services=services,
            model=model,
            networks=networks,
            made=int(content.get("step") or 0),
        )

    @property
    def parameters(self) -> Sequence[nn.Parameter]:
        return self.networks.parameters()

    def put_on(self) -> None:
        self.take_off()
        pairs = self.networks.pairs
        for place, module in ((0, "to_k"), (1, "to_v")):
            change = _changing({size: pair[place] for size, pair in pairs.items()})
            self.handles += change_inputs(self.model.backbone, module, change)
        for pair in pairs.values():
            for network in pair:
                network.train()

    def take_off(self) -> None:
        for handle in self.handles:
            handle.remove()
        self.handles.clear()

    def prepare(self, dataset: Dataset) -> None:
        if not self.request.log.lenient:
            self._require_plain()
        for picture in dataset.pictures:
            if picture.text is not None:
                self.contexts[picture.text] = self._encoded((picture.text,))[0]

    def make_optimizer(self, rate: float) -> Optimizer:
        return AdamW(self.parameters, lr=rate)

    def set_rate(self, optimizer: Optimizer, rate: float) -> float:
        return set_rate(optimizer, rate)

    def loss(self, batch: TrainingBatch, chance: Chance) -> Tensor:
        self._require_plain()
        known = [self.contexts[text] for text in batch.texts if text in self.contexts]
        alike = len(known) == len(batch.texts) and len({context.shape for context in known}) == 1
        context = torch.stack(known) if alike else self._encoded(batch.texts)
        self.model.require(BACKBONE)
        return batch_loss(self.model, batch.latents, context, chance, weights=batch.weights)

    def save(self, path: Path, *, name: str) -> None:
        sha256 = self.model.sha256
        record = self.networks.record(
            name=name,
            step=self.made,
            checkpoint_hash=sha256[:10] if sha256 else None,
            checkpoint_name=self.model.name,
        )
        write_torch(path, record, name=path.stem)

    def optimizer_record(self, path: Path, optimizer: Optimizer) -> Mapping[str, Any]:
        state = optimizer.state_dict()
        return {"optimizer_name": "AdamW", "hash": file_sha256(path)[:10], "optimizer_state_dict": state}

    def accepts(self, record: Mapping[str, Any], path: Path) -> bool:
        return record.get("hash") == file_sha256(path)[:10]

    def own_files(self, folder: Path) -> OwnFiles:
        path = folder / f"{self.request.name}.pt"
        self.save(path, name=self.request.name)
        return OwnFiles(hypernetworks=(str(path),))

    def facts(self) -> Mapping[str, Any]:
        shape = self.networks.shape
        return {
            "layer_structure": list(shape.layer_structure),
            "activation_func": shape.activation,
            "weight_init": shape.weight_init,
            "add_layer_norm": shape.layer_norm,
            "use_dropout": shape.use_dropout,
            "hypernetwork_name": self.request.name,
        }

    def _require_plain(self) -> None:
        if self.model.conditioning != "none":
            text = f"{self.model.name} is told of a picture: hypernetworks are trained with plain checkpoints"
            raise UnsupportedModel(text, field="checkpoint")

    def _encoded(self, texts: Sequence[str]) -> Tensor:
        plan = self.request.pictures
        conditioner = self.services.text_conditioner(self.model, ())
        size = PictureSize(width=plan.width, height=plan.height)
        with torch.no_grad():
            return encode_texts(texts, conditioner, self.request.options, size)[0].clone()


def _changing(networks: Mapping[int, SmallNetwork]) -> Callable[[Tensor], Tensor]:
    def change(x: Tensor) -> Tensor:
        network = networks.get(x.shape[-1])
        return x if network is None else x + network(x)

    return change
