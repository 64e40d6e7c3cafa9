"""An AVIF whose EXIF block is damaged is still a picture, and the block is read as far as it goes."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.pictures.decode import decode_picture
from pipelines.pictures.metadata import read_metadata
from pipelines.pictures.reading.avif_exif import is_avif, without_exif
from tests.pipelines.pictures.files import encoded, exif, scene

TEXT = "a cat, 猫\nSteps: 20"
BLOCK = exif(b"UNICODE\0" + TEXT.encode("utf-16-be"))
AVIF = encoded(scene(32, 32), "AVIF", exif=BLOCK)
PLACE = AVIF.index(b"MM\0*")


@pytest.mark.parametrize("place", range(44))
@pytest.mark.parametrize("value", [0, 0xFF])
def test_no_damaged_byte_costs_the_picture(place: int, value: int) -> None:
    damaged = bytearray(AVIF)
    damaged[PLACE + place] = value
    image = decode_picture(bytes(damaged), field="x")
    assert image.size == (32, 32)
    assert read_metadata(image)[0] == TEXT


def test_the_table_is_all_that_changes() -> None:
    sound, block = without_exif(AVIF)
    assert len(sound) == len(AVIF)
    assert sum(a != b for a, b in zip(sound, AVIF, strict=True)) == 8  # the type and the name
    assert block == BLOCK
    assert decode_picture(sound, field="x").tobytes() == decode_picture(AVIF, field="x").tobytes()


def test_files_without_exif_stay() -> None:
    plain = encoded(scene(32, 32), "AVIF")
    assert without_exif(plain) == (plain, b"")
    assert without_exif(b"meta") == (b"meta", b"")
    assert is_avif(plain)
    assert not is_avif(encoded(scene()))


def test_other_damage_is_an_error() -> None:
    with pytest.raises(InvalidRequest):
        decode_picture(AVIF[: len(AVIF) // 2], field="x")
