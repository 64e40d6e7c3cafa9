"""Textual inversion files on disk, with the shapes that decide which models they fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard, cast

from pipelines.catalog.contents import instead
from pipelines.catalog.files import stamp, walk_all
from pipelines.catalog.pickle_shapes import read_pickle_shapes
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.errors import CorruptFile
from pipelines.contract.settings import Folders

SUFFIXES = (".pt", ".bin", ".safetensors")
IMAGE_SUFFIXES = (".png", ".webp", ".jxl", ".avif")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingFile:
    """One readable embedding: ``width`` channels (both encoders' for SDXL), ``vectors`` tokens."""

    path: Path
    name: str
    width: int
    vectors: int
    step: int | None = None
    sd_checkpoint: str | None = None
    sd_checkpoint_name: str | None = None


def embedding_files(folders: Folders) -> list[Path]:
    """List files that may hold an embedding, by folder and name; previews and empty files are left out."""
    files = walk_all(folders.embeddings, (*SUFFIXES, *IMAGE_SUFFIXES))
    return [path for path in files if not _is_preview(path) and (stamp(path) or (0, 0))[1] > 0]


def read_embedding_file(path: Path) -> EmbeddingFile:
    """Read an embedding's shape and notes, without torch. Raises CorruptFile, also for other contents."""
    table = _table(path)
    shapes = _shapes(table)
    if shapes is None:
        raise CorruptFile(f"{path.name}: {instead(table, 'textual inversion')}")
    return EmbeddingFile(
        path=path.absolute(),
        name=path.stem,
        width=sum(shape[-1] for shape in shapes),
        vectors=1 if len(shapes[0]) == 1 else shapes[0][0],
        step=_typed(table.get("step"), int),
        sd_checkpoint=_typed(table.get("sd_checkpoint"), str),
        sd_checkpoint_name=_typed(table.get("sd_checkpoint_name"), str),
    )


def _table(path: Path) -> Mapping[str, Any]:
    if path.suffix.lower() == ".safetensors":
        return read_header(path).shapes()
    return read_pickle_shapes(path)


def _shapes(table: Mapping[str, Any]) -> list[tuple[int, ...]] | None:
    vectors = table.get("string_to_param")
    if isinstance(vectors, dict):
        entries = cast("dict[str, Any]", vectors)
        entry = next(iter(entries.values()), None)
        return [entry] if len(entries) == 1 and _is_shape(entry) else None
    if _is_shape(table.get("clip_g")) and _is_shape(table.get("clip_l")):
        return [table["clip_g"], table["clip_l"]]
    only: list[tuple[int, ...]] = [value for value in table.values() if _is_shape(value)]
    return only if len(only) == 1 else None


def _is_shape(value: object) -> TypeGuard[tuple[int, ...]]:
    return isinstance(value, tuple) and len(cast("tuple[int, ...]", value)) in (1, 2)


def _typed(value: Any, kind: type) -> Any:
    return value if isinstance(value, kind) else None


def _is_preview(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and path.stem.lower().endswith(".preview")
