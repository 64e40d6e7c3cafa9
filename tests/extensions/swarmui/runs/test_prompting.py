"""Both prompts of a picture, and what the negative one says of parts and places."""

from __future__ import annotations

import random

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.prompts.world import PromptWorld
from extensions.swarmui.runs.prompting import PromptsOfPicture, prompts_of


def prompts(prompt: str, negative: str = "") -> PromptsOfPicture:
    request = SwarmRequest(values={"prompt": prompt, "negativeprompt": negative})
    return prompts_of(request, PromptWorld(), Choices(), random.Random(1))


def test_a_segments_negative_prompt_is_that_of_the_same_name() -> None:
    found = prompts("a <segment:face>b <segment:hand>c", "bad <segment:face> ugly")
    assert [part.negative_prompt for part in found.prompt.segments] == ["ugly", ""]
    assert (found.negative, found.warnings) == ("bad", ())
    assert found.extra["original_negativeprompt"] == "bad <segment:face> ugly"


def test_places_of_the_negative_prompt_hold_everywhere() -> None:
    found = prompts("a", "bad<region:0,0,1,1>ugly<region:background>dark")
    assert found.negative == "bad, dark, ugly"
    assert found.warnings == ("negativeprompt: the text of its regions holds everywhere",)
