"""An InstantID ControlNet reads the tokens of the unit before it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from extensions.controlnet.image_prompts.instant_id import with_token_sources
from extensions.controlnet.image_prompts.layout import AdapterLayout, Projector
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.catalog import ControlFile
from extensions.controlnet.units.detect import ControlKind
from pipelines.contract.errors import InvalidRequest
from tests.extensions.controlnet import tiny


def unit(kind: ControlKind | None, name: str = "x", field: str = "args.1") -> PreparedUnit:
    file = None if kind is None else ControlFile(path=Path(name), short_hash="0")
    return replace(tiny.tiny_unit(field=field), kind=kind, file=file)


def layout(path: Path) -> AdapterLayout:
    projector = Projector.IDENTITY if path.name == "instant" else Projector.FACE
    return AdapterLayout(projector=projector, input_width=512, context_width=4, attentions=1)


FACE = unit(ControlKind.IP_ADAPTER, "instant")
CONTROL = unit(ControlKind.INSTANT_ID)


def test_it_is_linked_to_the_unit_before_it() -> None:
    plain = unit(ControlKind.CONTROLNET)
    linked = with_token_sources([plain, FACE, CONTROL, plain], layout)
    assert linked[2].token_source is FACE
    assert [one.token_source for one in (linked[0], linked[1], linked[3])] == [None] * 3


@pytest.mark.parametrize(
    "before",
    [
        (),
        (unit(ControlKind.CONTROLNET, "instant"),),
        (unit(ControlKind.IP_ADAPTER, "faceid"),),
        (unit(None),),
        (FACE, unit(ControlKind.CONTROLNET)),
        (FACE, CONTROL),
    ],
)
def test_without_a_face_before_it_it_is_refused(before: tuple[PreparedUnit, ...]) -> None:
    with pytest.raises(InvalidRequest, match="reads the face of the unit before it") as caught:
        with_token_sources([*before, CONTROL], layout)
    assert caught.value.field == "args.1.model"
