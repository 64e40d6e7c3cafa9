"""Pictures that clients send: bytes, base64, data URIs or URLs, checked before they reach the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anyio.to_thread import run_sync

from pipelines.pictures.reading.base64_text import read_base64
from pipelines.pictures.reading.opening import TooManyPixels, UnreadablePicture, check_size, open_picture
from sdapi.http.errors import ApiError
from sdapi.http.fetch import FetchPolicy, fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureReader:
    """Reads pictures under the server's limits. ``policy`` is asked anew, as options can change."""

    policy: Callable[[], FetchPolicy]
    max_pixels: int

    async def read(self, value: object, *, field: str) -> bytes:
        """The encoded picture behind a request value, unchanged. Errors name ``field``."""
        if isinstance(value, bytes):
            await run_sync(self._check, value, field, "Invalid encoded image")
            return value
        if not isinstance(value, str):
            raise ApiError(422, "Invalid encoded image", field=field)
        if value.startswith(("http://", "https://")):
            data = await fetch(value, self.policy(), field=field)
            await run_sync(self._check, data, field, "Invalid image url")
            return data
        return await run_sync(self._decode, value, field)

    def _decode(self, value: str, field: str) -> bytes:
        data = decode_base64(value, field=field)
        self._check(data, field, "Invalid encoded image")
        return data

    async def read_text(self, text: str, *, field: str) -> bytes | None:
        """The encoded picture of base64 or a data URI; None for any other text, which the caller judges.

        Its size is checked by the head of the file. Raises ApiError for one with too many pixels.
        """
        return await run_sync(self._read_text, text, field)

    def _read_text(self, text: str, field: str) -> bytes | None:
        try:
            data = read_base64(text)
            check_size(data, max_pixels=self.max_pixels)
        except TooManyPixels as error:
            raise ApiError(422, str(error), field=field) from error
        except ValueError:
            return None
        return data

    def _check(self, data: bytes, field: str, message: str) -> None:
        try:
            open_picture(data, max_pixels=self.max_pixels)
        except TooManyPixels as error:
            raise ApiError(422, str(error), field=field) from error
        except UnreadablePicture as error:
            raise ApiError(422, message, field=field) from error


def decode_base64(text: str, *, field: str) -> bytes:
    """Bytes of base64 or of a data URI, as people write them. Raises ApiError."""
    try:
        return read_base64(text)
    except ValueError as error:
        raise ApiError(422, "Invalid encoded image", field=field) from error
