"""User comment and orientation are read from whole and damaged EXIF blocks."""

from __future__ import annotations

import struct

import pytest

from pipelines.pictures.reading.exif import exif_block, orientation, user_comment_text
from tests.pipelines.pictures.files import exif

TEXT = "a cat, 猫\nSteps: 20, Seed: 12"
COMMENT = b"UNICODE\0" + TEXT.encode("utf-16-be")
DAMAGED = [
    b"",
    b"Exif\0\0",
    b"Exif\0\0MM\0*\0\0\0\x08\0\x01garbage",
    b"Exif\0\0II*\0\x08\0\0\0\x01\0",
    b"Exif\0\0II*\0\xff\xff\xff\x7f",
    b"Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\xff\0\0\0",
    b"II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0" * 600,
    b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", 1) + struct.pack(">HHII", 0x8769, 4, 1, 8),
    b"II*\0\0\0\0\0",
    b"II*",
    bytes(range(256)) * 3,
]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("prefix", [b"Exif\0\0", b"", b"Exif\0\0Exif\0\0", b"junk"])
def test_both_byte_orders_with_and_without_prefix(prefix: bytes, order: str) -> None:
    block = prefix + exif(COMMENT, order, orientation=6).removeprefix(b"Exif\0\0")
    assert user_comment_text(block) == TEXT
    assert orientation({"exif": block}) == 6


@pytest.mark.parametrize("block", DAMAGED)
def test_damage_is_no_error(block: bytes) -> None:
    assert user_comment_text(block) == ""
    assert orientation({"exif": block}) in range(1, 9)


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_every_cut_is_survived(cut: int) -> None:
    block = exif(COMMENT, orientation=3)
    assert TEXT.startswith(user_comment_text(block[:-cut] if cut else block))
    user_comment_text(block[cut:])
    orientation({"exif": block[:cut]})


def test_a_comment_is_found_where_tables_are_damaged() -> None:
    block = bytearray(exif(COMMENT))
    block[6 + 8 + 2 + 8 : 6 + 8 + 2 + 12] = b"\xff\xff\xff\x7f"  # where the EXIF table should be
    assert user_comment_text(bytes(block)) == TEXT
    assert user_comment_text(b"no table " + COMMENT) == TEXT


def test_a_wrong_length_gives_what_is_there() -> None:
    block = exif(COMMENT)
    place = block.index(struct.pack(">HHI", 0x9286, 7, len(COMMENT))) + 4
    for count in (2**32 - 1, len(COMMENT) + 50):
        assert user_comment_text(block[:place] + struct.pack(">I", count) + block[place + 4 :]) == TEXT


def test_short_values_stand_in_the_table() -> None:
    assert user_comment_text(exif(b"abc")) == ""  # the test's writer puts them behind it
    entry = struct.pack(">HHI", 0x9286, 2, 4) + b"cat\0"
    block = b"MM\0*" + struct.pack(">IH", 8, 1) + entry
    assert user_comment_text(block) == "cat"


@pytest.mark.parametrize("value", [0, 9, 255, 65535])
def test_unknown_orientations_turn_nothing(value: int) -> None:
    assert orientation({"exif": exif(b"", orientation=value)}) == 1


def test_orientation_of_xmp_counts_where_exif_says_none() -> None:
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'
    assert orientation({"xmp": xmp}) == 8
    assert orientation({"XML:com.adobe.xmp": "<tiff:Orientation>3</tiff:Orientation>"}) == 3
    assert orientation({"xmp": xmp, "exif": exif(b"", orientation=6)}) == 6


def test_imagemagick_writes_exif_as_text() -> None:
    block = exif(COMMENT)
    text = f"\nexif\n{len(block):8}\n" + "\n".join(
        block.hex()[k : k + 72] for k in range(0, len(block) * 2, 72)
    )
    assert exif_block({"Raw profile type exif": text}) == block
    assert exif_block({"Raw profile type APP1": "\na\n1\nno digits"}) == b""
    assert exif_block({"exif": 3}) == b""
