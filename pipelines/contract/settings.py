"""The settings of an engine before its first job: folders, device, precision, memory, limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.contract.limits import WorkLimits
from pipelines.contract.places import Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Folders in A1111's layout; every model folder is a tuple, searched in order."""

    data: Path
    checkpoints: tuple[Path, ...]
    vaes: tuple[Path, ...]
    loras: tuple[Path, ...]
    embeddings: tuple[Path, ...]
    hypernetworks: tuple[Path, ...]
    models: Path
    esrgan: tuple[Path, ...] = ()
    realesrgan: tuple[Path, ...] = ()
    dat: tuple[Path, ...] = ()
    swinir: tuple[Path, ...] = ()
    scunet: tuple[Path, ...] = ()
    gfpgan: tuple[Path, ...] = ()
    codeformer: tuple[Path, ...] = ()
    clip: tuple[Path, ...] = ()
    of_extensions: tuple[Path, ...] = ()
    """Folders of weights that extensions' flags name."""
    styles: tuple[str, ...] = ()
    allowed_outputs: tuple[Path, ...] = ()
    """Folders that pictures may be saved in, in addition to those of the data folder (``--allow-outdir``)."""

    @property
    def places(self) -> Places:
        """The places that a path of a client may lead to."""
        models = (self.models, *self.of_extensions)
        return Places.of(self.data, models=models, allowed=self.allowed_outputs)

    @property
    def hash_table(self) -> Path:
        """The file of known hashes, shared by all processes of a data folder."""
        return self.data / "cache" / "hashes.json"

    @property
    def refresh_mark(self) -> Path:
        """The file whose time of change is the last refresh, for all processes of a data folder."""
        return self.data / "cache" / "refreshed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """One engine: its device, its precision, its memory and its folders.

    ``device`` is a torch device string (``cpu``, ``cuda:0``) or ``auto``.
    ``memory_mode`` is one of ``normal``, ``medvram``, ``lowvram``.
    """

    folders: Folders
    device: str = "auto"
    no_half: bool = False
    no_half_vae: bool = False
    precision: str = "autocast"
    memory_mode: str = "normal"
    medvram_sdxl: bool = False
    channels_last: bool = False
    nan_check: bool = True
    hashing: bool = True
    forced_vae: Path | None = None
    first_checkpoint: Path | None = None
    fallback_config: Path | None = None
    filename_length: int = 128
    unix_filenames: bool = False
    threads: int | None = None
    compile_unet: bool = False
    cuda_graphs: bool = True
    concurrent_jobs: int | None = None
    """Jobs that may share the device; None means one on a CPU and four elsewhere."""
    extensions: tuple[str, ...] = field(default=())
    ram_budget: int | None = None
    """Most bytes of weights in RAM; None means half the machine's memory, exceeded rather than refused."""
    vram_budget: int | None = None
    """Most bytes that the engine takes of a CUDA device; None means all."""
    log_json: bool = False
    limits: WorkLimits = field(default_factory=WorkLimits)
    """Bounds of one job, its scripts included."""
    extension_flags: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Values of the flags that extensions declare, by their keys."""
    keep_alive: float = -1.0
    """Seconds that models stay loaded after the last job; below 0 for ever."""
