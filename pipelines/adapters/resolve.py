"""From the tags of a prompt to the network files that they mean, with their pairs of the infotext."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pipelines.adapters.cache import AdapterCache
from pipelines.adapters.network_file import AdapterFile
from pipelines.contract.errors import CorruptFile
from pipelines.contract.options import GenerationOptions
from pipelines.families.patches import HypernetworkUse, NetworkUse
from pipelines.text.embeddings.files import Embedding, embedding_from_record
from pipelines.text.prompt.extra_networks import (
    NetworkTag,
    hypernetwork_arguments,
    lora_arguments,
    unknown_kinds,
    without_effect,
)


class NetworkFile(Protocol):
    """A file of the LoRA family as a catalog lists it; ``short_hash`` is 12 hex digits, or empty."""

    @property
    def path(self) -> Path:
        """The file's place on disk."""
        ...

    @property
    def short_hash(self) -> str:
        """The hash that infotexts show."""
        ...


class NetworkCatalog(Protocol):
    """Finds network files by the names that prompts use."""

    def find_lora(self, name: str, /) -> NetworkFile | None:
        """Find the file with that name or alias; None if there is none."""
        ...

    def find_hypernetwork(self, name: str, /) -> Path | None:
        """Find the hypernetwork file with that name; None if there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedNetworks:
    """The networks that a prompt's tags name.

    ``pairs`` are for the infotext; ``embeddings`` came inside network files; ``warnings`` name what was
    not found or can't be read and is left out.
    """

    networks: tuple[NetworkUse, ...] = ()
    hypernetworks: tuple[HypernetworkUse, ...] = ()
    embeddings: tuple[Embedding, ...] = ()
    pairs: Mapping[str, str] = field(default_factory=dict[str, str])
    warnings: tuple[str, ...] = ()


class NetworkResolver:
    """Looks up and reads the networks of tags; ``networks`` should be the cache of the patcher too."""

    def __init__(self, catalog: NetworkCatalog, networks: AdapterCache) -> None:
        self._catalog = catalog
        self._networks = networks

    def resolve(self, tags: Sequence[NetworkTag], options: GenerationOptions) -> ResolvedNetworks:
        """Find what the tags name, in their order; unknown kinds are ignored, with a warning.

        Raises InvalidRequest for a strength that is no finite number.
        """
        found = _Found()
        for tag in tags:
            if tag.kind == "lora":
                self._add_lora(tag, found, functional=options.lora_functional)
            elif tag.kind == "hypernet":
                self._add_hypernetwork(tag, found)
            found.warnings += without_effect(tag)
        found.warnings += unknown_kinds(tags)
        hashes = ", ".join(found.hashes)
        return ResolvedNetworks(
            networks=tuple(found.networks),
            hypernetworks=tuple(found.hypernetworks),
            embeddings=tuple(found.embeddings),
            pairs={"Lora hashes": hashes} if hashes and options.lora_add_hashes_to_infotext else {},
            warnings=tuple(found.warnings),
        )

    def _add_lora(self, tag: NetworkTag, found: _Found, *, functional: bool) -> None:
        arguments = lora_arguments(tag)
        file = self._catalog.find_lora(arguments.name)
        network = None if file is None else self._read(file.path, found)
        if file is None:
            found.warnings.append(f"network {arguments.name!r} was not found and is left out")
        if file is None or network is None:
            return
        found.networks.append(
            NetworkUse(
                path=str(file.path),
                name=arguments.name,
                te=arguments.te,
                unet=arguments.unet,
                dyn=arguments.dyn_dim,
                functional=functional,
                version=network.version,
            )
        )
        self._add_embeddings(network, found)
        if network.unknown:
            found.warnings.append(_unknown_keys(arguments.name, network))
        if file.short_hash:
            found.hashes.append(f"{arguments.name.replace(':', '').replace(',', '')}: {file.short_hash}")

    def _read(self, path: Path, found: _Found) -> AdapterFile | None:
        try:
            return self._networks.get(path)
        except (CorruptFile, OSError) as error:
            found.warnings.append(f"network {path.name} is left out: {error}")
            return None

    def _add_embeddings(self, network: AdapterFile, found: _Found) -> None:
        for name, vectors in network.embeddings.items():
            try:
                found.embeddings.append(embedding_from_record(dict(vectors), name=name))
            except CorruptFile as error:
                found.warnings.append(f"in network {network.path.name}: {error.message}")

    def _add_hypernetwork(self, tag: NetworkTag, found: _Found) -> None:
        arguments = hypernetwork_arguments(tag)
        path = self._catalog.find_hypernetwork(arguments.name)
        if path is None or not path.is_file():
            found.warnings.append(f"hypernetwork {arguments.name!r} was not found and is left out")
            return
        found.hypernetworks.append(
            HypernetworkUse(
                path=str(path),
                name=arguments.name,
                multiplier=arguments.multiplier,
                version=path.stat().st_mtime_ns,
            )
        )


@dataclass(slots=True)
class _Found:
    networks: list[NetworkUse] = field(default_factory=list[NetworkUse])
    hypernetworks: list[HypernetworkUse] = field(default_factory=list[HypernetworkUse])
    embeddings: list[Embedding] = field(default_factory=list[Embedding])
    hashes: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])


def _unknown_keys(name: str, network: AdapterFile) -> str:
    count = len(network.unknown)
    share = f"{count} of {network.count} tensors of its file had no effect"
    return f"network {name}: {share}, because they are of no known kind or half a pair: {network.unknown[0]}"
