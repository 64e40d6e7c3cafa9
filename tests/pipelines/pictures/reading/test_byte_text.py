"""Text in any encoding is read as it was written."""

from __future__ import annotations

import codecs

import pytest

from pipelines.pictures.reading.byte_text import decode_comment, guess_text

PLAIN = "a cat, red\nNegative prompt: blurry\nSteps: 20, Seed: 12"
MIXED = "a cat, 猫 café\nSteps: 20, Seed: 12"
UNICODE, ASCII, JIS, NONE = b"UNICODE\0", b"ASCII\0\0\0", b"JIS\0\0\0\0\0", bytes(8)


@pytest.mark.parametrize("text", [PLAIN, MIXED, "x", ""])
@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le", "utf-8"])
@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("prefix", [UNICODE, b"Unicode ", NONE, ASCII])
def test_unicode_of_either_order(prefix: bytes, mark: bool, encoding: str, text: str) -> None:
    marks = {"utf-16-be": codecs.BOM_UTF16_BE, "utf-16-le": codecs.BOM_UTF16_LE, "utf-8": codecs.BOM_UTF8}
    raw = (marks[encoding] if mark else b"") + text.encode(encoding)
    assert decode_comment(prefix + raw) == text
    assert decode_comment(prefix + raw + bytes(4)) == text, "padding is no text"


@pytest.mark.parametrize("text", ["一只红色的猫在草地上", "Кошка на траве", "ネコ", "éàü"])
def test_the_big_endian_order_is_taken_where_the_bytes_tell_nothing(text: str) -> None:
    assert decode_comment(UNICODE + text.encode("utf-16-be")) == text


@pytest.mark.parametrize("encoding", ["shift_jis", "euc_jp", "iso2022_jp", "utf-8"])
def test_japanese(encoding: str) -> None:
    assert decode_comment(JIS + "赤い猫, 20".encode(encoding)) == "赤い猫, 20"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (PLAIN.encode(), PLAIN),
        (ASCII + b"plain", "plain"),
        (ASCII + b"caf\xe9", "café"),
        (NONE + "猫".encode(), "猫"),
        (b"short", "short"),
        (b"", ""),
        (UNICODE, ""),
        (UNICODE + MIXED.encode("utf-16-be")[:-1], MIXED[:-1]),
        (UNICODE + b"\0", ""),
        (JIS + b"\xff\xfe\xfd" + b"a", "\ufffd"),
    ],
)
def test_what_can_be_read_is_read(raw: bytes, text: str) -> None:
    assert decode_comment(raw)[: len(text) or 1] == text


def test_a_cut_or_damaged_character_costs_only_itself() -> None:
    whole = "赤い猫, a cat".encode()
    assert guess_text("a cat 猫".encode()[:-1]) == "a cat "
    assert guess_text(whole[:3] + b"\xff" + whole[3:]) == "赤い猫, a cat"
    assert guess_text(b"caf\xe9 ol\xe9") == "café olé"
