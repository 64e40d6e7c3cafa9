"""Begin a generation's job: load the request's checkpoint, and note how it is described."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest
from pipelines.families.model import LoadedModel
from pipelines.generation.context import WorkContext
from pipelines.generation.job import CheckpointFacts, GenerationJob
from pipelines.generation.models import Models
from pipelines.generation.notes import Notes
from pipelines.generation.plan import Plan
from pipelines.generation.services import Services


def load_job(plan: Plan, context: WorkContext) -> GenerationJob:
    """The job with the request's checkpoint.

    Raises InvalidRequest for a picture of less than one latent cell.
    """
    request, services = plan.request, context.services
    notes = Notes(dict(request.pairs))

    def load(path: str) -> LoadedModel:
        return services.load_checkpoint(path, request.options, notes.warn)

    models = Models(load, notes.warn, request.checkpoint, tiling=request.tiling)
    least = models.current.latents.cell
    if plan.width < least or plan.height < least:
        side = "width" if plan.width < least else "height"
        raise InvalidRequest(f"{side} must be at least {least} pixels", field=side)
    return GenerationJob(
        plan=plan,
        notes=notes,
        models=models,
        checkpoint=_facts(request, models.current, services),
        services=services,
        control=context.control,
        reporter=context.reporter,
    )


def _facts(request: GenerationRequest, model: LoadedModel, services: Services) -> CheckpointFacts:
    vae = model.vae_path
    edits = request.img2img is not None and model.conditioning == "edit"
    return CheckpointFacts(
        model_name=Path(request.checkpoint).stem,
        model_hash=_short(model.sha256),
        vae_name=vae.name if vae else None,
        vae_hash=_short(services.hashes.sha256(vae)) if vae else None,
        image_cfg_scale=request.img2img.image_cfg_scale if request.img2img and edits else None,
    )


def _short(sha256: str | None) -> str | None:
    return sha256[:10] if sha256 else None
