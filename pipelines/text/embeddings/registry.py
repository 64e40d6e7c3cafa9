"""The textual inversions on disk, and the search for their names among a prompt's tokens (spec 9.8)."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.catalog.files import stamp
from pipelines.contract.errors import CorruptFile
from pipelines.families.text import TextKind, Tokenizer
from pipelines.text.embeddings.files import SUFFIXES, Embedding, read_embedding

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingListing:
    """Embeddings by name: those that fit a model, and those that don't."""

    loaded: dict[str, Embedding]
    skipped: dict[str, Embedding]


@dataclass(slots=True)
class NameIndex:
    """Finds embeddings by the token ids of their names; the longest name wins."""

    kind: TextKind
    by_first: dict[int, list[tuple[tuple[int, ...], Embedding]]] = field(
        default_factory=dict[int, "list[tuple[tuple[int, ...], Embedding]]"]
    )

    @classmethod
    def build(cls, embeddings: Iterable[Embedding], tokenizer: Tokenizer) -> NameIndex:
        """Tokenize the names for one kind of text encoder."""
        index = cls(tokenizer.kind)
        named = list(embeddings)
        for embedding, ids in zip(named, tokenizer.encode([e.name for e in named]), strict=True):
            if ids:
                index.by_first.setdefault(ids[0], []).append((tuple(ids), embedding))
        for entries in index.by_first.values():
            entries.sort(key=lambda entry: len(entry[0]), reverse=True)
        return index

    def match(self, tokens: Sequence[int], position: int) -> tuple[Embedding, int] | None:
        """Return the embedding whose name starts at ``position``, and the name's length in tokens."""
        for ids, embedding in self.by_first.get(tokens[position], ()):
            if tuple(tokens[position : position + len(ids)]) == ids:
                return embedding, len(ids)
        return None


class EmbeddingRegistry:
    """The embeddings of some folders. Files are read once and again when they change.

    ``revision`` rises whenever something changed; it belongs into keys of caches.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._files: dict[Path, tuple[tuple[int, int], Embedding | None]] = {}
        self.revision = 0

    def refresh(self) -> None:
        """Look for new, changed and deleted files; unreadable ones are logged and left out."""
        stamps = ((path, stamp(path)) for path in _files(self._folders))
        found = {path: now for path, now in stamps if now is not None}
        gone = self._files.keys() - found.keys()
        changed = [path for path, now in found.items() if self._stamp_of(path) != now]
        for path in gone:
            del self._files[path]
        for path in changed:
            self._files[path] = (found[path], _read(path))
        if gone or changed:
            self.revision += 1

    def listing(
        self, width: int, bundled: Sequence[Embedding] = (), own: Sequence[Embedding] = ()
    ) -> EmbeddingListing:
        """Part the embeddings by whether they fit a model whose text conditioning has ``width`` channels.

        ``bundled`` embeddings came with a network; those on disk win over them, and those that are a job's
        ``own`` over both.
        """
        loaded: dict[str, Embedding] = {}
        skipped: dict[str, Embedding] = {}
        for embedding in (*own, *self._embeddings(), *bundled):
            fits = embedding.width == width
            if fits:
                loaded.setdefault(embedding.name, embedding)
            elif embedding not in bundled:
                skipped.setdefault(embedding.name, embedding)
        return EmbeddingListing(loaded=_sorted(loaded), skipped=_sorted(skipped))

    def _embeddings(self) -> Iterator[Embedding]:
        return (embedding for _, embedding in self._files.values() if embedding is not None)

    def _stamp_of(self, path: Path) -> tuple[int, int] | None:
        known = self._files.get(path)
        return known[0] if known else None


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for root, _, names in os.walk(folder, followlinks=True):
            for name in sorted(names):
                path = Path(root, name)
                if _is_embedding(path):
                    yield path


def _is_embedding(path: Path) -> bool:
    previewed = Path(path.stem).suffix.lower() == ".preview"
    fitting = path.suffix.lower() in SUFFIXES and not previewed and path.is_file()
    return fitting and (stamp(path) or (0, 0))[1] > 0


def _read(path: Path) -> Embedding | None:
    try:
        return read_embedding(path)
    except CorruptFile as error:
        _log.warning("%s", error.message)
    except Exception as error:  # no file keeps the others from being used
        _log.warning("%s is left out", path, exc_info=error)
    return None


def _sorted(embeddings: dict[str, Embedding]) -> dict[str, Embedding]:
    return dict(sorted(embeddings.items(), key=lambda item: item[0].lower()))
