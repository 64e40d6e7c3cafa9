"""A loaded ControlNet: weights from a file in diffusers' class, evaluated like the UNet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from torch import Tensor, nn

from extensions.controlnet.control.networks.borrowed import with_unet
from extensions.controlnet.control.networks.layout import ControlLayout, control_layout, diffusers_config
from extensions.controlnet.units.tensor_names import canonical, ldm_name
from pipelines.plugin import (
    CorruptFile,
    LoadedModel,
    UnsupportedModel,
    fill,
    heads_of,
    read_tensors,
    without_values,
)

DIFFERENCE = "difference"
"""Marks files that hold the network's distance from the UNet it was made from."""


@dataclass(slots=True, kw_only=True, eq=False)
class ControlNetwork:
    """One ControlNet on a device. ``globally_pooled``: its residuals are averaged over space."""

    path: Path
    layout: ControlLayout
    module: ControlNetModel
    dtype: torch.dtype
    globally_pooled: bool

    def __call__(
        self, x: Tensor, hint: Tensor, timesteps: Tensor, context: Tensor, vector: Tensor | None
    ) -> list[Tensor]:
        """Residuals of the skips, shallowest first, then the middle's.

        x (B, C, h, w), hint (1, 3, 8h, 8w), timesteps (B,), context (B, T, width), vector (B, width).
        """
        nn.Module.to(self.module, x.device)
        if self.layout.vector_width is None:
            vector = None
        with torch.no_grad():
            skips, middle = self.module(
                x[:, : self.layout.in_channels].to(self.dtype),
                timesteps.to(self.dtype),
                encoder_hidden_states=context.to(device=x.device, dtype=self.dtype),
                controlnet_cond=hint.to(device=x.device, dtype=self.dtype).expand(len(x), -1, -1, -1),
                class_labels=None if vector is None else vector.to(device=x.device, dtype=self.dtype),
                return_dict=False,
            )
        residuals: Sequence[Tensor] = (*skips, middle)
        return list(residuals)

    def bytes(self) -> int:
        """Size of the weights."""
        return sum(p.nbytes for p in self.module.parameters())


def load_control_network(path: Path, model: LoadedModel, *, field: str) -> ControlNetwork:
    """Read a ControlNet for use with ``model``. Raises CorruptFile, UnsupportedModel."""
    return build_control_network(path, canonical(read_tensors(path)), model, field=field)


def build_control_network(
    path: Path, tensors: Mapping[str, Tensor], model: LoadedModel, *, field: str
) -> ControlNetwork:
    """The network of tensors under canonical names. Raises CorruptFile, UnsupportedModel."""
    if DIFFERENCE in tensors:
        tensors = with_unet(tensors, model)
    layout = control_layout({name: tuple(tensor.shape) for name, tensor in tensors.items()})
    check_fits(layout, model, path, field)
    with without_values():
        module = ControlNetModel(**diffusers_config(layout, heads_of(model)))

    def find(name: str) -> Tensor | None:
        owner, _, kind = name.rpartition(".")
        return tensors.get(f"{ldm_name(owner, layout.blocks_per_level)}.{kind}")

    dtype = model.precision.unet
    try:
        fill(module, find, dtype=dtype, what=f"ControlNet {path.name}")
    except KeyError as error:
        raise CorruptFile(f"{path.name} has no counterpart of {error}") from error
    pooled = "shuffle" in path.stem.lower() and layout.vector_width is None
    return ControlNetwork(path=path, layout=layout, module=module, dtype=dtype, globally_pooled=pooled)


def check_fits(layout: ControlLayout, model: LoadedModel, path: Path, field: str) -> None:
    """Raise UnsupportedModel unless widths agree with the checkpoint's; the original fails in the network."""
    widths = tuple(int(w) for w in model.unet.config["block_out_channels"])
    context = layout.context_width in (None, model.context_width)
    vector = layout.vector_width == model.unet.config["projection_class_embeddings_input_dim"]
    if layout.widths != widths or not context or not vector:
        raise different_base(path, model, field)


def different_base(path: Path, model: LoadedModel, field: str) -> UnsupportedModel:
    """The error for a file that can't work with ``model``."""
    return UnsupportedModel(
        f"ControlNet model {path.stem} is not compatible with sd model {model.name}: "
        "they are made for different base models",
        field=field,
    )
