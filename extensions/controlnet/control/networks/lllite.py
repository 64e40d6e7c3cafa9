"""ControlNet-LLLite: small modules that change the inputs of the UNet's attention projections.

Names and architecture as kohya-ss/sd-scripts (Apache-2.0) writes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from extensions.controlnet.control.networks.network import different_base
from pipelines.plugin import CorruptFile, InvalidRequest, LoadedModel, UNetNames, read_tensors

PREFIX = "lllite_unet_"
REQUIRED = ("conditioning1.0", "down.0", "mid.0", "up.0")


@dataclass(slots=True, kw_only=True, eq=False)
class LLLiteNetwork:
    """For each of the UNet's projections (by diffusers' path) the tensors of its module.

    ``cell``: pixels along the side of a latent cell.
    """

    path: Path
    modules: Mapping[str, Mapping[str, Tensor]]
    dtype: torch.dtype
    cell: int

    def embeddings(self, hint: Tensor) -> dict[str, Tensor]:
        """Hint (1, 3, H, W) in 0..1 -> per projection (1, h * w, C)."""
        return {name: self._embed(tensors, hint) for name, tensors in self.modules.items()}

    def _embed(self, tensors: Mapping[str, Tensor], hint: Tensor) -> Tensor:
        first = tensors["conditioning1.0.weight"]
        x, shrink = (hint * 2.0 - 1.0).to(first), 1
        for index in (0, 2, 4):
            weight = tensors.get(f"conditioning1.{index}.weight")
            if weight is None:
                break
            x = F.conv2d(
                F.relu(x) if index else x,
                weight,
                tensors[f"conditioning1.{index}.bias"],
                stride=weight.shape[-1],
            )
            shrink *= weight.shape[-1]
        # the UNet halves upwards, the hint's strided convolutions downwards
        levels = max(1, shrink // self.cell)
        grid = tuple(-(-(side // self.cell) // levels) for side in hint.shape[-2:])
        if tuple(x.shape[-2:]) != grid:
            x = F.interpolate(x, size=grid)
        return x.flatten(2).transpose(1, 2)


@dataclass(slots=True, kw_only=True)
class LLLiteHook:
    """One call's changes; entered around the UNet. ``place`` names the unit in errors."""

    model: LoadedModel
    network: LLLiteNetwork
    embeddings: Mapping[str, Tensor]
    weight: float
    place: str
    stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> object:
        """Hook the projections, so that they read changed inputs."""
        for name, tensors in self.network.modules.items():
            change = self._change(tensors, self.embeddings[name])
            handle = self.model.unet.get_submodule(name).register_forward_pre_hook(change)
            self.stack.callback(handle.remove)
        return self

    def __exit__(self, *error: object) -> None:
        """Take the hooks off."""
        self.stack.close()

    def _change(
        self, tensors: Mapping[str, Tensor], embedding: Tensor
    ) -> Callable[[nn.Module, tuple[Any, ...]], tuple[Tensor]]:
        def change(module: nn.Module, args: tuple[Any, ...]) -> tuple[Tensor]:
            x: Tensor = args[0]
            if x.shape[1] != embedding.shape[1]:
                raise InvalidRequest(
                    "a ControlNet-LLLite model can't run with HyperTile or token merging", field=self.place
                )
            seen = F.relu(_linear(tensors, "down.0", x))
            both = torch.cat([embedding.to(x).expand(len(x), -1, -1), seen], dim=2)
            made = _linear(tensors, "up.0", F.relu(_linear(tensors, "mid.0", both)))
            return (x + made * self.weight,)

        return change


def _linear(tensors: Mapping[str, Tensor], name: str, x: Tensor) -> Tensor:
    return F.linear(x, tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def load_lllite(path: Path, model: LoadedModel, *, field: str) -> LLLiteNetwork:
    """Read a ControlNet-LLLite for use with ``model``. Raises CorruptFile, UnsupportedModel."""
    groups: dict[str, dict[str, Tensor]] = {}
    for name, tensor in read_tensors(path).items():
        owner, _, rest = name.partition(".")
        groups.setdefault(owner, {})[rest] = tensor.to(model.device, model.precision.unet)
    known, modules = projections(model), dict[str, Mapping[str, Tensor]]()
    for owner, tensors in groups.items():
        lacking = [f"{owner}.{part}.weight" for part in REQUIRED if f"{part}.weight" not in tensors]
        if lacking:
            raise CorruptFile(f"{path.name} lacks {', '.join(lacking)}")
        place = known.get(owner)
        if place is None or place[1] != tensors["down.0.weight"].shape[1]:
            raise different_base(path, model, field)
        modules[place[0]] = tensors
    return LLLiteNetwork(path=path, cell=model.latents.cell, modules=modules, dtype=model.precision.unet)


def projections(model: LoadedModel) -> dict[str, tuple[str, int]]:
    """LLLite's name of each linear layer in the UNet's attention -> its path and width of input."""
    names = UNetNames(blocks=int(model.unet.config["layers_per_block"]), up_attention=())
    return {
        PREFIX + names.ldm(path).replace(".", "_"): (path, module.in_features)
        for path, module in model.unet.named_modules()
        if isinstance(module, nn.Linear) and ".attentions." in path
    }
