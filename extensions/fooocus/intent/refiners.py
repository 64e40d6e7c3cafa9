"""The refiner of a request: which checkpoint, from which step on, and how it takes over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extensions.fooocus.bodies.common import TextToImage
from extensions.fooocus.intent.models import find_model
from extensions.fooocus.intent.performance import Pace
from extensions.fooocus.intent.sizes import are_alike
from sdapi.plugin import RefinerIntent, State

JOINT, SEPARATE, VAE = "joint", "separate", "vae"
UNLIKE = "refiner_model_name: it is of another kind than the checkpoint, so it goes on from the picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenRefiner:
    """The refiner, None for none; its swap method, and what had to be replaced.

    ``unlike``: it understands other latents than the checkpoint.
    """

    intent: RefinerIntent | None = None
    method: str = JOINT
    unlike: bool = False
    warnings: tuple[str, ...] = ()


def choose_refiner(body: TextToImage, pace: Pace, checkpoint: str, state: State) -> ChosenRefiner:
    """Choose the refiner; none where it is off, unknown, or the checkpoint itself."""
    method, told = _method(body)
    name = body.refiner_model_name
    if name.strip().lower() in ("", "none"):
        return ChosenRefiner(method=method)
    title = find_model(name, state.catalog.checkpoints())
    if title is None:
        text = f"refiner_model_name: no checkpoint is called {name!a}; there is no refiner"
        return ChosenRefiner(method=method, warnings=(text,))
    found = state.catalog.find_checkpoint(title)
    if found is None or found.filename == checkpoint or not pace.refines:
        return ChosenRefiner(method=method)
    unlike = not are_alike(Path(checkpoint), Path(found.filename))
    if method != VAE and unlike:
        method, told = VAE, (*told, UNLIKE)
    refiner = RefinerIntent(checkpoint=title, switch_at=_share(body, pace), anew=method == SEPARATE)
    return ChosenRefiner(intent=refiner, method=method, unlike=unlike, warnings=told)


def _share(body: TextToImage, pace: Pace) -> float:
    """The share of the steps after which it takes over, at most 1."""
    overwrite = body.advanced_params.overwrite_switch
    step = round(overwrite) if overwrite > 0 else round(pace.steps * pace.switch)
    return min(1.0, step / pace.steps)


def _method(body: TextToImage) -> tuple[str, tuple[str, ...]]:
    given = body.advanced_params.refiner_swap_method
    if given in (JOINT, SEPARATE, VAE):
        return given, ()
    return JOINT, (f"advanced_params.refiner_swap_method: {given!a} is unknown; {JOINT} was used",)
