"""The parts that all jobs of one engine share: models, networks, upscalers, restorers, caches, hooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

from pipelines.adapters.cache import AdapterCache, HypernetworkCache
from pipelines.adapters.catalog import NetworkFiles
from pipelines.adapters.patching.patcher import Patcher
from pipelines.adapters.resolve import NetworkResolver, ResolvedNetworks
from pipelines.catalog.checkpoints import CheckpointCatalog
from pipelines.catalog.hashes import HashCache
from pipelines.catalog.upscalers import UpscalerCatalog
from pipelines.catalog.vaes import VaeCatalog
from pipelines.contract.heed import Pieces, in_one_go
from pipelines.contract.latent_modes import LATENT_MODES
from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import CaptionRequest
from pipelines.contract.settings import EngineSettings
from pipelines.extending.extension_packages import PACKAGE, add_extensions
from pipelines.extending.typed_store import TypedStore
from pipelines.families.discover import discover_families
from pipelines.families.model import LoadedModel
from pipelines.families.registry import BUILT_IN
from pipelines.generation.hooks import Hooks
from pipelines.memory.budget import Budget
from pipelines.memory.device_memory import describe_memory
from pipelines.memory.lifetimes import REST, Lifetimes
from pipelines.memory.residency import Residency
from pipelines.memory.weight_shelf import WeightShelf
from pipelines.postprocess.faces.restorer import FaceRestorers
from pipelines.postprocess.interrogate.interrogator import Interrogator
from pipelines.postprocess.upscale.upscalers import Upscalers
from pipelines.previews.tiny_models import TinyModels
from pipelines.sampling.sampler_table import listed_samplers, listed_schedules
from pipelines.scripting.script_file import Names, Scripts, discover
from pipelines.text.embeddings.files import Embedding
from pipelines.text.embeddings.registry import EmbeddingRegistry
from pipelines.text.encoding.cache import ConditioningCache
from pipelines.text.encoding.encoded import TextConditioner
from pipelines.text.encoding.model_text import conditioner_of
from pipelines.text.prompt.extra_networks import NetworkTag

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
RAM_SHARE = 0.5
"""Part of the machine's memory that weights may take, unless the settings say otherwise."""
CHECKPOINTS_IN_RAM = 8
"""At most this many checkpoints wait in RAM; their bytes are bounded too."""


