"""Models for nodes: find, load, and fetch those that the server doesn't know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import AnyHttpUrl

from extensions.invokeai.context.downloads import fetch_model, read_weights
from extensions.invokeai.context.interface import InvocationContextInterface
from extensions.invokeai.context.loaded import InvokeModel, LoadedModelWithoutConfig, loose_model
from extensions.invokeai.context.progress import signal
from extensions.invokeai.context.submodels import load_part
from extensions.invokeai.fields.model_values import ModelIdentifierField
from extensions.invokeai.models.catalog import UnknownModelException
from extensions.invokeai.models.configs import AnyModelConfig
from extensions.invokeai.vocabulary.models import BaseModelType, ModelFormat, ModelType, SubModelType

AnyModel = Any
"""A network, a tokenizer, a table of tensors."""


class ModelsInterface(InvocationContextInterface):
    """The server's models."""

    def exists(self, identifier: str | ModelIdentifierField) -> bool:
        """Whether the server has a model."""
        try:
            self._services.shared.catalog.meant(identifier)
        except UnknownModelException:
            return False
        return True

    def load(
        self, identifier: str | ModelIdentifierField, submodel_type: SubModelType | None = None
    ) -> InvokeModel:
        """A model, or a part of one; ``submodel_type`` wins over the identifier's own.

        Raises UnknownModelException.
        """
        config = self.get_config(identifier)
        wanted = submodel_type or getattr(identifier, "submodel_type", None)
        part = None if wanted is None else SubModelType(wanted)
        self._tell_loading(config, part)
        return load_part(self._services.work.services, config, part)

    def load_by_attrs(
        self, name: str, base: BaseModelType, type: ModelType, submodel_type: SubModelType | None = None
    ) -> InvokeModel:
        """The one model with these facts. Raises UnknownModelException, and ValueError for several."""
        found = self.search_by_attrs(name=name, base=base, type=type)
        if not found:
            raise UnknownModelException(f"there is no {base} {type} model {name!r}")
        if len(found) > 1:
            raise ValueError(f"{len(found)} {base} {type} models are called {name!r}")
        return self.load(found[0].key, submodel_type)

    def get_config(self, identifier: str | ModelIdentifierField) -> AnyModelConfig:
        """What is known of a model. Raises UnknownModelException."""
        return self._services.shared.catalog.meant(identifier)

    def search_by_path(self, path: Path) -> list[AnyModelConfig]:
        """Models in that file."""
        place = self.get_absolute_path(path)
        return [m for m in self._services.shared.catalog.list() if Path(m.path) == place]

    def search_by_attrs(
        self,
        name: str | None = None,
        base: BaseModelType | None = None,
        type: ModelType | None = None,
        format: ModelFormat | None = None,
    ) -> list[AnyModelConfig]:
        """Models with all the facts that are given."""
        return self._services.shared.catalog.search(name=name, base=base, type=type, format=format)

    def get_absolute_path(self, config_or_path: AnyModelConfig | Path | str) -> Path:
        """Where a model is; paths that are not absolute are seen from the models folder."""
        named = config_or_path.path if isinstance(config_or_path, AnyModelConfig) else config_or_path
        path = Path(named)
        return path.resolve() if path.is_absolute() else (self._services.configuration.models_path / path)

    def download_and_cache_model(self, source: str | AnyHttpUrl) -> Path:
        """A file that isn't the server's, from a URL or a repository; fetched once.

        Raises ValueError for a source that is neither.
        """
        signal(self._services, self._data, f"Downloading model {source}")
        return fetch_model(str(source), self._services.downloads)

    def load_local_model(
        self, model_path: Path, loader: Callable[[Path], AnyModel] | None = None
    ) -> LoadedModelWithoutConfig:
        """A file that isn't the server's; it stays in RAM. ``loader`` reads it, or it is read as tensors."""
        key = str(model_path)
        kept = self._services.shared.loose
        if key not in kept:
            kept[key] = (loader or read_weights)(Path(model_path))
        return loose_model(kept[key], self._services.work.services.residency.device)

    def load_remote_model(
        self, source: str | AnyHttpUrl, loader: Callable[[Path], AnyModel] | None = None
    ) -> LoadedModelWithoutConfig:
        """``download_and_cache_model``, then ``load_local_model``."""
        return self.load_local_model(self.download_and_cache_model(source), loader)

    def offload_from_vram(self, identifier: str | ModelIdentifierField) -> int:
        """Bytes that left the device: none, as the engine itself decides who leaves."""
        self.get_config(identifier)
        return 0

    def make_room_in_vram(self, vram_bytes_needed: int) -> None:
        """Nothing to do: the engine makes room when it needs it."""

    def _tell_loading(self, config: AnyModelConfig, part: SubModelType | None) -> None:
        name = f"{config.name} ({part.value})" if part else config.name
        signal(self._services, self._data, f"Loading model {name}")
