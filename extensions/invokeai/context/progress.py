"""Report a node's progress, to the engine and to the clients that follow the session."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

from extensions.invokeai.context.errors import CanceledException
from pipelines.plugin import Pause, Report

if TYPE_CHECKING:
    from PIL.Image import Image

    from extensions.invokeai.context.parts import InvocationContextData, InvocationServices

STEPS = 100
"""The number of steps that an engine's report divides a node's way into."""


def require_going(services: InvocationServices) -> None:
    """Raise CanceledException if the session was cancelled."""
    if services.work.control.cancelled:
        raise CanceledException


def let_others(services: InvocationServices) -> None:
    """Let other jobs go on, in the midst of a long computation. Raises CanceledException."""
    require_going(services)
    services.ask(Pause())


def signal(
    services: InvocationServices,
    data: InvocationContextData,
    message: str,
    percentage: float | None = None,
    image: Image | None = None,
    image_size: tuple[int, int] | None = None,
) -> None:
    """Report progress, and let other jobs go on.

    ``percentage`` in 0..1, clamped with a warning; None if it isn't known. ``image`` is shown at
    ``image_size``, by default its own. Raises CanceledException.
    """
    require_going(services)
    if percentage is not None and not 0 <= percentage <= 1:
        services.logger.warning("a share of %s is told as one between 0 and 1", percentage)
        percentage = min(max(percentage, 0.0), 1.0)
    shown: dict[str, Any] | None = None
    picture: bytes | None = None
    if image is not None:
        picture = _jpeg(image)
        width, height = image_size or image.size
        url = f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"
        shown = {"width": width, "height": height, "dataURL": url}
    told = {"message": message, "percentage": percentage, "image": shown}
    events = services.shared.store.events
    events.tell(data.queue_item.item_id, "invocation_progress", {**invocation_facts(data), **told})
    step = None if percentage is None else round(percentage * STEPS)
    services.ask(Report(step=step, steps=None if step is None else STEPS, text=message, preview=picture))


def invocation_facts(data: InvocationContextData) -> dict[str, Any]:
    """Return the fields that every event of a node has: the node, and its id in the graph."""
    return {
        "invocation": data.invocation.model_dump(mode="json", warnings=False),
        "invocation_source_id": data.source_invocation_id,
    }


def _jpeg(image: Image) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, format="JPEG", quality=80)
    return buffer.getvalue()
