"""JSON as A1111 sends it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from sdapi.http.responses import JsonResponse, dump_json, encode_base64, info_text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"b": 1, "a": [1.0, None, True]}, '{"b":1,"a":[1.0,null,true]}'),
        ({"ü": "ß"}, '{"ü":"ß"}'),
        ({1: "one"}, '{"1":"one"}'),
        ([math.nan, math.inf, -math.inf], "[null,null,null]"),
        (None, "null"),
    ],
)
def test_json_is_dense_and_raw(content: Any, text: str) -> None:
    assert dump_json(content).decode() == text


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"a": 2**70, "b": "ü"}, {"a": 2**70, "b": "ü"}),
        ({"a": "\ud800"}, {"a": "\ud800"}),
        ({"a": object(), "b": {1, 2}}, {"a": None, "b": None}),
        ({"a": 2**70, "b": math.nan, "c": [math.inf]}, {"a": 2**70, "b": None, "c": [None]}),
    ],
)
def test_the_slow_way_means_the_same(content: Any, expected: Any) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    data = dump_json(content)
    assert json.loads(data, parse_constant=refuse) == expected
    assert b": " not in data and b", " not in data


def test_info_has_blanks_and_escapes() -> None:
    assert info_text({"a": "ü", "b": [1, object()]}) == '{"a": "\\u00fc", "b": [1, null]}'


def test_an_answer_is_json() -> None:
    answer = JsonResponse({"a": 1}, 201)
    assert (answer.status_code, answer.body) == (201, b'{"a":1}')
    assert answer.headers["content-type"] == "application/json"


def test_base64_is_padded_and_bare() -> None:
    assert encode_base64(b"\xff\xfe\xfd\xfc") == "//79/A=="
