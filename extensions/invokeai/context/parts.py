"""The parts that all nodes of an engine share, and those of one session."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from torch import Tensor

from extensions.controlnet.plugin import control_folders
from extensions.invokeai.context.conditioning_data import ConditioningFieldData, pack, unpack
from extensions.invokeai.context.config import InvokeAIAppConfig
from extensions.invokeai.invocation.base import BaseInvocation
from extensions.invokeai.models.catalog import ModelCatalog
from extensions.invokeai.store.objects import Objects
from extensions.invokeai.store.store import Gallery, InvokeStore

if TYPE_CHECKING:
    from pipelines.plugin import Services, WorkContext

Ask: TypeAlias = Callable[[Any], Any]
"""A function that hands a step of work to the engine and returns the engine's answer."""
log = logging.getLogger("invokeai")


def _copied(tensor: Tensor) -> Tensor:
    return tensor.clone()


def _on_cpu(tensor: Tensor) -> Tensor:
    return tensor.detach().cpu().clone()


@dataclass(slots=True, kw_only=True)
class SharedParts:
    """The parts of one engine: the store, its tensors and conditioning, models, settings."""

    store: InvokeStore
    tensors: Objects[Tensor]
    conditioning: Objects[ConditioningFieldData]
    catalog: ModelCatalog
    config: InvokeAIAppConfig
    loose: dict[str, Any] = field(default_factory=dict[str, Any])
    """Models that packs brought, by path."""

    @classmethod
    def of(cls, services: Services) -> SharedParts:
        """Make the parts of an engine."""
        folders, flags = services.settings.folders, services.settings.extension_flags
        store = InvokeStore(folders.data)
        return cls(
            store=store,
            tensors=Objects(store.folder / "tensors", _on_cpu, _copied, services.weights),
            conditioning=Objects(store.folder / "conditioning", pack, unpack, services.weights),
            catalog=ModelCatalog(folders, control_folders(folders.models, folders.data, flags)),
            config=InvokeAIAppConfig.of(
                folders.data, folders.models, store.folder, str(services.residency.device)
            ),
        )


@dataclass(slots=True, kw_only=True)
class SessionQueueItem:
    """The item of the queue that runs, as nodes read it."""

    item_id: int
    batch_id: str
    session_id: str
    queue_id: str = "default"
    origin: str | None = None
    destination: str | None = None
    workflow: Mapping[str, Any] | None = None
    graph: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True, kw_only=True)
class InvocationServices:
    """The parts that the nodes of one session work with."""

    shared: SharedParts
    work: WorkContext
    ask: Ask
    gallery: Gallery
    """Pictures and boards as the session's user sees them."""
    client: str = ""
    saved: set[str] = field(default_factory=set[str])
    """Names of tensors and conditioning that this session saved, or took from the cache of nodes."""
    warnings: list[str] = field(default_factory=list[str])

    @property
    def logger(self) -> logging.Logger:
        """The logger of all nodes."""
        return log

    @property
    def configuration(self) -> InvokeAIAppConfig:
        """The engine's settings."""
        return self.shared.config

    @property
    def downloads(self) -> Path:
        """The folder of weight files that packs fetched."""
        return self.shared.config.download_cache_path


@dataclass(slots=True, kw_only=True)
class InvocationContextData:
    """One run of one node. ``source_invocation_id`` is its id in the graph as it was sent."""

    queue_item: SessionQueueItem
    invocation: BaseInvocation
    source_invocation_id: str
