"""Reads checkpoints for one device: their precision and size, and all that is set once about a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch

from pipelines.contract.errors import OverBudget
from pipelines.contract.settings import EngineSettings
from pipelines.families.base import Family
from pipelines.families.graphs import Graphs
from pipelines.families.load import load_checkpoint
from pipelines.families.model import LoadedModel, ModelPatcher
from pipelines.families.placement import Placement
from pipelines.families.precision import Precision, choose_precision, lay_out, precision_of
from pipelines.families.weight_bytes import ItemBytes, weight_bytes
from pipelines.memory.budget import MIB

CHECKPOINT_FIELD = "checkpoint"
ROOM_TO_WORK = 0.25
"""Part of a VRAM budget that a whole model must leave free; otherwise its parts take turns."""


class CheckpointReader:
    """Reads checkpoints as the settings want them on ``device``; ``precision`` is that of most of them."""

    def __init__(
        self,
        settings: EngineSettings,
        device: torch.device,
        *,
        families: Sequence[Family],
        patcher: ModelPatcher | None,
    ) -> None:
        self.precision = choose_precision(settings, device)
        self.settings = settings
        self._device = device
        self._families = families
        self._patcher = patcher

    def bytes_of(self, path: Path, precision: Precision) -> int:
        """RAM that a checkpoint will take, by its file's header. Raises OSError."""
        rest = max(precision.text.itemsize, precision.vae.itemsize)
        sizes = ItemBytes(backbone=precision.unet.itemsize, rest=rest)
        return weight_bytes(path, sizes, self._families)

    def read(self, path: Path, precision: Precision, *, name: str | None, vae: Path | None) -> LoadedModel:
        """Read a checkpoint into RAM; ``vae`` is the file for one that holds no VAE.

        Raises CorruptFile, UnsupportedModel, MissingWeights, OverBudget or OutOfMemory.
        """
        settings = self.settings
        model = load_checkpoint(
            path,
            precision=precision,
            device=self._device,
            name=name,
            fallback_config=settings.fallback_config,
            families=self._families,
            models=settings.folders.models,
            vae=vae,
        )
        model.patcher = self._patcher
        self._check_device(model)
        model.placement = Placement(one_at_a_time=self._takes_turns(model))
        model.codec.nan_check = settings.nan_check
        self._speed_up(model)
        return model

    def precision_of(self, path: Path) -> Precision:
        """Small files may be loaded otherwise; without a header, bytes are counted in place of numbers."""
        count = weight_bytes(path, ItemBytes(backbone=1, rest=1), self._families)
        return precision_of(count, self.precision, self.settings, self._device)

    def _speed_up(self, model: LoadedModel) -> None:
        """Lay weights out as the device likes them; compile or capture the backbone if settings say so."""
        settings = self.settings
        lay_out(model.backbone, self._device, anyway=settings.channels_last)
        lay_out(model.codec.module, self._device)
        if settings.compile_unet:
            model.backbone.compile()
        elif settings.cuda_graphs and self._device.type == "cuda" and not model.placement.takes_turns:
            model.graphs = Graphs(self._device, budget=settings.vram_budget)

    def _takes_turns(self, model: LoadedModel) -> bool:
        """True if the parts of a model are on the device one at a time."""
        settings = self.settings
        if settings.memory_mode in ("medvram", "lowvram"):
            return True
        budget = settings.vram_budget
        if budget is not None and model.bytes() > budget * (1 - ROOM_TO_WORK):
            return True
        return settings.medvram_sdxl and model.family.large

    def _check_device(self, model: LoadedModel) -> None:
        """Refuse a model whose largest part can't be on the device at all."""
        budget = self.settings.vram_budget
        if budget is None or self._device.type == "cpu":
            return
        largest = max(
            sum(p.nbytes for module in model.modules_of(part) for p in module.parameters())
            for part in model.parts
        )
        if largest > budget:
            text = f"{model.name}: its largest part takes {largest // MIB} MiB"
            raise OverBudget(f"{text}; the VRAM budget is {budget // MIB} MiB", field=CHECKPOINT_FIELD)
