"""A flat object becomes a request: aliases, nulls, rawInput, presets, and warnings about unknown names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from extensions.swarmui.models.choices import Choices
from extensions.swarmui.parameters.request import count_of, flat, read_request
from pipelines.contract.errors import InvalidRequest

PRESETS = {
    "Fast": {"steps": "4", "cfg_scale": 2},
    "Broken": {"steps": "x"},
    "Oil": {"prompt": "oil, {value}, {value}", "Negative Prompt": "photo{value}"},
    "Many": {"prompt": "{value}" * 1000},
}


def find(title: str) -> Mapping[str, Any] | None:
    return PRESETS.get(title)


def test_every_spelling_and_nothing_for_null() -> None:
    body = {"session_id": "x", "CFG Scale": 3, "Negative Prompt": "b", "initimage": None, "guidanceScale": 5}
    request = read_request(body, Choices(), find)
    assert request.values == {"cfgscale": 3.0, "negativeprompt": "b"}
    assert request.warnings == ("'guidanceScale' is no parameter of this server and is ignored",)
    assert (request.get("cfgscale", 7.0), request.get("steps", 20), request.has("steps")) == (3.0, 20, False)


def test_raw_input_lies_over_the_rest() -> None:
    body = {"steps": 1, "seed": 5, "rawInput": {"steps": 2, "rawInput": {"steps": 3, "prompt": "x"}}}
    assert flat(body) == {"steps": 3, "seed": 5, "prompt": "x"}
    assert flat({"rawInput": "no object", "steps": 1}) == {"steps": 1}


def test_presets_hold_over_the_request() -> None:
    body = {"steps": 30, "presets": ["Fast", "Nobody"], "extra_metadata": {"client": "x", "deep": {}}}
    request = read_request(body, Choices(), find)
    assert request.values == {"steps": 4, "cfgscale": 2.0}
    assert (request.presets, request.extra) == (("Fast",), {"client": "x"})
    assert request.warnings == ("presets: no preset is called 'Nobody'",)
    with pytest.raises(InvalidRequest):
        read_request({"presets": "Broken"}, Choices(), find)


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ({"prompt": "a cat"}, "oil, a cat, a cat"),
        ({"prompt": "a cat <segment:face> eyes"}, "oil, a cat, a cat<segment:face> eyes"),
        ({}, "oil, , "),
    ],
)
def test_a_preset_may_keep_what_was_there_before(prompt: dict[str, str], found: str) -> None:
    request = read_request({**prompt, "presets": ["Oil"]}, Choices(), find)
    assert (request.values["prompt"], request.values["negativeprompt"]) == (found, "photo")


def test_only_presets_edit_what_was_there_before() -> None:
    body = {"prompt": "a {value} sign", "negativeprompt": "{value}"}
    assert read_request(body, Choices(), find).values == body
    request = read_request({**body, "presets": ["Oil"]}, Choices(), find)
    assert request.values["prompt"] == "oil, a {value} sign, a {value} sign"


def test_presets_in_presets_come_to_an_end() -> None:
    with pytest.raises(InvalidRequest, match="too much text"):
        read_request({"prompt": "abc", "presets": ["Many"] * 4}, Choices(), find)


def test_a_count_is_wanted() -> None:
    assert count_of({"Images": "3"}) == "3"
    with pytest.raises(InvalidRequest, match="Missing required parameter 'images'"):
        count_of({"images": None})


def test_videos_are_not_made_and_wishes_of_the_server_are_no_parameters() -> None:
    body = {"videomodel": "x", "Text2Video FPS": 24, "priority": 3, "webhook": None, "keep_alive": "5m"}
    request = read_request(body, Choices(), find)
    assert request.warnings == (
        "'videomodel' is ignored: no videos are made here, the answer is a picture",
        "'Text2Video FPS' is ignored: no videos are made here, the answer is a picture",
    )
