"""The control networks in memory: a few, the oldest leaves first."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from extensions.controlnet.network import ControlNetwork, load_control_network
from pipelines.model import LoadedModel


@dataclass(slots=True)
class NetworkCache:
    """Networks by file and dtype, as loaded for a kind of checkpoint."""

    networks: dict[tuple[object, ...], ControlNetwork] = field(
        default_factory=dict[tuple[object, ...], ControlNetwork]
    )

    def get(self, path: Path, model: LoadedModel, *, limit: int, field: str) -> ControlNetwork:
        """The network of a file for use beside ``model``; at most ``limit`` are kept."""
        stat = path.stat()
        key = (path, stat.st_mtime_ns, stat.st_size, model.precision.unet, model.family.name, model.path)
        known = self.networks.get(key)
        if known is None:
            while len(self.networks) >= max(limit, 1):
                self.networks.pop(next(iter(self.networks)))
            known = self.networks[key] = load_control_network(path, model, field=field)
        return known
