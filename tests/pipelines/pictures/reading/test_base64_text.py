"""base64 is read as people write it."""

from __future__ import annotations

import base64
import contextlib
import textwrap
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pictures.reading.base64_text import read_base64

DATA = bytes(range(256)) + b"\xfb\xff\xfe\xff"
TEXT = base64.b64encode(DATA).decode()
SAFE = base64.urlsafe_b64encode(DATA).decode()


@pytest.mark.parametrize("length", range(1, 9))
def test_padding_may_be_left_out(length: int) -> None:
    text = base64.b64encode(DATA[:length]).decode()
    for written in (text, text.rstrip("="), text.rstrip("=") + "=", text + "==="):
        assert read_base64(written) == DATA[:length]


@pytest.mark.parametrize(
    "text",
    [
        SAFE,
        SAFE.rstrip("="),
        f"  {TEXT}\n",
        "\n".join(textwrap.wrap(TEXT, 76)),
        "\r\n".join(textwrap.wrap(SAFE, 64)),
        TEXT.replace("A", " A\t"),
        f"data:image/png;base64,{TEXT}",
        f"data:image/jpeg;charset=utf-8;base64,{TEXT}",
        f"data:application/octet-stream;base64,{TEXT}",
        f"data:;base64,{SAFE}",
        f"data:,{TEXT}",
        f"DATA:Image/PNG;BASE64,{TEXT}",
        f"data:image/png;base64, {TEXT}",
        f"data:image/png;base64,{quote(TEXT, safe='')}",
        quote(TEXT, safe=""),
        f"b'{TEXT}'",
        f'"{TEXT}"',
        f"\ufeff{TEXT}",
    ],
)
def test_forms(text: str) -> None:
    assert read_base64(text) == DATA


@pytest.mark.parametrize(
    "text", ["", " ", "=", "A", "AAAAA", "data:image/png;base64,", "data:image/png", "!?", "猫"]
)
def test_what_is_none_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        read_base64(text)


@given(st.binary(min_size=1, max_size=64), st.booleans(), st.booleans())
def test_every_value_survives(data: bytes, safe: bool, padded: bool) -> None:
    text = (base64.urlsafe_b64encode if safe else base64.b64encode)(data).decode()
    assert read_base64(text if padded else text.rstrip("=")) == data


@given(st.text(max_size=40))
def test_any_text_is_data_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert read_base64(text)
