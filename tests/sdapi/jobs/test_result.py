"""Answers for finished jobs: base64, links, or a picture as it is."""

from __future__ import annotations

import base64
import json

import pytest

from pipelines.contract.results import CheckpointResult, ExtrasResult, GenerationResult, TextResult
from sdapi.http.dialect import FieldNames
from sdapi.http.errors import ApiError
from sdapi.jobs.result import picture_type, raw_picture, result_json, wants_picture
from tests.sdapi.fakes import png

MADE = GenerationResult(
    images=(png(), b"\xff\xd8x"),
    info={"seed": 7},
    effective={"width": 64},
    files=("/out/1.png",),
    warnings=("hires.scale: odd",),
)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(), "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "application/octet-stream"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"\0\0\0\x1cftypmp42", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_pictures_type_is_read_from_its_first_bytes(data: bytes, kind: str) -> None:
    assert picture_type(data) == kind


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("image/png", True),
        ("text/html, IMAGE/*;q=0.8", True),
        ("image/png, application/json;q=0.1", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_a_picture_is_sent_to_who_asks_for_nothing_else_that_there_is(accept: str, wanted: bool) -> None:
    assert wants_picture(accept) is wanted


def test_a_raw_picture_is_sent_as_it_is() -> None:
    response = raw_picture(MADE, 1)
    assert (response.body, response.media_type) == (b"\xff\xd8x", "image/jpeg")


@pytest.mark.parametrize("number", [-1, 2])
def test_a_picture_that_is_not_there_is_not_found(number: int) -> None:
    with pytest.raises(ApiError, match="the job has 2 pictures") as missing:
        raw_picture(MADE, number)
    assert (missing.value.status_code, missing.value.field) == (404, "image")
    with pytest.raises(ApiError, match="the job has 0 pictures"):
        raw_picture(TextResult(text="a cat"), 0)


def test_a_generation_is_pictures_files_and_info() -> None:
    found = result_json(MADE, links=lambda files: [f"http://x{file}" for file in files])
    assert [base64.b64decode(image) for image in found["images"]] == list(MADE.images)
    assert json.loads(found["info"]) == {"seed": 7}
    assert found["files"] == ["http://x/out/1.png"]
    assert found["effective_parameters"] == {"width": 64}


def test_warnings_are_in_the_names_of_a_dialect() -> None:
    found = result_json(MADE, names=FieldNames({"hires.scale": "hr_scale"}))
    assert found["warnings"] == ["hr_scale: odd"]


def test_by_url_there_are_files_in_place_of_pictures() -> None:
    found = result_json(MADE, "url")
    assert (found["images"], found["files"]) == ([], ["/out/1.png"])
    assert found["warnings"] == ["hires.scale: odd"]


def test_by_url_it_is_said_when_no_picture_was_saved() -> None:
    for result in (GenerationResult(images=(png(),), info={}), ExtrasResult(images=(png(),))):
        (warning,) = result_json(result, "url")["warnings"]
        assert warning.startswith("form=url: no picture was saved")


def test_other_kinds_tell_their_own_fields() -> None:
    assert result_json(TextResult(text="a cat")) == {"caption": "a cat", "warnings": []}
    extras = result_json(ExtrasResult(images=(b"GIF8",), postprocessing="a: b"))
    assert extras == {"images": ["R0lGOA=="], "postprocessing": "a: b", "warnings": []}


def test_a_job_that_makes_no_pictures_has_no_result() -> None:
    with pytest.raises(ApiError) as missing:
        result_json(CheckpointResult(checkpoint="x"))
    assert (missing.value.status_code, missing.value.field) == (404, "job_id")
