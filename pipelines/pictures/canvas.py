"""A picture of one colour."""

from __future__ import annotations

from PIL import Image

from pipelines.contract.errors import InvalidRequest


def plain_canvas(mode: str, size: tuple[int, int], background: str, *, option: str) -> Image.Image:
    """``background`` is a colour such as ``#ffffff``. Raises InvalidRequest naming the option otherwise."""
    try:
        return Image.new(mode, size, background)
    except ValueError as error:
        raise InvalidRequest(
            f"{background!r} is no colour: write it as #ffffff", field=f"options.{option}"
        ) from error
