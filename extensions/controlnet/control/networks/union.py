"""ControlNet Union: one network for several types of map, with the type's number as another input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from torch import Tensor, nn

from extensions.controlnet.control.networks.layout import control_layout, diffusers_config
from extensions.controlnet.control.networks.network import check_fits
from extensions.controlnet.control.networks.union_head import UnionHead
from extensions.controlnet.units.spellings import UnionType
from extensions.controlnet.units.tensor_names import canonical, ldm_name
from pipelines.plugin import InvalidRequest, LoadedModel, fill, heads_of, read_tensors, without_values


@dataclass(slots=True, kw_only=True, eq=False)
class UnionNetwork:
    """A union network on a device: ``head`` for hint and type, ``trunk`` for the rest."""

    path: Path
    head: UnionHead
    trunk: ControlNetModel
    in_channels: int
    dtype: torch.dtype

    def typed(self, kind: UnionType, *, field: str) -> TypedUnion:
        """The network for maps of one type. Raises InvalidRequest for a type that it wasn't trained for."""
        task = None if kind is UnionType.UNKNOWN else list(UnionType).index(kind)
        if task is not None and task >= self.head.types:
            known = ", ".join(member.value for member in list(UnionType)[: self.head.types])
            raise InvalidRequest(
                f"{self.path.stem} has no control type {kind.value}; it has {known} (ProMax files have more)",
                field=field,
            )
        return TypedUnion(network=self, task=task)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedUnion:
    """A union network and the type of its map; ``task`` is the type's number, None if unknown."""

    network: UnionNetwork
    task: int | None
    globally_pooled: bool = False

    def __call__(
        self, x: Tensor, hint: Tensor, timesteps: Tensor, context: Tensor, vector: Tensor | None
    ) -> list[Tensor]:
        """Residuals, as of a plain ControlNet."""
        network, dtype = self.network, self.network.dtype
        for part in (network.head, network.trunk):
            nn.Module.to(part, x.device)
        with torch.no_grad():
            features = network.head.features(hint.to(device=x.device, dtype=dtype), self.task)
            added = network.head.vector(None if vector is None else vector.to(x.device), self.task, dtype)
            skips, middle = network.trunk(
                x[:, : network.in_channels].to(dtype),
                timesteps.to(dtype),
                encoder_hidden_states=context.to(device=x.device, dtype=dtype),
                controlnet_cond=features,
                class_labels=added,
                return_dict=False,
            )
        return [*skips, middle]


def load_union(path: Path, model: LoadedModel, *, field: str) -> UnionNetwork:
    """Read a union network for use with ``model``. Raises CorruptFile, UnsupportedModel."""
    tensors = canonical(read_tensors(path))
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    check_fits(control_layout(shapes), model, path, field)
    return build_union(path, tensors, heads=heads_of(model), dtype=model.precision.unet)


def build_union(
    path: Path, tensors: dict[str, Tensor], *, heads: int | None, dtype: torch.dtype
) -> UnionNetwork:
    """The network of tensors under canonical names; ``heads`` None means 64 channels per head."""
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    layout = control_layout(shapes)
    with without_values():
        head = UnionHead(shapes, layout)
        # what the head computes is added where the vector's embedding would be
        config: dict[str, Any] = {**diffusers_config(layout, heads), "class_embed_type": "identity"}
        trunk = ControlNetModel(**config)
    trunk.register_module("controlnet_cond_embedding", nn.Identity())

    def find(name: str) -> Tensor | None:
        owner, _, kind = name.rpartition(".")
        try:
            return tensors.get(f"{ldm_name(owner, layout.blocks_per_level)}.{kind}")
        except KeyError:
            return tensors.get(name)

    for part in (head, trunk):
        fill(part, find, dtype=dtype, what=f"ControlNet {path.name}")
    return UnionNetwork(path=path, head=head, trunk=trunk, in_channels=layout.in_channels, dtype=dtype)
