"""The changes of a job to a model, as hashable data: equal patches mean equal weights."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from pipelines.contract.requests import Tiling


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkUse:
    """One LoRA-family file with its strengths.

    ``te`` and ``unet`` multiply the change of text encoders and UNet; ``dyn`` keeps the first ranks only.
    ``functional``: it adds to the outputs of untouched layers, whatever other networks do (option
    lora_functional). ``version`` is the file's mtime in ns, so that a file that was replaced makes different
    patches.
    """

    path: str
    name: str
    te: float = 1.0
    unet: float = 1.0
    dyn: int | None = None
    functional: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HypernetworkUse:
    """One hypernetwork file with its multiplier."""

    path: str
    name: str
    multiplier: float = 1.0
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypertile:
    """Self-attention split into tiles. ``width`` and ``height`` are in pixels, ``cell`` those of a cell.

    ``random`` is the job's own stream of tile sizes: it goes on from pass to pass, so that no two jobs
    may share it. Without one it starts at ``seed`` whenever the patch is put on.
    """

    seed: int
    width: int
    height: int
    cell: int
    max_depth: int = 3
    max_tile: int = 256
    swap_size: int = 3
    random: Random | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patches:
    """Every change of one job to one model, in the order of the prompt's tags.

    ``token_merging`` is the share of tokens merged, 0..1.
    """

    networks: tuple[NetworkUse, ...] = ()
    hypernetworks: tuple[HypernetworkUse, ...] = ()
    tiling: Tiling = False
    token_merging: float = 0.0
    hypertile: Hypertile | None = None
    hypertile_vae: Hypertile | None = None


NO_PATCHES = Patches()
"""No change at all: the weights of the file."""
