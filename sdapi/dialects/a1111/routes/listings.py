"""Listings that clients fill their menus from. Those that read folders run in threads, as plain functions."""

from __future__ import annotations

from fastapi import APIRouter

from pipelines.catalog.upscalers import REALESRGAN
from pipelines.contract.latent_modes import LATENT_MODES
from pipelines.sampling.sampler_table import listed_samplers, listed_schedules
from sdapi.core.services import EmbeddingRow
from sdapi.core.state import StateOf
from sdapi.dialects.a1111.schemas import listings as rows
from sdapi.http.responses import JsonResponse
from sdapi.intent.checkpoints import current_checkpoint
from sdapi.listings.style_listing import list_styles

router = APIRouter(prefix="/sdapi/v1")
FACE_RESTORERS = ("CodeFormer", "GFPGAN")


@router.get("/samplers", response_model=list[rows.SamplerItem])
async def get_samplers() -> JsonResponse:
    """Samplers; option values are text."""
    return JsonResponse(
        [{"name": s.name, "aliases": list(s.aliases), "options": s.api_options()} for s in listed_samplers()]
    )


@router.get("/schedulers", response_model=list[rows.SchedulerItem])
async def get_schedulers() -> JsonResponse:
    """Noise schedules."""
    return JsonResponse(
        [
            {
                "name": s.name,
                "label": s.label,
                "aliases": list(s.aliases) or None,
                "default_rho": s.default_rho,
                "need_inner_model": s.need_inner_model,
            }
            for s in listed_schedules()
        ]
    )


@router.get("/upscalers", response_model=list[rows.UpscalerItem])
def get_upscalers(state: StateOf) -> JsonResponse:
    """Upscalers, ``None`` first."""
    return JsonResponse(
        [
            {
                "name": u.name,
                "model_name": u.model_name,
                "model_path": u.model_path,
                "model_url": u.model_url,
                "scale": u.scale,
                **_damage(u.damaged),
            }
            for u in state.catalog.upscalers()
        ]
    )


@router.get("/latent-upscale-modes", response_model=list[rows.LatentUpscalerModeItem])
async def get_latent_upscale_modes() -> JsonResponse:
    """Ways to enlarge latents in hires fix."""
    return JsonResponse([{"name": name} for name in LATENT_MODES])


@router.get("/sd-models", response_model=list[rows.SDModelItem])
def get_sd_models(state: StateOf) -> JsonResponse:
    """Checkpoints."""
    return JsonResponse(
        [
            {
                "title": c.title,
                "model_name": c.model_name,
                "hash": c.hash,
                "sha256": c.sha256,
                "filename": c.filename,
                "config": c.config,
                **_damage(c.damaged),
            }
            for c in state.catalog.checkpoints()
        ]
    )


@router.get("/sd-vae", response_model=list[rows.SDVaeItem])
def get_sd_vaes(state: StateOf) -> JsonResponse:
    """VAE files."""
    return JsonResponse(
        [
            {"model_name": vae.name, "filename": vae.path, **_damage(vae.damaged)}
            for vae in state.catalog.vaes()
        ]
    )


@router.get("/hypernetworks", response_model=list[rows.HypernetworkItem])
def get_hypernetworks(state: StateOf) -> JsonResponse:
    """Hypernetworks."""
    return JsonResponse(
        [
            {"name": item.name, "path": item.path, **_damage(item.damaged)}
            for item in state.catalog.hypernetworks()
        ]
    )


@router.get("/face-restorers", response_model=list[rows.FaceRestorerItem])
async def get_face_restorers() -> JsonResponse:
    """Face restorers."""
    return JsonResponse([{"name": name, "cmd_dir": None} for name in FACE_RESTORERS])


@router.get("/realesrgan-models", response_model=list[rows.RealesrganItem])
async def get_realesrgan_models() -> JsonResponse:
    """Published Real-ESRGAN files."""
    return JsonResponse([{"name": n, "path": p, "scale": s} for n, p, s in REALESRGAN])


@router.get("/prompt-styles", response_model=list[rows.PromptStyleItem])
def get_prompt_styles(state: StateOf) -> JsonResponse:
    """Prompt styles in file order."""
    return JsonResponse(list_styles(state.config.styles))


@router.get("/embeddings", response_model=rows.EmbeddingsResponse)
def get_embeddings(state: StateOf) -> JsonResponse:
    """Textual inversion embeddings for the selected checkpoint."""
    checkpoint = current_checkpoint(state.store, state.catalog)
    loaded, skipped = state.catalog.embeddings(checkpoint.filename if checkpoint else None)
    return JsonResponse(
        {
            "loaded": {e.name: _embedding(e) for e in loaded},
            "skipped": {e.name: _embedding(e) for e in skipped},
        }
    )


def _embedding(item: EmbeddingRow) -> dict[str, object]:
    return {
        "step": item.step,
        "sd_checkpoint": item.sd_checkpoint,
        "sd_checkpoint_name": item.sd_checkpoint_name,
        "shape": item.shape,
        "vectors": item.vectors,
        **_damage(item.damaged),
    }


def _damage(reason: str | None) -> dict[str, str]:
    """The key that the row of a damaged file has in addition; whole files have A1111's keys alone."""
    return {"damaged": reason} if reason else {}


@router.get("/loras", response_model=list[rows.LoraItem])
def get_loras(state: StateOf) -> JsonResponse:
    """LoRA-like networks."""
    return JsonResponse(
        [
            {
                "name": item.name,
                "alias": item.alias,
                "path": item.path,
                "metadata": dict(item.metadata),
                **_damage(item.damaged),
            }
            for item in state.catalog.loras()
        ]
    )
