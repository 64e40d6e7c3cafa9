"""Textual inversions, and their reading from each of the file formats (spec 9.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from pipelines.catalog.contents import instead
from pipelines.catalog.file_kind import damaged
from pipelines.catalog.hashes import file_sha256
from pipelines.contract.errors import CorruptFile
from pipelines.contract.requests import OwnFiles
from pipelines.families.loading.read import load_pickle, read_tensors
from pipelines.families.text import TextKind
from pipelines.text.embeddings.picture import read_picture_record

IMAGE_SUFFIXES = frozenset({".png", ".webp", ".jxl", ".avif"})
TORCH_SUFFIXES = frozenset({".pt", ".bin"})
SUFFIXES = IMAGE_SUFFIXES | TORCH_SUFFIXES | {".safetensors"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embedding:
    """One textual inversion: vectors that stand for tokens.

    ``vectors`` (count, width) fp32 per kind of text encoder; the ``single`` tensor goes into every encoder.
    ``sha256`` is the file's, "" for an embedding that came with a network.
    """

    name: str
    vectors: Mapping[TextKind, Tensor] = field(default_factory=dict[TextKind, Tensor])
    single: Tensor | None = None
    sha256: str = ""
    step: int | None = None
    sd_checkpoint: str | None = None
    sd_checkpoint_name: str | None = None
    path: Path | None = None

    @property
    def vector_count(self) -> int:
        """Number of positions it fills among the tokens."""
        return self._any().shape[0]

    @property
    def width(self) -> int:
        """Channels of a vector; for SDXL the sum of both encoders'."""
        tensors = self.vectors.values() if self.single is None else (self.single,)
        return sum(tensor.shape[-1] for tensor in tensors)

    @property
    def short_hash(self) -> str:
        """The 12 digits that infotexts show."""
        return self.sha256[:12]

    def for_encoder(self, kind: TextKind) -> Tensor | None:
        """Return the vectors for an encoder, None if there are none."""
        return self.vectors.get(kind) if self.single is None else self.single

    def part(self, start: int, stop: int, /) -> Embedding:
        """Vectors ``start`` to ``stop`` under the same name."""
        single = None if self.single is None else self.single[start:stop]
        vectors = {kind: tensor[start:stop] for kind, tensor in self.vectors.items()}
        return replace(self, single=single, vectors=vectors)

    def _any(self) -> Tensor:
        return next(iter(self.vectors.values())) if self.single is None else self.single


def read_embedding(path: Path) -> Embedding | None:
    """Read one file; None if it is a picture without an embedding. Raises CorruptFile."""
    suffix = path.suffix.lower()
    try:
        record = _read_record(path, suffix)
    except CorruptFile:
        raise
    except Exception as error:  # what a picture of any make can raise is not bounded
        reason = str(error) if type(error) is ValueError else "it can't be read as an embedding"
        raise damaged(path, reason) from error
    if record is None:
        return None
    stored = record.get("name")
    name = stored if suffix in IMAGE_SUFFIXES and isinstance(stored, str) and stored else path.stem
    return embedding_from_record(record, name=name, sha256=file_sha256(path), path=path)


def own_embeddings(files: OwnFiles) -> tuple[Embedding, ...]:
    """The embeddings that a job brings itself. Raises CorruptFile."""
    return tuple(found for path in files.embeddings if (found := read_embedding(Path(path))) is not None)


def embedding_from_record(
    record: Mapping[str, Any], *, name: str, sha256: str = "", path: Path | None = None
) -> Embedding:
    """Recognise the layout of a loaded file. Raises CorruptFile.

    ``string_to_param`` with one entry (A1111), ``clip_l`` with ``clip_g`` (SDXL), or one tensor (diffusers).
    """
    common: dict[str, Any] = {
        "name": name,
        "sha256": sha256,
        "path": path,
        "step": record.get("step"),
        "sd_checkpoint": record.get("sd_checkpoint"),
        "sd_checkpoint_name": record.get("sd_checkpoint_name"),
    }
    if "string_to_param" in record:
        return Embedding(single=_only_tensor(_entries(record["string_to_param"]), name), **common)
    if isinstance(record.get("clip_g"), Tensor) and isinstance(record.get("clip_l"), Tensor):
        pair: dict[TextKind, Tensor] = {
            "clip": _matrix(record["clip_l"], name),
            "open_clip": _matrix(record["clip_g"], name),
        }
        if len({len(vectors) for vectors in pair.values()}) != 1:
            raise CorruptFile(f"embedding {name}: clip_l and clip_g have different numbers of vectors")
        return Embedding(vectors=pair, **common)
    return Embedding(single=_only_tensor(record, name), **common)


def _read_record(path: Path, suffix: str) -> Mapping[str, Any] | None:
    if suffix == ".safetensors":
        return read_tensors(path)
    if suffix in IMAGE_SUFFIXES:
        return read_picture_record(path)
    return load_pickle(path)


def _entries(params: object) -> Mapping[str, Any]:
    # Old files hold a torch ParameterDict, whose entries lie in ``_parameters``.
    inner = getattr(params, "_parameters", params)
    return cast("Mapping[str, Any]", inner) if isinstance(inner, Mapping) else {}


def _only_tensor(record: Mapping[str, Any], name: str) -> Tensor:
    tensors = [value for value in record.values() if isinstance(value, Tensor)]
    if len(tensors) != 1:
        found = f"expected exactly one tensor, found {len(tensors)}"
        raise CorruptFile(f"embedding {name}: {found}; {instead(record, 'textual inversion')}")
    return _matrix(tensors[0], name)


def _matrix(tensor: Tensor, name: str) -> Tensor:
    vectors = tensor.detach().to("cpu", torch.float32, copy=True)  # the file may change or go
    if vectors.ndim == 1:
        vectors = vectors.unsqueeze(0)
    if vectors.ndim != 2 or vectors.numel() == 0:
        raise CorruptFile(f"embedding {name}: vectors of shape {tuple(tensor.shape)}")
    return vectors
