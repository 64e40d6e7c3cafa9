"""Numbers of a body with nulls replaced, checked before its pictures are read."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contract.limits import WorkLimits, check_batches, check_pixels
from sdapi.dialects.a1111.schemas.generation import Generation


def or_default(value: int | None, default: int) -> int:
    """A field's value, or its default where null would make the original fail."""
    return default if value is None else value


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSize:
    """Numbers that every request has, nulls replaced."""

    width: int
    height: int
    steps: int
    batch_size: int
    batch_count: int


def resolve_size(body: Generation, limits: WorkLimits) -> RequestSize:
    """Sizes and counts of a request, within the limits."""
    size = RequestSize(
        width=or_default(body.width, 512),
        height=or_default(body.height, 512),
        steps=or_default(body.steps, 50),
        batch_size=or_default(body.batch_size, 1),
        batch_count=or_default(body.n_iter, 1),
    )
    check_batches(size.steps, size.batch_size, size.batch_count, limits)
    check_pixels("width", size.width, "height", size.height, limits)
    return size
