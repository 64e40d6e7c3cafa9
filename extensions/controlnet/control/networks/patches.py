"""Units that change the UNet's own layers: T2I-Adapters and ControlNet-LLLite."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from extensions.controlnet.control.networks.adapter import AdapterNetwork
from extensions.controlnet.control.networks.adapter_hook import adapter_hook
from extensions.controlnet.control.networks.lllite import LLLiteHook, LLLiteNetwork
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.detect import ControlKind
from pipelines.plugin import AttentionHook, ModelCall

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob

PATCHING = frozenset({ControlKind.T2I_ADAPTER, ControlKind.LLLITE})


@dataclass(slots=True)
class UnitFeatures:
    """Features of T2I-Adapters by file, and embeddings of LLLite networks by their unit's ``id``."""

    adapters: dict[Path, list[Tensor]] = field(default_factory=dict[Path, list[Tensor]])
    lllite: dict[int, dict[str, Tensor]] = field(default_factory=dict[int, dict[str, Tensor]])


def patches_in(unit: PreparedUnit, *, hires: bool) -> bool:
    """True if a unit changes the UNet's own layers in a pass; LLLite does so in the first pass only."""
    return unit.kind in PATCHING and not (hires and unit.kind is ControlKind.LLLITE)


def tell_shared_maps(job: GenerationJob, units: list[PreparedUnit]) -> None:
    """Warn of T2I-Adapter units that, as in the original, read the map of the first unit with their file."""
    seen: set[Path] = set()
    for unit in units:
        if unit.kind is ControlKind.T2I_ADAPTER and unit.file is not None:
            if unit.file.path in seen:
                job.warn(f"{unit.unit.field}: {unit.file.stem} goes by the map of its first unit")
            seen.add(unit.file.path)


def unit_patch(
    job: GenerationJob,
    unit: PreparedUnit,
    network: AdapterNetwork | LLLiteNetwork,
    call: ModelCall,
    *,
    hires: bool,
) -> AttentionHook:
    """Return the change that a unit makes to the UNet in one call."""
    known = job.store.keep(UnitFeatures, UnitFeatures)
    if isinstance(network, AdapterNetwork):
        # once per generation and file, from the first map, as the original: the second pass stretches them
        if network.path not in known.adapters:
            with torch.no_grad():
                known.adapters[network.path] = network.features(unit.hint(hires=hires))
        return adapter_hook(call, unit, known.adapters[network.path], hires=hires)
    if id(unit) not in known.lllite:
        with torch.no_grad():
            known.lllite[id(unit)] = network.embeddings(unit.hint(hires=hires))
    return LLLiteHook(
        model=call.model,
        network=network,
        embeddings=known.lllite[id(unit)],
        weight=unit.unit.weight,
        place=f"{unit.unit.field}.model",
    )
