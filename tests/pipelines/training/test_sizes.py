"""Pictures at their size for training."""

from __future__ import annotations

from PIL import Image

from pipelines.contract.training import TrainingPictures
from pipelines.training.sizes import bucket_of, fit_picture


def plan(**changes: object) -> TrainingPictures:
    return TrainingPictures(folder="", width=512, height=512, template=("x",), **changes)  # type: ignore[arg-type]


def test_pictures_are_squeezed() -> None:
    assert fit_picture(Image.new("RGB", (100, 50)), plan()).size == (512, 512)


def test_or_left_as_they_are() -> None:
    assert fit_picture(Image.new("RGB", (100, 50)), plan(varsize=True)).size == (100, 50)


def test_buckets_keep_the_shape() -> None:
    assert bucket_of((1000, 1000), plan(bucket_step=64)) == (512, 512)
    width, height = bucket_of((1600, 900), plan(bucket_step=64))
    assert width % 64 == height % 64 == 0
    assert width * height <= 512 * 512
    assert abs(width / height - 16 / 9) < 0.15
    assert fit_picture(Image.new("RGB", (1600, 900)), plan(bucket_step=64)).size == (width, height)
