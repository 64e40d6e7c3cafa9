"""Keeps read network files in memory, least recently used out first, and reads a changed file again."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from pipelines.networks.network import Network, read_network

DEFAULT_BYTES = 512 * 2**20


class NetworkCache:
    """Network files by path, up to ``max_bytes`` in all; the one asked for last always stays."""

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._networks: OrderedDict[Path, Network] = OrderedDict()

    def get(self, path: Path) -> Network:
        """The network in a file as it is on disk now. Raises CorruptFile, FileNotFoundError."""
        network = self._networks.pop(path, None)
        if network is None or network.version != path.stat().st_mtime_ns:
            network = read_network(path)
        self._networks[path] = network
        self._shrink()
        return network

    @property
    def bytes(self) -> int:
        """Size of all tensors kept."""
        return sum(network.bytes for network in self._networks.values())

    def clear(self) -> None:
        """Forget every file."""
        self._networks.clear()

    def _shrink(self) -> None:
        while len(self._networks) > 1 and self.bytes > self._max_bytes:
            self._networks.popitem(last=False)
