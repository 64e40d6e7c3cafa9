"""Networks that a job brings itself, as files, in addition to those that its prompt names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipelines.adapters.resolve import ResolvedNetworks
from pipelines.contract.requests import OwnFiles
from pipelines.families.patches import HypernetworkUse, NetworkUse


def with_own(resolved: ResolvedNetworks, own: OwnFiles) -> ResolvedNetworks:
    """Put the job's own networks, all at strength 1, before those of its prompt's tags. Raises OSError."""
    if not (own.networks or own.hypernetworks):
        return resolved
    networks = (NetworkUse(path=path, name=Path(path).stem, version=_version(path)) for path in own.networks)
    hypernetworks = (
        HypernetworkUse(path=path, name=Path(path).stem, version=_version(path)) for path in own.hypernetworks
    )
    return replace(
        resolved,
        networks=(*networks, *resolved.networks),
        hypernetworks=(*hypernetworks, *resolved.hypernetworks),
    )


def _version(path: str) -> int:
    return Path(path).stat().st_mtime_ns
