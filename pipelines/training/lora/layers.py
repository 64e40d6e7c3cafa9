"""peft's layers in a model: made once, put in and taken out, named as kohya's files name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora.layer import LoraLayer
from torch import Tensor, nn

from pipelines.families.clip.encoder import core_of
from pipelines.families.model import LoadedModel
from pipelines.families.sd.unet_names import UNetNames

ADAPTER = "trained"
BACKBONE_LAYERS = (
    r".*attentions\.\d+\.(proj_in|proj_out|transformer_blocks\.\d+\."
    r"(attn[12]\.(to_q|to_k|to_v|to_out\.0)|ff\.net\.(0\.proj|2)))"
)
"""What kohya's scripts train of a UNet: everything linear in its transformers, and the maps around them."""
TEXT_LAYERS = r".*layers\.\d+\.(self_attn\.(q_proj|k_proj|v_proj|out_proj)|mlp\.(fc1|fc2))"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraPlace:
    """Where a layer of peft's goes: ``name`` in ``parent``, in the place of ``base``; ``key`` in files."""

    parent: nn.Module
    name: str
    base: nn.Module
    layer: LoraLayer
    key: str

    def tensors(self) -> tuple[nn.Parameter, nn.Parameter]:
        """(rank, in) and (out, rank), of convolutions with two sides of 1 behind."""
        down, up = self.layer.lora_A[ADAPTER], self.layer.lora_B[ADAPTER]
        return cast("nn.Parameter", down.weight), cast("nn.Parameter", up.weight)


@dataclass(slots=True, kw_only=True)
class LoraLayers:
    """The layers of one adapter, of backbone and text encoders."""

    backbone: list[LoraPlace] = field(default_factory=list[LoraPlace])
    text: list[LoraPlace] = field(default_factory=list[LoraPlace])

    @property
    def places(self) -> list[LoraPlace]:
        """All of them."""
        return [*self.backbone, *self.text]

    @classmethod
    def make(
        cls, model: LoadedModel, *, rank: int, alpha: float, backbone: bool, text: bool, seed: int
    ) -> LoraLayers:
        """New layers, whose up halves are zero; none is in the model yet."""
        made = cls()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            if backbone:
                made.backbone = _inject(model.backbone, BACKBONE_LAYERS, rank, alpha, _unet_keys(model))
            for index, encoder in enumerate(model.text_encoders if text else ()):
                number = str(index + 1) if len(model.text_encoders) > 1 else ""
                core = core_of(encoder.module)
                made.text += _inject(
                    core, TEXT_LAYERS, rank, alpha, _TextKeys(f"lora_te{number}_text_model_")
                )
        made.take_out()
        return made

    def put_in(self) -> None:
        """Let the model compute with them."""
        for place in self.places:
            setattr(place.parent, place.name, place.layer)

    def take_out(self) -> None:
        """Leave the model's own layers."""
        for place in self.places:
            setattr(place.parent, place.name, place.base)

    def tensors(self, alpha: float) -> Iterator[tuple[str, Tensor]]:
        """What a file holds, by kohya's keys."""
        for place in self.places:
            down, up = place.tensors()
            yield f"{place.key}.lora_down.weight", down.detach()
            yield f"{place.key}.lora_up.weight", up.detach()
            yield f"{place.key}.alpha", torch.tensor(alpha)


def _inject(
    root: nn.Module, pattern: str, rank: int, alpha: float, keys: Mapping[str, str] | _TextKeys
) -> list[LoraPlace]:
    """peft's layers around those that match; whatever goes wrong, the network has its own layers again."""
    # which layers there are and how they begin is peft's; rounding alpha would change its scale
    config = LoraConfig(r=rank, lora_alpha=cast("int", alpha), target_modules=pattern)
    training = root.training
    try:
        inject_adapter_in_model(config, root, adapter_name=ADAPTER)
        places = list(_places(root, keys))
    except BaseException:
        for place in _places(root, _TextKeys("")):
            setattr(place.parent, place.name, place.base)
        raise
    finally:
        root.train(training)
        root.__dict__.pop("peft_config", None)
    return places


def _places(root: nn.Module, keys: Mapping[str, str] | _TextKeys) -> Iterator[LoraPlace]:
    for path, module in list(root.named_modules()):
        if isinstance(module, LoraLayer):
            parent, _, name = path.rpartition(".")
            owner = root.get_submodule(parent)
            yield LoraPlace(parent=owner, name=name, base=module.base_layer, layer=module, key=keys[path])


class _TextKeys:
    """Keys of a text encoder: a prefix, and the path with underscores."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __getitem__(self, path: str) -> str:
        return self._prefix + path.replace(".", "_")


class _UNetKeys(_TextKeys):
    """SDXL's files name layers as the original code does, those of SD1 and SD2 as diffusers."""

    def __init__(self, names: UNetNames) -> None:
        super().__init__("lora_unet_")
        self._names = names

    def __getitem__(self, path: str) -> str:
        return super().__getitem__(self._names.ldm(path))


def _unet_keys(model: LoadedModel) -> _TextKeys:
    if model.family.text.vector is None:
        return _TextKeys("lora_unet_")
    config = model.unet.config
    names = UNetNames(
        blocks=int(config["layers_per_block"]),
        up_attention=tuple(str(kind).startswith("CrossAttn") for kind in config["up_block_types"]),
    )
    return _UNetKeys(names)
