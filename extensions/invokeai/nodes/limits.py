"""Limits on the work of a node: those that all requests keep, and one on the length of lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.plugin import check_picture, within

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext

MOST_ITEMS = 100_000
"""Greatest length of a list that a node makes."""


def check_length(count: int) -> None:
    """Raise ValueError for a list that is too long."""
    if count > MOST_ITEMS:
        raise ValueError(f"a list of {count} items is longer than {MOST_ITEMS}")


def check_size(context: InvocationContext, width: int, height: int) -> None:
    """Raise InvalidRequest for a picture that is larger than the server makes."""
    check_picture("width", width, height, context.services.work.services.settings.limits)


def check_steps(context: InvocationContext, steps: int) -> None:
    """Raise InvalidRequest for more steps than the server makes."""
    within("steps", steps, 1, context.services.work.services.settings.limits.steps, flag="--max-steps")
