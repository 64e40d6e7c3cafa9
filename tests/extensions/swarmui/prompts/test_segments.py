"""The tag of a segment is read, and refused where it can't be done."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.swarmui.prompts.segments import SegmentPart, read_segment
from extensions.swarmui.prompts.tags import PromptTag


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a face", {"finder": "a face"}),
        ("a face, 0.4", {"finder": "a face", "creativity": 0.4}),
        ("face,0.4,0.3", {"finder": "face", "creativity": 0.4, "threshold": 0.3}),
        ("face,0.4,-0.3", {"finder": "face", "creativity": 0.4, "threshold": 0.3, "inverted": True}),
        ("yolo-face.pt-1,0.8", {"finder": "yolo-face.pt-1", "creativity": 0.8}),
        ("yolo-x:0,apple,2:,0.8,0.25", {"finder": "yolo-x:0,apple,2:", "creativity": 0.8, "threshold": 0.25}),
        ("a|yolo-x:0,2:|b, 0.8", {"finder": "a|yolo-x:0,2:|b", "creativity": 0.8}),
        ("odd: words, 0.8", {"finder": "odd: words", "creativity": 0.8}),
    ],
)
def test_finders_and_numbers(content: str, said: dict[str, Any]) -> None:
    tag = PromptTag(name="segment", data="", content=content, whole="")
    assert read_segment(tag, content) == SegmentPart(**said)


def test_several_finders_for_one_part() -> None:
    assert SegmentPart(finder="yolo-face.pt | hair").finders == ("yolo-face.pt", "hair")
