"""The control networks in memory: a few, the one used least recently leaves first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from extensions.controlnet.control.networks.adapter import AdapterNetwork, load_adapter
from extensions.controlnet.control.networks.control_lora import load_control_lora
from extensions.controlnet.control.networks.lllite import LLLiteNetwork, load_lllite
from extensions.controlnet.control.networks.network import ControlNetwork, load_control_network
from extensions.controlnet.control.networks.style_adapter import StyleNetwork, load_style
from extensions.controlnet.control.networks.union import UnionNetwork, load_union
from extensions.controlnet.units.detect import ControlKind
from pipelines.plugin import Holder, LoadedModel, WeightShelf, stamp

OWNER = "control network"
T = TypeVar("T")
N = TypeVar("N", covariant=True)


class ControlLoader(Protocol[N]):
    """Reads a file for use with a model; ``field`` names the unit's model in errors."""

    def __call__(self, path: Path, model: LoadedModel, *, field: str) -> N: ...


RESIDUALS: Mapping[ControlKind, ControlLoader[ControlNetwork | UnionNetwork]] = {
    ControlKind.CONTROLNET: load_control_network,
    ControlKind.INSTANT_ID: load_control_network,
    ControlKind.UNION: load_union,
    ControlKind.CONTROL_LORA: load_control_lora,
}
"""Kinds that add residuals to the UNet's blocks."""
PATCHES: Mapping[ControlKind, ControlLoader[AdapterNetwork | LLLiteNetwork]] = {
    ControlKind.T2I_ADAPTER: load_adapter,
    ControlKind.LLLITE: load_lllite,
}
"""Kinds that change the UNet's own layers."""
STYLES: Mapping[ControlKind, ControlLoader[StyleNetwork]] = {ControlKind.T2I_STYLE: load_style}
"""Kinds that append tokens to the prompt's."""


def kept_network(
    shelf: WeightShelf,
    path: Path,
    load: ControlLoader[T],
    model: LoadedModel,
    *,
    limit: int,
    holder: Holder,
    field: str,
) -> T:
    """The network of a file for use with ``model``; at most ``limit`` are kept, and those that jobs hold."""
    return shelf.get(
        OWNER,
        (path, stamp(path), model.precision.unet, model.family.name, model.path),
        lambda: load(path, model, field=field),
        files=(path,),
        most=limit,
        holder=holder,
        blamed=field,
    )
