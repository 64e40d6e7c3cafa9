"""A LoRA that is being trained, in peft's layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from pipelines.contract.requests import OwnFiles
from pipelines.contract.training import LoraTarget, TrainRequest
from pipelines.families.model import LoadedModel
from pipelines.families.placement import BACKBONE
from pipelines.families.text import PictureSize
from pipelines.training.chance import Chance
from pipelines.training.context import TrainingServices
from pipelines.training.dataset import Dataset, TrainingBatch
from pipelines.training.encoding import GreyPicture, encode_texts
from pipelines.training.lora.file import lora_metadata, write_lora
from pipelines.training.lora.layers import LoraLayers
from pipelines.training.lora.schedule import factor
from pipelines.training.loss import batch_loss, noise_of
from pipelines.training.trainee import TraineeNames

Heard = tuple[Tensor, Tensor | None]
"""Context and vector of one text, without the row."""


@dataclass(slots=True, kw_only=True)
class LoraTrainee:
    """See ``Trainee``. Prompts are encoded once, unless their tags or their encoders change."""

    request: TrainRequest
    target: LoraTarget
    services: TrainingServices
    model: LoadedModel
    layers: LoraLayers
    grey: GreyPicture
    made: int = 0
    known: dict[str, Heard] = field(default_factory=dict[str, Heard])
    words: Counter[str] = field(default_factory=Counter[str])
    pictures: int = 0
    names: TraineeNames = field(
        default_factory=lambda: TraineeNames(
            word="lora", folder="loras", suffix=".safetensors", losses="lora_loss.csv"
        )
    )

    @classmethod
    def begin(
        cls, target: LoraTarget, request: TrainRequest, services: TrainingServices, model: LoadedModel
    ) -> LoraTrainee:
        """Make an untrained LoRA for the model. Raises UnsupportedModel."""
        noise_of(model)
        model.require(BACKBONE, *(encoder.tower.part for encoder in model.text_encoders))
        layers = LoraLayers.make(
            model,
            rank=target.rank,
            alpha=target.alpha,
            backbone=target.unet,
            text=target.text_encoder_rate > 0,
            seed=request.seed,
        )
        grey = GreyPicture(model)
        return cls(request=request, target=target, services=services, model=model, layers=layers, grey=grey)

    @property
    def parameters(self) -> Sequence[nn.Parameter]:
        return [tensor for place in self.layers.places for tensor in place.tensors()]

    @property
    def velocity(self) -> bool:
        """True if the network is trained to predict v rather than the noise."""
        wanted = self.target.prediction or noise_of(self.model).predicts
        return wanted == "v_prediction"

    def put_on(self) -> None:
        self.layers.put_in()

    def take_off(self) -> None:
        self.layers.take_out()

    def prepare(self, dataset: Dataset) -> None:
        self.pictures = len(dataset.pictures)
        for picture in dataset.pictures:
            self.words.update(tag.strip() for tag in picture.words.split(","))
            if picture.text is not None and not self.target.text_encoder_rate:
                with torch.no_grad():
                    context, vector = self._encoded((picture.text,))
                self.known[picture.text] = context[0].clone(), None if vector is None else vector[0].clone()

    def make_optimizer(self, rate: float) -> Optimizer:
        groups = [
            {"params": [tensor for place in places for tensor in place.tensors()], "share": share}
            for places, share in (
                (self.layers.backbone, None),
                (self.layers.text, self.target.text_encoder_rate),
            )
            if places
        ]
        return AdamW(groups, lr=rate, weight_decay=self.target.weight_decay)

    def set_rate(self, optimizer: Optimizer, rate: float) -> float:
        target, total = self.target, self.request.steps.steps
        for group in optimizer.param_groups:
            own = rate if group["share"] is None else group["share"]
            group["lr"] = own * factor(
                target.rate_schedule,
                self.made,
                total=total,
                warmup=target.warmup,
                cycles=target.cycles,
                rate=own,
            )
        return float(optimizer.param_groups[0]["lr"])

    def loss(self, batch: TrainingBatch, chance: Chance) -> Tensor:
        context, vector = self._heard(batch.texts)
        self.model.require(BACKBONE)
        return batch_loss(
            self.model,
            batch.latents,
            context,
            chance,
            vector=vector,
            told=self.grey.told(batch.latents, chance.torch),
            weights=batch.weights,
            noise_offset=self.target.noise_offset,
            v_prediction=self.velocity,
            weigh=self._weigh if self.target.min_snr else None,
        )

    def save(self, path: Path, *, name: str) -> None:
        metadata = lora_metadata(
            self.request,
            self.target,
            self.model,
            made=self.made,
            words=self.words,
            pictures=self.pictures,
            velocity=self.velocity,
        )
        tensors = dict(self.layers.tensors(self.target.alpha))
        write_lora(path, tensors, {**metadata, "ss_output_name": name}, precision=self.target.precision)

    def optimizer_record(self, path: Path, optimizer: Optimizer) -> Mapping[str, Any]:
        return {"optimizer_name": "AdamW", "optimizer_state_dict": optimizer.state_dict()}

    def accepts(self, record: Mapping[str, Any], path: Path) -> bool:
        """Refuse every record: a LoRA always begins untrained."""
        return False

    def own_files(self, folder: Path) -> OwnFiles:
        path = folder / f"{self.request.name}.safetensors"
        self.save(path, name=self.request.name)
        return OwnFiles(networks=(str(path),))

    def facts(self) -> Mapping[str, Any]:
        target = self.target
        return {
            "network_dim": target.rank,
            "network_alpha": target.alpha,
            "train_unet": target.unet,
            "text_encoder_lr": target.text_encoder_rate,
            "lr_scheduler": target.rate_schedule,
            "lr_warmup_steps": target.warmup,
            "weight_decay": target.weight_decay,
            "min_snr_gamma": target.min_snr,
            "noise_offset": target.noise_offset,
            "lora_name": self.request.name,
        }

    def _heard(self, texts: Sequence[str]) -> tuple[Tensor, Tensor | None]:
        found = [self.known[text] for text in texts if text in self.known]
        if len(found) < len(texts) or len({context.shape for context, _ in found}) > 1:
            with torch.set_grad_enabled(self.target.text_encoder_rate > 0):
                return self._encoded(texts)
        vectors = [vector for _, vector in found if vector is not None]
        return torch.stack([context for context, _ in found]), torch.stack(vectors) if vectors else None

    def _encoded(self, texts: Sequence[str]) -> tuple[Tensor, Tensor | None]:
        plan = self.request.pictures
        conditioner = self.services.text_conditioner(self.model, ())
        size = PictureSize(width=plan.width, height=plan.height)
        return encode_texts(texts, conditioner, self.request.options, size)

    def _weigh(self, errors: Tensor, signal: Tensor) -> Tensor:
        """Errors where little noise was added count less (min-SNR, Hang et al. 2023)."""
        ratio = signal / (1 - signal)
        bounded = ratio.clamp(max=self.target.min_snr)
        return errors * bounded / (ratio + 1 if self.velocity else ratio)
