"""The server's settings under the names that packs read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, PrivateAttr


class InvokeAIAppConfig(BaseModel):
    """Settings whose paths are those of this server; all others are InvokeAI's defaults."""

    model_config = ConfigDict(protected_namespaces=(), extra="allow")

    host: str = "127.0.0.1"
    port: int = 9090
    device: str = "auto"
    precision: str = "auto"
    pil_compress_level: int = 1
    max_queue_size: int = 10000
    node_cache_size: int = 512
    force_tiled_decode: bool = False
    log_tokenization: bool = False
    attention_type: str = "auto"
    allow_nodes: list[str] | None = None
    deny_nodes: list[str] | None = None
    models_dir: Path = Path("models")
    outputs_dir: Path = Path("outputs")
    custom_nodes_dir: Path = Path("nodes")

    _root: Path = PrivateAttr(default_factory=Path)
    _models: Path = PrivateAttr(default_factory=Path)
    _store: Path = PrivateAttr(default_factory=Path)

    @classmethod
    def of(cls, data: Path, models: Path, store: Path, device: str) -> InvokeAIAppConfig:
        """Make the settings of one engine; ``store`` is the folder of pictures and the database."""
        config = cls(device=device, models_dir=models)
        config._root, config._models, config._store = data.absolute(), models.absolute(), store.absolute()
        return config

    @property
    def root_path(self) -> Path:
        """The data folder."""
        return self._root

    @property
    def outputs_path(self) -> Path:
        """The folder of pictures."""
        return self._store / "outputs"

    @property
    def models_path(self) -> Path:
        """The folder of models."""
        return self._models

    @property
    def custom_nodes_path(self) -> Path:
        """The folder of node packs, below the data folder."""
        return self._root / self.custom_nodes_dir

    @property
    def db_path(self) -> Path:
        """The file of the database."""
        return self._store / "invokeai.sqlite"

    @property
    def download_cache_path(self) -> Path:
        """The folder of weight files that packs fetched."""
        return self._store / "downloads"


_current = InvokeAIAppConfig()


def set_config(config: InvokeAIAppConfig) -> None:
    """Set what ``get_config`` returns, as packs call it without naming an engine."""
    global _current
    _current = config


def get_config(**ignored: Any) -> InvokeAIAppConfig:
    """Return the settings of this process's engine; InvokeAI's arguments have no effect."""
    return _current
