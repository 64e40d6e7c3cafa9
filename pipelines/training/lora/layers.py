"""peft's layers in a model: made once, put in and taken out, named as kohya's files name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora.layer import LoraLayer
from torch import Tensor, nn

from pipelines.families.model import LoadedModel
from pipelines.families.trained import TrainedPart
from pipelines.training.loss import training_of

ADAPTER = "trained"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraPlace:
    """The place of a layer of peft's: ``name`` in ``parent``, instead of ``base``; ``key`` in files."""

    parent: nn.Module
    name: str
    base: nn.Module
    layer: LoraLayer
    key: str

    def tensors(self) -> tuple[nn.Parameter, nn.Parameter]:
        """Return the down and up weights, (rank, in) and (out, rank); those of convolutions end in sides."""
        down, up = self.layer.lora_A[ADAPTER], self.layer.lora_B[ADAPTER]
        return cast("nn.Parameter", down.weight), cast("nn.Parameter", up.weight)


@dataclass(slots=True, kw_only=True)
class LoraLayers:
    """The layers of one adapter, of backbone and text encoders."""

    backbone: list[LoraPlace] = field(default_factory=list[LoraPlace])
    text: list[LoraPlace] = field(default_factory=list[LoraPlace])

    @property
    def places(self) -> list[LoraPlace]:
        """The places in the backbone, then those in text encoders."""
        return [*self.backbone, *self.text]

    @classmethod
    def make(
        cls, model: LoadedModel, *, rank: int, alpha: float, backbone: bool, text: bool, seed: int
    ) -> LoraLayers:
        """Make new layers, whose up halves are zero; they aren't put into the model yet."""
        made, training = cls(), training_of(model)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            if backbone:
                made.backbone = _inject(training.backbone(model), rank, alpha)
            for part in training.text(model) if text else ():
                made.text += _inject(part, rank, alpha)
        made.take_out()
        return made

    def put_in(self) -> None:
        """Put the layers into the model, which then computes with them."""
        for place in self.places:
            setattr(place.parent, place.name, place.layer)

    def take_out(self) -> None:
        """Put the model's own layers back."""
        for place in self.places:
            setattr(place.parent, place.name, place.base)

    def tensors(self, alpha: float) -> Iterator[tuple[str, Tensor]]:
        """Yield the tensors of a file by kohya's keys."""
        for place in self.places:
            down, up = place.tensors()
            yield f"{place.key}.lora_down.weight", down.detach()
            yield f"{place.key}.lora_up.weight", up.detach()
            yield f"{place.key}.alpha", torch.tensor(alpha)


def _inject(part: TrainedPart, rank: int, alpha: float) -> list[LoraPlace]:
    """peft's layers around those that match; whatever goes wrong, the network has its own layers again."""
    # which layers there are and how they begin is peft's; rounding alpha would change its scale
    config = LoraConfig(r=rank, lora_alpha=cast("int", alpha), target_modules=part.pattern)
    root, training = part.root, part.root.training
    try:
        inject_adapter_in_model(config, root, adapter_name=ADAPTER)
        places = list(_places(root, part.key))
    except BaseException:
        for place in _places(root, str):
            setattr(place.parent, place.name, place.base)
        raise
    finally:
        root.train(training)
        root.__dict__.pop("peft_config", None)
    return places


def _places(root: nn.Module, key: Callable[[str], str]) -> Iterator[LoraPlace]:
    for path, module in list(root.named_modules()):
        if isinstance(module, LoraLayer):
            parent, _, name = path.rpartition(".")
            owner = root.get_submodule(parent)
            yield LoraPlace(parent=owner, name=name, base=module.base_layer, layer=module, key=key(path))
