"""Look up the names of hires fix and of the refiner."""

from __future__ import annotations

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import within
from pipelines.contract.requests import Hires, Refiner
from pipelines.sampling.sampler_names import find_scheduler, resolve_second_sampler
from sdapi.core.services import Catalog
from sdapi.intent.checkpoints import match_checkpoint
from sdapi.intent.intent import HiresIntent, RefinerIntent
from sdapi.intent.upscalers import resolve_upscaler


def resolve_hires(hires: HiresIntent | None, catalog: Catalog) -> tuple[Hires | None, tuple[str, ...]]:
    """Hires fix as asked for, and warnings. Raises InvalidRequest for unknown names."""
    if hires is None:
        return None, ()
    sampler, implied = _sampler(hires.sampler)
    scheduler, warnings = _scheduler(hires.scheduler)
    found = Hires(
        scale=hires.scale,
        upscaler=resolve_upscaler(catalog, hires.upscaler, field="hires.upscaler", latent=True),
        steps=hires.steps,
        resize_x=hires.resize_x,
        resize_y=hires.resize_y,
        first_width=hires.first_width,
        first_height=hires.first_height,
        checkpoint=match_checkpoint(catalog, hires.checkpoint, field="hires.checkpoint"),
        sampler=sampler,
        scheduler=scheduler or implied,
        prompt=hires.prompt,
        negative_prompt=hires.negative_prompt,
    )
    return found, warnings


def _sampler(name: str | None) -> tuple[str | None, str | None]:
    """The sampler and the scheduler that its name holds; None for those of the first pass."""
    if not name:
        return None, None
    found = resolve_second_sampler(name)
    if found is None:
        raise InvalidRequest(f"bad sampler name: {name}", field="hires.sampler")
    return found


def _scheduler(name: str | None) -> tuple[str | None, tuple[str, ...]]:
    if not name:
        return None, ()
    found = find_scheduler(name)
    if found is None:
        return "Automatic", (f"hires.scheduler: no scheduler is called {name!r}; 'Automatic' was used",)
    return found.label, ()


def resolve_refiner(refiner: RefinerIntent | None, catalog: Catalog) -> Refiner | None:
    """The refiner, if there is one. Raises InvalidRequest for an unknown name."""
    if refiner is None:
        return None
    checkpoint = match_checkpoint(catalog, refiner.checkpoint, field="refiner.checkpoint")
    if checkpoint is None:
        return None
    if refiner.switch_at is not None:
        within("refiner.switch_at", refiner.switch_at, 0, 1)
    return Refiner(checkpoint=checkpoint, switch_at=refiner.switch_at, anew=refiner.anew)
