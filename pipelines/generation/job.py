"""The workspace of one generation: the request, what was resolved from it, and what was found on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from PIL import Image

from pipelines.contract.control import JobControl
from pipelines.contract.hires_size import HiresSize
from pipelines.contract.requests import GenerationRequest
from pipelines.families.patches import Patches
from pipelines.generation.reporter import Reporter
from pipelines.text.infotext.write import Value

if TYPE_CHECKING:
    from pipelines.families.model import LoadedModel
    from pipelines.generation.services import Services

Extra: TypeAlias = dict[str, Value | Callable[[int], Value]]
"""Infotext pairs in the order they were set; a callable is asked per picture (its index in the job)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Prompts of every picture of a job, styles merged and comments stripped; all of equal length."""

    prompts: tuple[str, ...]
    negative_prompts: tuple[str, ...]
    hires_prompts: tuple[str, ...]
    hires_negative_prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPicture:
    """One finished picture: its index in the job, and what goes with it."""

    image: Image.Image
    index: int
    infotext: str
    companions: tuple[Image.Image, ...] = ()


@dataclass(slots=True, kw_only=True)
class GenerationJob:
    """Mutable state of one generation while it runs.

    ``width`` x ``height`` is the size of the first pass; ``extra`` collects infotext pairs.
    ``model`` is the checkpoint in use, which the refiner and hires fix may swap.
    """

    request: GenerationRequest
    services: Services
    control: JobControl
    reporter: Reporter
    texts: Texts
    seeds: tuple[int, ...]
    subseeds: tuple[int, ...]
    width: int
    height: int
    job_timestamp: str
    hires: HiresSize | None = None
    model: LoadedModel | None = None
    patches: Patches | None = None
    extra: Extra = field(default_factory=dict[str, "Value | Callable[[int], Value]"])
    warnings: list[str] = field(default_factory=list[str])
    files: list[str] = field(default_factory=list[str])
    model_name: str = ""
    model_hash: str | None = None
    vae_name: str | None = None
    vae_hash: str | None = None
    tiling: bool = field(init=False)
    """Whether convolutions wrap around; a change of checkpoint ends it, as in A1111."""
    shapes_attention: bool = True
    """Whether the network in use merges tokens and tiles attention as options say; see ``checkpoints``."""
    told_mask: bool = False
    """Whether a network was told of a mask through extra input channels."""
    image_cfg_scale: float | None = None
    """The init picture's own guidance scale, where the request's checkpoint edits by instructions."""
    generator: torch.Generator = field(default_factory=torch.Generator)
    """Where the VAE's posterior noise comes from; A1111 takes torch's global CPU generator."""
    extension_state: dict[str, Any] = field(default_factory=dict[str, Any])
    """What extensions keep for this job, each under its own name."""

    def __post_init__(self) -> None:
        self.tiling = self.request.tiling

    def reseed(self, seed: int) -> None:
        """Restart the posterior noise, as drawing the initial noise of a batch does in A1111."""
        self.generator.manual_seed(seed & 0xFFFFFFFFFFFFFFFF)

    @property
    def loaded(self) -> LoadedModel:
        """The checkpoint in use."""
        if self.model is None:
            raise RuntimeError("the job has no model yet")
        return self.model

    def own_model(self) -> LoadedModel:
        """The checkpoint in use with this job's VAE and patches; other running jobs may have changed both."""
        model = self.services.load_checkpoint(str(self.loaded.path), self.request.options)
        patches = self.patches or Patches(tiling=self.tiling)
        self.apply(model, patches)
        self.model = model
        return model

    def apply(self, model: LoadedModel, patches: Patches) -> None:
        """Put patches on a model, and tell what of them had no effect."""
        for warning in model.apply(patches):
            self.warn(warning)

    def warn(self, message: str) -> None:
        """Tell the client once."""
        if message not in self.warnings:
            self.warnings.append(message)

    def add_pairs(self, pairs: Mapping[str, Value | Callable[[int], Value]]) -> None:
        """Add infotext pairs."""
        self.extra.update(pairs)

    def batch(self, iteration: int) -> slice:
        """Which pictures of the job iteration ``iteration`` makes."""
        size = self.request.batch_size
        return slice(iteration * size, (iteration + 1) * size)
