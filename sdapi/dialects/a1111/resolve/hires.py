"""Fields of hires fix and of the refiner."""

from __future__ import annotations

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import Hires, Refiner
from pipelines.sampling.sampler_names import find_sampler, find_scheduler
from sdapi.core.services import Catalog
from sdapi.dialects.a1111.resolve.checkpoints import match_checkpoint
from sdapi.dialects.a1111.resolve.limits import within
from sdapi.dialects.a1111.schemas.generation import Generation, StableDiffusionProcessingTxt2Img
from sdapi.listings.listing_data import LATENT_MODES

SAME_CHECKPOINT = ("Use same checkpoint",)
SAME_SAMPLER = "Use same sampler"
SAME_SCHEDULER = "Use same scheduler"


def resolve_hires(
    body: StableDiffusionProcessingTxt2Img, catalog: Catalog
) -> tuple[Hires | None, tuple[str, ...]]:
    """Hires fix as requested, and warnings. Raises InvalidRequest for unknown names."""
    if not body.enable_hr:
        return None, ()
    scheduler, warnings = _scheduler(body.hr_scheduler)
    hires = Hires(
        scale=2.0 if body.hr_scale is None else body.hr_scale,
        upscaler=_upscaler(body.hr_upscaler, catalog),
        steps=body.hr_second_pass_steps or 0,
        resize_x=body.hr_resize_x or 0,
        resize_y=body.hr_resize_y or 0,
        first_width=body.firstphase_width or 0,
        first_height=body.firstphase_height or 0,
        checkpoint=match_checkpoint(
            catalog, body.hr_checkpoint_name, field="hr_checkpoint_name", same=SAME_CHECKPOINT
        ),
        sampler=_sampler(body.hr_sampler_name),
        scheduler=scheduler,
        prompt=body.hr_prompt or "",
        negative_prompt=body.hr_negative_prompt or "",
    )
    return hires, warnings


def _upscaler(name: str | None, catalog: Catalog) -> str | None:
    if name is None:
        return None
    if name not in LATENT_MODES and name not in (u.name for u in catalog.upscalers()):
        raise InvalidRequest(f"could not find upscaler named {name}", field="hr_upscaler")
    return name


def _sampler(name: str | None) -> str | None:
    if not name or name == SAME_SAMPLER:
        return None
    if find_sampler(name) is None:
        raise InvalidRequest(f"bad sampler name: {name}", field="hr_sampler_name")
    return name


def _scheduler(name: str | None) -> tuple[str | None, tuple[str, ...]]:
    if not name or name == SAME_SCHEDULER:
        return None, ()
    found = find_scheduler(name)
    if found is None:
        return "Automatic", (f"hr_scheduler: no scheduler is called {name!r}; 'Automatic' was used",)
    return found.label, ()


def resolve_refiner(body: Generation, catalog: Catalog) -> Refiner | None:
    """The refiner, unless its checkpoint is null, empty or ``None``."""
    off = ("None", "none")
    checkpoint = match_checkpoint(catalog, body.refiner_checkpoint, field="refiner_checkpoint", same=off)
    if checkpoint is None:
        return None
    if body.refiner_switch_at is not None:
        within("refiner_switch_at", body.refiner_switch_at, 0, 1)
    return Refiner(checkpoint=checkpoint, switch_at=body.refiner_switch_at)
