"""The size at which a picture is trained: squeezed into the plan's, its own, or the nearest bucket."""

from __future__ import annotations

from PIL import Image

from pipelines.contract.training import TrainingPictures


def fit_picture(picture: Image.Image, plan: TrainingPictures) -> Image.Image:
    """Bring a picture to its size for training. A1111 squeezes; buckets cut off both ends alike."""
    if plan.varsize:
        return picture
    if not plan.bucket_step:
        return picture.resize((plan.width, plan.height), Image.Resampling.BICUBIC)
    return _covering(picture, bucket_of(picture.size, plan))


def bucket_of(size: tuple[int, int], plan: TrainingPictures) -> tuple[int, int]:
    """Return (width, height) of the bucket: the nearest shape whose area is at most that of the plan."""
    step, area = plan.bucket_step, plan.width * plan.height
    shapes: list[tuple[int, int]] = []
    for width in range(step, area // step + 1, step):
        height = area // width // step * step
        if height:
            shapes.append((width, height))
    wanted = size[0] / size[1]
    return min(shapes, key=lambda shape: (abs(shape[0] / shape[1] - wanted), -shape[0] * shape[1]))


def _covering(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    width, height = size
    scale = max(width / picture.width, height / picture.height)
    large = (max(width, round(picture.width * scale)), max(height, round(picture.height * scale)))
    resized = picture.resize(large, Image.Resampling.LANCZOS)
    left, top = (large[0] - width) // 2, (large[1] - height) // 2
    return resized.crop((left, top, left + width, top + height))
