"""One running generation: its plan, its notes, its models, and what it shares with other jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from pipelines.contract.control import JobControl
from pipelines.contract.requests import GenerationRequest
from pipelines.extending.typed_store import TypedStore
from pipelines.families.model import LoadedModel
from pipelines.generation.models import Models
from pipelines.generation.notes import NotedPairs, Notes
from pipelines.generation.plan import Plan
from pipelines.generation.reporter import Reporter

if TYPE_CHECKING:
    from pipelines.generation.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointFacts:
    """Names and hashes of the request's checkpoint and VAE for infotexts; hashes have ten digits.

    ``image_cfg_scale``: the init picture's own guidance scale where the checkpoint edits by instructions.
    """

    model_name: str
    model_hash: str | None
    vae_name: str | None
    vae_hash: str | None
    image_cfg_scale: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationJob:
    """One generation as every stage and hook sees it.

    ``plan`` is fixed, ``notes`` collect infotext pairs, warnings and files, ``models`` hold the checkpoint in
    use. ``generator`` is where the VAE's posterior noise comes from; A1111 takes torch's global CPU
    generator. ``store`` is what extensions keep for this job; it is emptied when the job ends.
    """

    plan: Plan
    notes: Notes
    models: Models
    checkpoint: CheckpointFacts
    services: Services
    control: JobControl
    reporter: Reporter
    generator: torch.Generator = field(default_factory=torch.Generator)
    store: TypedStore = field(default_factory=TypedStore)

    @property
    def request(self) -> GenerationRequest:
        """The request that the plan was made for."""
        return self.plan.request

    @property
    def seeds(self) -> tuple[int, ...]:
        """One seed per picture."""
        return self.plan.seeds

    @property
    def loaded(self) -> LoadedModel:
        """The checkpoint in use, for its facts."""
        return self.models.current

    def end(self) -> None:
        """Let go of what extensions kept for this job, after their last hook."""
        self.services.hooks.end_job(self)
        self.store.clear()

    def warn(self, message: str) -> None:
        """Add a warning for the client, once however often it is given."""
        self.notes.warn(message)

    def add_pairs(self, pairs: NotedPairs) -> None:
        """Add infotext pairs; a newer value takes the place of an older one."""
        self.notes.add_pairs(pairs)

    def reseed(self, seed: int) -> None:
        """Restart the posterior noise, as drawing the initial noise of a batch does in A1111."""
        self.generator.manual_seed(seed & 0xFFFFFFFFFFFFFFFF)
