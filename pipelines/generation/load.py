"""Begin a generation's job: load the request's checkpoint, and note its names and hashes."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest
from pipelines.families.base import Latents
from pipelines.families.model import LoadedModel
from pipelines.generation.context import WorkContext
from pipelines.generation.job import CheckpointFacts, GenerationJob
from pipelines.generation.models import Models
from pipelines.generation.notes import Notes
from pipelines.generation.plan import Plan
from pipelines.generation.services import Services


def load_job(plan: Plan, context: WorkContext) -> GenerationJob:
    """Make the job, with the request's checkpoint loaded.

    Raises InvalidRequest for a pass of less than one latent cell.
    """
    request, services = plan.request, context.services
    notes = Notes(dict(request.pairs))

    def load(path: str) -> LoadedModel:
        return services.load_checkpoint(path, request.options, notes.warn)

    models = Models(load, notes.warn, request.checkpoint, tiling=request.tiling)
    _require_cells(plan, models.current.latents)
    return _job(plan, notes, models, context)


def _require_cells(plan: Plan, latents: Latents) -> None:
    for side, pixels in (("width", plan.width), ("height", plan.height)):
        if not latents.cells(pixels):
            raise InvalidRequest(f"{side} must be at least {latents.cell} pixels", field=side)
    size = plan.hires
    if size is None:
        return
    wide = latents.cells(size.upscale_width) - latents.cells(size.truncate_x)
    high = latents.cells(size.upscale_height) - latents.cells(size.truncate_y)
    if min(wide, high) < 1:
        result = f"{size.upscale_width - size.truncate_x}x{size.upscale_height - size.truncate_y}"
        field = "hires.resize_x" if size.resize else "hires.scale"
        raise InvalidRequest(f"a result of {result} is too small", field=field)


def job_around(model: LoadedModel, plan: Plan, context: WorkContext) -> GenerationJob:
    """Make a job around a loaded checkpoint, for work that calls hooks and is no generation."""
    notes = Notes()
    models = Models(lambda path: model, notes.warn, str(model.path), tiling=False)
    return _job(plan, notes, models, context)


def _job(plan: Plan, notes: Notes, models: Models, context: WorkContext) -> GenerationJob:
    return GenerationJob(
        plan=plan,
        notes=notes,
        models=models,
        checkpoint=_facts(plan.request, models.current, context.services),
        services=context.services,
        control=context.control,
        reporter=context.reporter,
    )


def _facts(request: GenerationRequest, model: LoadedModel, services: Services) -> CheckpointFacts:
    vae = model.vae_path
    edit = request.img2img if model.conditioning == "edit" else None
    return CheckpointFacts(
        model_name=Path(request.checkpoint).stem,
        model_hash=_short(model.sha256),
        vae_name=vae.name if vae else None,
        vae_hash=_short(services.hashes.sha256(vae)) if vae else None,
        image_cfg_scale=None if edit is None else edit.image_cfg_scale,
    )


def _short(sha256: str | None) -> str | None:
    return sha256[:10] if sha256 else None
