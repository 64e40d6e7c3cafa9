"""What the stages of a job share on one engine: models, networks, upscalers, restorers, caches, hooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from pipelines.conditioning.cache import ConditioningCache
from pipelines.conditioning.encoded import TextConditioner
from pipelines.conditioning.model_text import conditioner_of
from pipelines.hooks import Hooks
from pipelines.loading.checkpoint import load_checkpoint
from pipelines.model import LoadedModel
from pipelines.networks.embedding_registry import EmbeddingRegistry
from pipelines.options import GenerationOptions
from pipelines.patching.patcher import Patcher
from pipelines.patching.patches import Patches
from pipelines.precision import choose_device, choose_precision
from pipelines.prompt.extra_networks import NetworkTag
from pipelines.request import InterrogateRequest
from pipelines.settings import EngineSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    networks: tuple[Any, ...] = ()
    hypernetworks: tuple[Any, ...] = ()
    warnings: tuple[str, ...] = ()
    pairs: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True, kw_only=True)
class Services:
    settings: EngineSettings
    hooks: Hooks
    patcher: Patcher
    embeddings: EmbeddingRegistry
    conditioning_cache: ConditioningCache = field(default_factory=ConditioningCache)
    models: dict[str, LoadedModel] = field(default_factory=dict[str, LoadedModel])
    upscalers: Any = None
    faces: Any = None

    @classmethod
    def create(cls, settings: EngineSettings) -> Services:
        return cls(
            settings=settings,
            hooks=Hooks(settings.extensions),
            patcher=Patcher(),
            embeddings=EmbeddingRegistry(settings.folders.embeddings),
        )

    def load_checkpoint(self, path: str, options: GenerationOptions) -> LoadedModel:
        if path not in self.models:
            import hashlib

            device = choose_device(self.settings)
            model = load_checkpoint(Path(path), precision=choose_precision(self.settings, device), device=device)
            model.sha256 = hashlib.sha256(Path(path).read_bytes()).hexdigest()
            model.patcher = self.patcher
            self.models[path] = model
        return self.models[path]

    def text_conditioner(self, model: LoadedModel, patches: Patches) -> TextConditioner:
        self.embeddings.refresh()
        return conditioner_of(model, self.embeddings)

    def resolve_networks(self, tags: Sequence[NetworkTag], options: GenerationOptions) -> Resolved:
        return Resolved()

    def stem(self, path: str) -> str:
        return Path(path).stem

    def short_title(self, path: str) -> str:
        sha = self.load_checkpoint(path, GenerationOptions()).sha256 or ""
        return f"{Path(path).stem} [{sha[:10]}]"

    def file_hash(self, path: Path) -> str:
        return ""

    def restore_faces(
        self, image: Image.Image, options: GenerationOptions, warn: Callable[[str], None]
    ) -> Image.Image:
        raise NotImplementedError

    def interrogate(self, request: InterrogateRequest) -> str:
        raise NotImplementedError

    def unload(self) -> None:
        self.models.clear()

    def recover_memory(self) -> None:
        pass

    def close(self) -> None:
        self.models.clear()
