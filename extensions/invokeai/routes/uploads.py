"""Keep pictures that clients send: read within the limits, cut and resized if asked, with their metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from anyio.to_thread import run_sync

from extensions.invokeai.fields.dtos import ImageDTO
from extensions.invokeai.store.images import ImageWish
from extensions.invokeai.store.store import Gallery
from extensions.invokeai.vocabulary.nodes import ImageCategory, ResourceOrigin
from sdapi.plugin import ApiError, State

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_TEXT = 4 << 20


async def keep(
    gallery: Gallery,
    state: State,
    data: bytes,
    *,
    category: ImageCategory,
    is_intermediate: bool,
    board_id: str | None = None,
    session_id: str | None = None,
    crop_visible: bool = False,
    resize_to: str | None = None,
    metadata: str | None = None,
) -> ImageDTO:
    """Save a picture; the facts about it. Raises ApiError 415, 400 or 404."""
    size = _size(resize_to, state.config.limits.image_pixels)
    image = await run_sync(_read, data, state.config.limits.image_pixels)
    if board_id is not None and not await run_sync(gallery.boards.exists, board_id):
        raise ApiError(404, "Board not found")
    wish = ImageWish(
        origin=ResourceOrigin.EXTERNAL,
        category=category,
        is_intermediate=is_intermediate,
        session_id=session_id,
        board_id=board_id,
        metadata=_json(metadata, "metadata") or _own(image, "invokeai_metadata"),
        workflow=_own(image, "invokeai_workflow"),
        graph=_own(image, "invokeai_graph"),
    )
    return await run_sync(_save, gallery, image, wish, crop_visible, size)


def _read(data: bytes, most: int) -> Image:
    from pipelines.plugin import UnreadablePicture, open_picture

    try:
        return open_picture(data, max_pixels=most)
    except UnreadablePicture as error:
        raise ApiError(415, f"Failed to read image: {error}") from error


def _save(
    gallery: Gallery, image: Image, wish: ImageWish, crop: bool, size: tuple[int, int] | None
) -> ImageDTO:
    if crop and (box := image.getbbox()):
        image = image.crop(box)
    if size is not None:
        image = image.convert("RGBA" if "A" in image.mode or image.mode == "P" else "RGB").resize(size)
    return gallery.images.save(image, wish)


def _size(text: str | None, most: int) -> tuple[int, int] | None:
    """``[width, height]`` as JSON. Raises ApiError 400."""
    if not text:
        return None
    try:
        value: Any = json.loads(text)
        width, height = (int(side) for side in value)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise ApiError(400, "Invalid resize_to format or size") from None
    if width < 1 or height < 1 or width * height > most:
        raise ApiError(400, "Invalid resize_to format or size")
    return width, height


def _json(text: str | None, what: str) -> str | None:
    """A text that is a JSON object. Raises ApiError 400."""
    if not text:
        return None
    if not _is_object(text):
        raise ApiError(400, f"Invalid {what}: it must be a JSON object")
    return text


def _own(image: Image, key: str) -> str | None:
    """A JSON object among the file's own texts, if it can be read."""
    text = image.info.get(key)
    return text if isinstance(text, str) and len(text) < LONGEST_TEXT and _is_object(text) else None


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
