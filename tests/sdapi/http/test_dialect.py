"""A dialect's names of our field paths, in paths, warnings and messages."""

from __future__ import annotations

import pytest

from sdapi.http.dialect import OUR_NAMES, PLAIN, Fault, FieldNames

NAMES = FieldNames(
    {
        "start": "begin",
        "start.images": "init_images",
        "extras.images.*": "list.*.data",
        "options": "",
        "refiner.anew": "refiner_switch",
        "sampler": "sampler_name",
    }
)


def test_a_message_that_begins_with_its_field_is_said_in_the_dialects_name() -> None:
    names = FieldNames({"hires.scale": "factor", "rows.*.name": "of_*"})
    assert names.of_message("hires.scale must be 2", "hires.scale") == "factor must be 2"
    assert names.of_message("must be 2", "hires.scale") == "must be 2"
    assert names.of_message("anything", None) == "anything"
    assert names.of("rows.3.name.x") == "of_3.x"
    assert names.of("hires.scale is large") == "factor is large"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("start.images", "init_images"),
        ("start.images.0", "init_images.0"),
        ("start.images_more", "begin.images_more"),
        ("start.other", "begin.other"),
        ("started", "started"),
        ("extras.images.3", "list.3.data"),
        ("extras.images.3.width", "list.3.data.width"),
        ("extras.images", "extras.images"),
        ("options.sd_vae", "sd_vae"),
        ("options", ""),
        ("my.sampler", "my.sampler"),
        ("", ""),
    ],
)
def test_the_longest_path_counts(ours: str, theirs: str) -> None:
    assert NAMES.of(ours) == theirs
    assert OUR_NAMES.of(ours) == ours


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("sampler: none is called 'x'", "sampler_name: none is called 'x'"),
        ("sampler was changed", "sampler was changed"),
        ("start.images are many", "init_images are many"),
    ],
)
def test_a_warning_begins_with_a_path(ours: str, theirs: str) -> None:
    assert NAMES.of(ours) == theirs


def test_plain_errors_name_our_paths() -> None:
    fault = Fault(status=422, kind="InvalidRequest", message="no", field="hires.scale", error=ValueError())
    assert PLAIN.say(fault) == {"error": "InvalidRequest", "message": "no", "field": "hires.scale"}
    assert PLAIN.status(fault) == 422
    assert PLAIN.adds({"images": []}) == {}
