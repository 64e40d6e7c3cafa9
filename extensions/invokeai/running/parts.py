"""One engine's nodes, store and cache, made when its first graph comes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from extensions.invokeai.context.config import set_config
from extensions.invokeai.context.devices import TorchDevice
from extensions.invokeai.context.parts import SharedParts
from extensions.invokeai.nodes.all_nodes import MODULES
from extensions.invokeai.running.cache import NodeCache
from extensions.invokeai.running.packs import LoadedPacks, load_packs
from extensions.invokeai.shim.finder import install

if TYPE_CHECKING:
    from pipelines.plugin import Services

NODES = "nodes"
"""Packs lie in this folder of the data folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineNodes:
    """Parts that an engine keeps between graphs."""

    shared: SharedParts
    cache: NodeCache
    packs: LoadedPacks


def engine_nodes(services: Services) -> EngineNodes:
    """The nodes and shared parts of this engine, made when they are first asked for."""
    return services.store.keep(EngineNodes, lambda: _made(services))


def _made(services: Services) -> EngineNodes:
    shared = SharedParts.of(services)
    shared.tensors.drop_old()
    shared.conditioning.drop_old()
    set_config(shared.config)
    TorchDevice.use(services.residency.device, services.residency.precision.unet)
    return EngineNodes(shared=shared, cache=NodeCache(shared), packs=_load(services))


def _load(services: Services) -> LoadedPacks:
    for module in MODULES:
        import_module(module)
    install()
    if services.settings.extension_flags.get("no_nodes"):
        return LoadedPacks()
    folder = (services.settings.folders.data / NODES).absolute()
    return _imported(folder)


@cache
def _imported(folder: Path) -> LoadedPacks:
    """Import packs once in a process, like Python's modules: a second time would register all nodes twice."""
    return load_packs(folder)
