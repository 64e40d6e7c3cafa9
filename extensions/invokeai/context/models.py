"""Models for nodes: find and load those of the server, and fetch others."""

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
"""A network, a tokenizer or a table of tensors."""


class ModelsInterface(InvocationContextInterface):
    """The server's models, and files that packs fetch."""

    def exists(self, identifier: str | ModelIdentifierField) -> bool:
        """True if the server has the model that an identifier means."""
        try:
            self._services.shared.catalog.meant(identifier)
        except UnknownModelException:
            return False
        return True

    def load(
        self, identifier: str | ModelIdentifierField, submodel_type: SubModelType | None = None
    ) -> InvokeModel:
        """Load a model, or a part of one; ``submodel_type`` wins over the identifier's own.

        Raises UnknownModelException, and ValueError for a main model without a part.
        """
        config = self.get_config(identifier)
        wanted = submodel_type or getattr(identifier, "submodel_type", None)
        part = None if wanted is None else SubModelType(wanted)
        self._tell_loading(config, part)
        return load_part(self._services.work.services, config, part)

    def load_by_attrs(
        self, name: str, base: BaseModelType, type: ModelType, submodel_type: SubModelType | None = None
    ) -> InvokeModel:
        """Load the one model with these facts. Raises UnknownModelException, and ValueError for several."""
        found = self.search_by_attrs(name=name, base=base, type=type)
        if not found:
            raise UnknownModelException(f"there is no {base} {type} model {name!r}")
        if len(found) > 1:
            raise ValueError(f"{len(found)} {base} {type} models are called {name!r}")
        return self.load(found[0].key, submodel_type)

    def get_config(self, identifier: str | ModelIdentifierField) -> AnyModelConfig:
        """Return a model's config. Raises UnknownModelException."""
        return self._services.shared.catalog.meant(identifier)

    def search_by_path(self, path: Path) -> list[AnyModelConfig]:
        """Return the models in a file; a relative path is below the models folder."""
        place = self.get_absolute_path(path)
        return [m for m in self._services.shared.catalog.list() if Path(m.path) == place]

    def search_by_attrs(
        self,
        name: str | None = None,
        base: BaseModelType | None = None,
        type: ModelType | None = None,
        format: ModelFormat | None = None,
    ) -> list[AnyModelConfig]:
        """Return the models that match every argument that is given."""
        return self._services.shared.catalog.search(name=name, base=base, type=type, format=format)

    def get_absolute_path(self, config_or_path: AnyModelConfig | Path | str) -> Path:
        """Return a model's absolute path; a relative path is below the models folder."""
        named = config_or_path.path if isinstance(config_or_path, AnyModelConfig) else config_or_path
        path = Path(named)
        return path.resolve() if path.is_absolute() else (self._services.configuration.models_path / path)

    def download_and_cache_model(self, source: str | AnyHttpUrl) -> Path:
        """Return the path of a file from a URL or a repository, fetched once and kept.

        Raises ValueError for a source that is neither.
        """
        signal(self._services, self._data, f"Downloading model {source}")
        return fetch_model(str(source), self._services.downloads)

    def load_local_model(
        self, model_path: Path, loader: Callable[[Path], AnyModel] | None = None
    ) -> LoadedModelWithoutConfig:
        """Load a file that isn't the server's, with ``loader`` or as tensors; it stays in RAM."""
        key = str(model_path)
        kept = self._services.shared.loose
        if key not in kept:
            kept[key] = (loader or read_weights)(Path(model_path))
        return loose_model(kept[key], self._services.work.services.residency.device)

    def load_remote_model(
        self, source: str | AnyHttpUrl, loader: Callable[[Path], AnyModel] | None = None
    ) -> LoadedModelWithoutConfig:
        """Fetch a file as ``download_and_cache_model`` does, and load it as ``load_local_model`` does."""
        return self.load_local_model(self.download_and_cache_model(source), loader)

    def offload_from_vram(self, identifier: str | ModelIdentifierField) -> int:
        """Return 0, the bytes that left the device: the engine itself decides which model leaves.

        Raises UnknownModelException.
        """
        self.get_config(identifier)
        return 0

    def make_room_in_vram(self, vram_bytes_needed: int) -> None:
        """Do nothing: the engine makes room when a model is loaded."""

    def _tell_loading(self, config: AnyModelConfig, part: SubModelType | None) -> None:
        name = f"{config.name} ({part.value})" if part else config.name
        signal(self._services, self._data, f"Loading model {name}")
