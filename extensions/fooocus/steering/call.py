"""The steering of a job, which reaches the hooks of its generations as the call of a script."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from extensions.fooocus.kinds import Steering

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, ScriptCall

TITLE = "Fooocus"


@dataclass(frozen=True, slots=True, kw_only=True)
class InpaintFiles:
    """Paths of the weights that repaint: what is added to the first layer, and to the network's weights."""

    head: str
    patch: str


def chunks_of(job: GenerationJob) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The chunks of a generation's prompt and negative prompt, without added words."""
    found = next((call.args[1] for call in job.request.always_on if call.name == TITLE), None)
    return (tuple(found["positive"]), tuple(found["negative"])) if found else ((), ())


def steering_of(job: GenerationJob) -> Steering | None:
    """The steering of a generation; None for one of another API."""
    for call in job.request.always_on:
        if call.name == TITLE and call.args:
            values: dict[str, Any] = dict(call.args[0])
            freeu = values.pop("freeu", None)
            return Steering(**values, freeu=None if freeu is None else tuple(freeu))
    return None


def without_inpaint_files(call: ScriptCall) -> ScriptCall:
    """The steering for another checkpoint."""
    return replace(call, args=call.args[:2])


def inpaint_files_of(job: GenerationJob) -> InpaintFiles | None:
    """The weights that repaint in a generation, if it has any."""
    found = next((call.args[2:] for call in job.request.always_on if call.name == TITLE), ())
    return InpaintFiles(**found[0]) if found else None
