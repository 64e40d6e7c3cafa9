"""Fields of hires fix and of the refiner."""

from __future__ import annotations

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import within
from pipelines.contract.requests import Hires, Refiner
from pipelines.sampling.sampler_names import find_scheduler, resolve_second_sampler
from sdapi.core.services import Catalog
from sdapi.dialects.a1111.resolve.checkpoints import match_checkpoint
from sdapi.dialects.a1111.resolve.upscalers import resolve_upscaler
from sdapi.dialects.a1111.schemas.generation import Generation, StableDiffusionProcessingTxt2Img

SAME_CHECKPOINT = ("Use same checkpoint",)
SAME_SAMPLER = "use same sampler"
SAME_SCHEDULER = "use same scheduler"


def resolve_hires(
    body: StableDiffusionProcessingTxt2Img, catalog: Catalog
) -> tuple[Hires | None, tuple[str, ...]]:
    """Hires fix as requested, and warnings. Raises InvalidRequest for unknown names."""
    if not body.enable_hr:
        return None, ()
    sampler, implied = _sampler(body.hr_sampler_name)
    scheduler, warnings = _scheduler(body.hr_scheduler)
    hires = Hires(
        scale=2.0 if body.hr_scale is None else body.hr_scale,
        upscaler=resolve_upscaler(catalog, body.hr_upscaler, field="hr_upscaler", latent=True),
        steps=body.hr_second_pass_steps or 0,
        resize_x=body.hr_resize_x or 0,
        resize_y=body.hr_resize_y or 0,
        first_width=body.firstphase_width or 0,
        first_height=body.firstphase_height or 0,
        checkpoint=match_checkpoint(
            catalog, body.hr_checkpoint_name, field="hr_checkpoint_name", same=SAME_CHECKPOINT
        ),
        sampler=sampler,
        scheduler=scheduler or implied,
        prompt=body.hr_prompt or "",
        negative_prompt=body.hr_negative_prompt or "",
    )
    return hires, warnings


def _sampler(name: str | None) -> tuple[str | None, str | None]:
    """The sampler and the scheduler that its name holds; None for those of the first pass."""
    if not name or name.casefold() == SAME_SAMPLER:
        return None, None
    found = resolve_second_sampler(name)
    if found is None:
        raise InvalidRequest(f"bad sampler name: {name}", field="hr_sampler_name")
    return found


def _scheduler(name: str | None) -> tuple[str | None, tuple[str, ...]]:
    if not name or name.casefold() == SAME_SCHEDULER:
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
