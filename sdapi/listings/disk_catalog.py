"""The catalog of a server: the weight files of its folders, as the routes list them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from pipelines.catalog.checkpoints import Checkpoint, CheckpointCatalog
from pipelines.catalog.damage import damage_of
from pipelines.catalog.embeddings import IMAGE_SUFFIXES, EmbeddingFile, embedding_files, read_embedding_file
from pipelines.catalog.files import stamp
from pipelines.catalog.hashes import HashCache
from pipelines.catalog.hypernetworks import list_hypernetworks
from pipelines.catalog.listing import announce_refresh
from pipelines.catalog.loras import LoraCatalog
from pipelines.catalog.upscalers import UpscalerCatalog, UpscalerEntry
from pipelines.catalog.vaes import VaeCatalog
from pipelines.contract.errors import CorruptFile, UnsupportedModel
from pipelines.contract.settings import EngineSettings
from sdapi.core.services import CheckpointItem, EmbeddingRow, FileRow, LoraRow, UpscalerRow

log = logging.getLogger(__name__)

HASHED_AT_ONCE = 64 << 20
"""Bytes up to which a checkpoint is hashed when it is listed first."""


class DiskCatalog:
    """Listings of the folders in ``settings``, as they are now."""

    def __init__(self, settings: EngineSettings) -> None:
        self._folders = settings.folders
        hashes = HashCache(settings.folders.hash_table, enabled=settings.hashing)
        self._checkpoints = CheckpointCatalog(self._folders, hashes, first=settings.first_checkpoint)
        self._vaes = VaeCatalog(self._folders, forced=settings.forced_vae)
        self._loras = LoraCatalog(self._folders, hashes)
        self._upscalers = UpscalerCatalog(self._folders)
        # now, because the first to list them would keep every other client waiting
        self._loras.refresh()
        self._hash_small_files()

    def checkpoints(self) -> Sequence[CheckpointItem]:
        """Every checkpoint, in A1111's order."""
        return [_checkpoint_item(found) for found in self._checkpoints.list()]

    def find_checkpoint(self, name: str) -> CheckpointItem | None:
        """Find it by an exact alias."""
        found = self._checkpoints.find(name)
        return _checkpoint_item(found) if found else None

    def match_checkpoint(self, name: str) -> CheckpointItem | None:
        """Find it by alias, else by the shortest title that contains the text."""
        found = self._checkpoints.closest(name)
        return _checkpoint_item(found) if found else None

    def vaes(self) -> Sequence[FileRow]:
        """VAE files in natural order."""
        return _file_rows(self._vaes.list())

    def hypernetworks(self) -> Sequence[FileRow]:
        """Hypernetworks in the order of their names."""
        return _file_rows(list_hypernetworks(self._folders))

    def loras(self) -> Sequence[LoraRow]:
        """Every network of the LoRA family."""
        return [
            LoraRow(
                name=lora.name,
                alias=lora.alias,
                path=str(lora.path),
                metadata=lora.metadata,
                damaged=lora.damaged,
            )
            for lora in self._loras.list()
        ]

    def lora_name(self, name: str, short_hash: str) -> str | None:
        """The name here of the LoRA with this hash; None without one."""
        return self._loras.name_of(name, short_hash)

    def embeddings(self, checkpoint: str | None) -> tuple[Sequence[EmbeddingRow], Sequence[EmbeddingRow]]:
        """``(loaded, skipped)``: embeddings that fit the text encoders, and all others, damaged ones too."""
        if checkpoint is None:
            return [], []
        width = context_width(Path(checkpoint), stamp(Path(checkpoint)))
        listed = (describe(path, stamp(path)) for path in embedding_files(self._folders))
        found = {item.name: item for item in listed if item}
        fitting = [item for item in found.values() if item.shape == width and item.damaged is None]
        others = [item for item in found.values() if item.shape != width or item.damaged is not None]
        return fitting, others

    def upscalers(self) -> Sequence[UpscalerRow]:
        """None, Lanczos and Nearest, then all others by name."""
        return [_upscaler_item(entry) for entry in self._upscalers.list()]

    def find_upscaler(self, name: str) -> UpscalerRow | None:
        """Find it by its name in any letter case, also if its file came since the listing."""
        found = self._upscalers.find(name)
        if found is None or found.missing:
            self._upscalers.refresh()
            found = self._upscalers.find(name)
        return None if found is None else _upscaler_item(found)

    def refresh(self) -> None:
        """Read the folders again, here and in the engines."""
        try:
            announce_refresh(self._folders)
        except OSError as error:
            log.warning("engines can't be told of a refresh: %s", error)
        self._checkpoints.refresh()
        self._vaes.refresh()
        self._loras.refresh()
        self._upscalers.refresh()
        self._hash_small_files()

    def _hash_small_files(self) -> None:
        """Hash the small checkpoints, as titles show hashes; large ones are hashed when first loaded."""
        for checkpoint in self._checkpoints.list():
            size = (stamp(checkpoint.path) or (0, 0))[1]
            if checkpoint.sha256 is None and size <= HASHED_AT_ONCE:
                self._checkpoints.hashed(checkpoint)


@lru_cache(maxsize=4096)
def describe(path: Path, changed: tuple[int, int] | None) -> EmbeddingRow | None:
    """The row of an embedding file, None for a picture; ``changed`` is part of the cache's key."""
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return None
    try:
        return _embedding_item(read_embedding_file(path))
    except CorruptFile as error:
        reason = error.message
    except Exception as error:  # no file keeps the others from being listed
        log.warning("%s can't be listed", path, exc_info=error)
        reason = f"{path.name} can't be read"
    return EmbeddingRow(name=path.stem, shape=0, vectors=0, damaged=reason)


@lru_cache(maxsize=256)
def context_width(checkpoint: Path, changed: tuple[int, int] | None) -> int | None:
    """Channels of the text conditioning: 768 for SD1, 1024 for SD2, 2048 for SDXL; None if not known."""
    from pipelines.families.registry import recognise, shapes_in  # only listings of embeddings need them

    try:
        shapes = shapes_in(checkpoint)
        return recognise(shapes).context_width(shapes)
    except (CorruptFile, UnsupportedModel):
        return None


def _file_rows(files: Mapping[str, Path]) -> list[FileRow]:
    return [FileRow(name=name, path=str(path), damaged=damage_of(path)) for name, path in files.items()]


def _checkpoint_item(found: Checkpoint) -> CheckpointItem:
    return CheckpointItem(
        title=found.title,
        model_name=found.model_name,
        hash=found.shorthash,
        sha256=found.sha256,
        filename=str(found.path),
        config=str(found.config) if found.config else None,
        damaged=found.damaged,
    )


def _embedding_item(found: EmbeddingFile) -> EmbeddingRow:
    return EmbeddingRow(
        name=found.name,
        shape=found.width,
        vectors=found.vectors,
        step=found.step,
        sd_checkpoint=found.sd_checkpoint,
        sd_checkpoint_name=found.sd_checkpoint_name,
        path=str(found.path),
    )


def _upscaler_item(entry: UpscalerEntry) -> UpscalerRow:
    return UpscalerRow(
        name=entry.name,
        model_name=entry.model_name,
        model_path=entry.model_path,
        scale=entry.scale,
        missing=entry.missing,
        damaged=damage_of(entry.path) if entry.path else None,
    )
