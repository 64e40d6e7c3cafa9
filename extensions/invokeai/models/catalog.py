"""All models of the server's folders, and the ways to find one."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from extensions.invokeai.models.configs import AnyModelConfig
from extensions.invokeai.models.recognise import adapter_base, control_type, main_base, vae_base, variant_of
from extensions.invokeai.vocabulary.models import BaseModelType, ModelFormat, ModelType
from pipelines.plugin import Folders, stamp, walk

SUFFIXES = (".safetensors", ".ckpt", ".pt", ".pth", ".bin")
FRESH_SECONDS = 2.0
"""Seconds for which a listing is used again."""


class UnknownModelException(Exception):
    """An identifier that fits no model."""


def key_of(path: Path) -> str:
    """Return a model's key, in the form of a UUID: a hash of its absolute path."""
    digest = hashlib.sha256(str(path.absolute()).encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def _settings(base: BaseModelType) -> dict[str, Any]:
    side = 1024 if base in (BaseModelType.StableDiffusionXL, BaseModelType.Flux) else 512
    return {"width": side, "height": side}


def _any_base(path: Path) -> BaseModelType:
    return BaseModelType.Any


_BASES: Mapping[ModelType, Callable[[Path], BaseModelType]] = {
    ModelType.Main: main_base,
    ModelType.VAE: vae_base,
    ModelType.SpandrelImageToImage: _any_base,
}


def _config(path: Path, kind: ModelType) -> AnyModelConfig:
    kind = control_type(path) if kind is ModelType.ControlNet else kind
    base = _BASES.get(kind, adapter_base)(path)
    file_format = ModelFormat.LyCORIS if kind is ModelType.LoRA else ModelFormat.Checkpoint
    if kind is ModelType.TextualInversion:
        file_format = ModelFormat.EmbeddingFile
    more: dict[str, Any] = {}
    if kind is ModelType.Main:
        more = {"variant": variant_of(path), "default_settings": _settings(base)}
    size = (stamp(path) or (0, 0))[1]
    return AnyModelConfig(
        key=key_of(path),
        hash=f"path:{hashlib.sha256(f'{path.name}:{size}'.encode()).hexdigest()}",
        path=str(path.absolute()),
        file_size=size,
        name=path.stem,
        type=kind,
        format=file_format,
        base=base,
        source=str(path.absolute()),
        **more,
    )


class ModelCatalog:
    """The weight files below ``folders`` as models; a file that changed is recognised anew.

    ``controls``: the folders of control models, beyond that of the models folder.
    """

    def __init__(self, folders: Folders, controls: Iterable[Path] = ()) -> None:
        self._folders = folders
        self._controls = tuple(controls)
        self._known: dict[tuple[Path, tuple[int, int] | None], AnyModelConfig] = {}
        self._read_at = float("-inf")
        self._models: list[AnyModelConfig] = []

    def list(self) -> Sequence[AnyModelConfig]:
        """List every model, kind by kind in the order of file names."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            self._models = [
                self._of(path, kind)
                for kind, folders in self._places().items()
                for path in _files(folders)
            ]
            self._read_at = time.monotonic()
        return self._models

    def _places(self) -> Mapping[ModelType, Iterable[Path]]:
        folders = self._folders
        return {
            ModelType.Main: folders.checkpoints,
            ModelType.VAE: folders.vaes,
            ModelType.LoRA: folders.loras,
            ModelType.ControlNet: dict.fromkeys((folders.models / "ControlNet", *self._controls)),
            ModelType.TextualInversion: folders.embeddings,
            ModelType.SpandrelImageToImage: (*folders.esrgan, *folders.realesrgan, *folders.dat),
        }

    def _of(self, path: Path, kind: ModelType) -> AnyModelConfig:
        mark = (path, stamp(path))
        if mark not in self._known:
            self._known[mark] = _config(path, kind)
        return self._known[mark]

    def find(self, key: str) -> AnyModelConfig | None:
        """Return the model with a key, None if there is none."""
        return next((model for model in self.list() if model.key == key), None)

    def search(
        self,
        name: str | None = None,
        base: str | None = None,
        type: str | None = None,
        format: str | None = None,
    ) -> list[AnyModelConfig]:
        """Return the models that match every argument that is given."""
        wanted = {"name": name, "base": base, "type": type, "format": format}
        given = {field: value for field, value in wanted.items() if value is not None}
        return [m for m in self.list() if all(getattr(m, field) == value for field, value in given.items())]

    def meant(self, identifier: Any) -> AnyModelConfig:
        """Return the model that an identifier means: by key, else by hash, else by name, base and type.

        Clients may hold keys of another server, so a key alone need not fit. ``identifier``: a key as text, or
        an object with these fields. Raises UnknownModelException.
        """
        if isinstance(identifier, str):
            found = self.find(identifier)
            if found is None:
                raise UnknownModelException(f"there is no model with key {identifier}")
            return found
        found = self.find(identifier.key) or next(
            (m for m in self.list() if identifier.hash and m.hash == identifier.hash), None
        )
        if found is None:
            named = self.search(name=identifier.name, base=identifier.base, type=identifier.type)
            found = named[0] if named else None
        if found is None:
            raise UnknownModelException(f"there is no {identifier.type} model {identifier.name!r}")
        return found

    @property
    def root(self) -> Path:
        """The folder that the folders of models lie in."""
        return self._folders.models


def _files(folders: Iterable[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for folder in dict.fromkeys(folders):
        if folder.is_dir():
            found |= dict.fromkeys(sorted(walk(folder, SUFFIXES), key=lambda path: path.name.lower()))
    return list(found)