@dataclass(slots=True, kw_only=True)
class Services:
    """One engine's shared parts; made once, closed once."""

    settings: EngineSettings
    hashes: HashCache
    checkpoints: CheckpointCatalog
    vaes: VaeCatalog
    residency: Residency
    lifetimes: Lifetimes
    networks: AdapterCache
    hypernetworks: HypernetworkCache
    resolver: NetworkResolver
    embeddings: EmbeddingRegistry
    upscalers: Upscalers
    faces: FaceRestorers
    interrogator: Interrogator
    hooks: Hooks
    tiny_models: TinyModels
    weights: WeightShelf
    """Loaded weights of these parts and of extensions, except checkpoints and networks of prompts."""
    scripts: Scripts
    conditioning_cache: ConditioningCache = field(default_factory=ConditioningCache)
    store: TypedStore = field(default_factory=TypedStore)
    """State of extensions between jobs, each under its own name; emptied when memory is freed.

    Weights belong on ``weights``, where they count.
    """
    random: np.random.RandomState = field(default_factory=np.random.RandomState)
    """Stand-in for A1111's global NumPy state: extensions seed it and draw from it."""

    @classmethod
    def create(cls, settings: EngineSettings) -> Services:
        """Make all parts of one engine; nothing is loaded yet."""
        folders = settings.folders
        hashes = HashCache(folders.data / "cache" / "hashes.json", enabled=settings.hashing)
        budget = _budget_of(settings)
        networks, hypernetworks = AdapterCache(budget=budget), HypernetworkCache(budget=budget)
        weights = WeightShelf(budget)
        residency = Residency(
            settings,
            patcher=Patcher(networks, hypernetworks, budget),
            hash_of=hashes.sha256,
            begin_hash=hashes.begin,
            limit=CHECKPOINTS_IN_RAM,
            budget=budget,
            families=(*discover_families(folders.data / "families"), *BUILT_IN),
        )
        return cls(
            settings=settings,
            hashes=hashes,
            checkpoints=CheckpointCatalog(folders, hashes, first=settings.first_checkpoint),
            vaes=VaeCatalog(folders, forced=settings.forced_vae),
            residency=residency,
            lifetimes=Lifetimes(settings.keep_alive),
            networks=networks,
            hypernetworks=hypernetworks,
            resolver=NetworkResolver(NetworkFiles(folders, hashes), networks),
            embeddings=EmbeddingRegistry(folders.embeddings),
            upscalers=Upscalers(UpscalerCatalog(folders), residency.device, settings.limits, weights),
            faces=FaceRestorers(folders, residency.device, weights),
            interrogator=Interrogator(folders, residency.device, weights),
            hooks=_hooks(settings),
            scripts=discover(SCRIPTS, folders.data / "scripts"),
            tiny_models=TinyModels(folders.models, weights),
            weights=weights,
        )

    def load_checkpoint(
        self, path: str, options: GenerationOptions, warn: Callable[[str], None] = lambda message: None
    ) -> LoadedModel:
        """Load the checkpoint of a file with the VAE that the options choose; ``warn`` gets what was odd.

        Raises SdapiError.
        """
        file = Path(path)
        choice = self.vaes.resolve(file, options)
        if choice.warning:
            warn(choice.warning)
        model = self.residency.checkpoint(file, vae=choice.path, name=file.stem)
        for warning in model.warnings:
            warn(warning)
        return model

    def text_conditioner(
        self, model: LoadedModel, bundled: Sequence[Embedding], own: Sequence[Embedding] = ()
    ) -> TextConditioner:
        """The model's text encoders with the textual inversions on disk, ``bundled`` ones and a job's own."""
        self.embeddings.refresh()
        autocast = self.settings.precision != "half"
        return conditioner_of(model, self.embeddings, bundled=bundled, own=own, autocast=autocast)

    def resolve_networks(self, tags: Sequence[NetworkTag], options: GenerationOptions) -> ResolvedNetworks:
        """The network files that a prompt's tags mean."""
        return self.resolver.resolve(tags, options)

    def short_title(self, path: str) -> str:
        """``stem [hash]`` of a checkpoint."""
        return self.checkpoints.hashed(self.checkpoints.by_path(Path(path))).short_title

    def script_names(self) -> Names:
        """Names that script arguments may hold."""
        return Names(
            samplers=tuple(info.name for info in listed_samplers()),
            schedulers=tuple(info.label for info in listed_schedules()),
            checkpoints=tuple(item.title for item in self.checkpoints.list()),
            vaes=tuple(self.vaes.list()),
            upscalers=self.upscalers.names(),
            latent_modes=tuple(LATENT_MODES),
            axes=self.hooks.axes(),
        )

    def restore_faces(
        self, picture: Image.Image, options: GenerationOptions, warn: Callable[[str], None]
    ) -> Pieces[Image.Image]:
        """Restore every face with the model of option ``face_restoration_model``. Raises MissingWeights."""
        model, weight = options.face_restoration_model, options.code_former_weight
        pixels = np.array(picture.convert("RGB"))
        return Image.fromarray((yield from self.faces.restore(pixels, model, weight, warn)))

    def interrogate(self, request: CaptionRequest) -> str:
        """A caption, made in one go. Raises MissingWeights."""
        return in_one_go(self.interrogator.describe(request))

    def memory(self) -> Mapping[str, Any]:
        """Memory of the device, as in A1111's ``cuda`` object."""
        return describe_memory(self.residency.device)

    def unload(self) -> None:
        """Let every model go."""
        self._unload_rest()
        self.residency.unload()

    def _unload_rest(self) -> None:
        """Let everything go that is no checkpoint."""
        self.networks.clear()
        self.hypernetworks.clear()
        self.weights.clear()
        self.conditioning_cache.clear()
        self.store.clear()

    def unload_due(self) -> None:
        """Let go of what has stayed loaded as long as it should; no job may run."""
        due = self.lifetimes.take_due()
        if REST in due:
            self._unload_rest()
        if due:
            self.residency.forget(*(path for path in due if path != REST))

    def recover_memory(self) -> None:
        """After the device ran out of memory: keep weights in RAM only and drop caches."""
        self.residency.offload()
        self.weights.clear()
        self.store.clear()

    def close(self) -> None:
        """Let every model go for good."""
        self._unload_rest()
        self.residency.close()


def _budget_of(settings: EngineSettings) -> Budget:
    """Make the budget: hard if the settings bound RAM, else a share of the machine's."""
    if settings.ram_budget is not None:
        return Budget(settings.ram_budget, hard=True)
    return Budget(int(psutil.virtual_memory().total * RAM_SHARE))


def _hooks(settings: EngineSettings) -> Hooks:
    """The extensions of the project and of the data folder."""
    add_extensions(settings.folders.data / PACKAGE)
    return Hooks(settings.extensions)
