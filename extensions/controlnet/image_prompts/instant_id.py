"""InstantID: a ControlNet of a face's key points that reads the face's tokens in place of the prompt's.

Wang et al. 2024, "InstantID: Zero-shot Identity-Preserving Generation in Seconds", arXiv:2401.07519.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from extensions.controlnet.image_prompts.layout import AdapterLayout, Projector
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.detect import ControlKind
from pipelines.plugin import InvalidRequest


def with_token_sources(
    units: Sequence[PreparedUnit], layout: Callable[[Path], AdapterLayout]
) -> list[PreparedUnit]:
    """Link every InstantID ControlNet to the unit before it, the source of its tokens.

    ``layout`` reads the layout of an IP-Adapter's file. Raises InvalidRequest unless that unit is one of
    InstantID's IP-Adapter.
    """
    linked: list[PreparedUnit] = []
    for unit in units:
        if unit.kind is ControlKind.INSTANT_ID:
            before = linked[-1] if linked else None
            if before is None or not _embeds_identity(before, layout):
                raise InvalidRequest(
                    "an InstantID ControlNet reads the face of the unit before it, which must be an "
                    "InstantID IP-Adapter with instant_id_face_embedding",
                    field=f"{unit.unit.field}.model",
                )
            unit = replace(unit, token_source=before)  # noqa: PLW2901
        linked.append(unit)
    return linked


def _embeds_identity(unit: PreparedUnit, layout: Callable[[Path], AdapterLayout]) -> bool:
    if unit.file is None or unit.kind is not ControlKind.IP_ADAPTER:
        return False
    return layout(unit.file.path).projector is Projector.IDENTITY
