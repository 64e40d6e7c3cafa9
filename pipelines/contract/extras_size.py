"""The sizes of pictures that the extras tab makes, computed and checked before it makes any."""

from __future__ import annotations

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import FLAGS, WorkLimits, check_picture
from pipelines.contract.requests import ExtrasRequest

OFF = ("None", "")
"""Upscalers that switch the whole step off, even resizing to a size."""


def enlargement(request: ExtrasRequest, size: tuple[int, int]) -> float:
    """Return the factor by which a picture of ``size`` is upscaled; 1 without an upscaler.

    To a size (``resize_mode`` 1) it is the one that covers the size, so that cropping only takes away.
    """
    if request.upscaler_1 in OFF:
        return 1.0
    if request.resize_mode == 1:
        return max(request.width / size[0], request.height / size[1])
    return request.scale


def check_count(field: str, count: int, limits: WorkLimits) -> None:
    """Raise InvalidRequest for more pictures than one job may take in."""
    if not 1 <= count <= limits.pictures:
        flags = f"{FLAGS['batch_size']} times {FLAGS['batch_count']}"
        text = f"there must be 1 to {limits.pictures} pictures, not {count} (see {flags})"
        raise InvalidRequest(text, field=field)


def check_enlarged(request: ExtrasRequest, size: tuple[int, int], limits: WorkLimits) -> None:
    """Raise InvalidRequest if a picture of ``size`` becomes too large, before it is cropped or after."""
    factor = enlargement(request, size)
    if factor == 1.0:
        return
    if request.resize_mode == 1:
        _check(request.width, request.height, request.width >= request.height, limits)
        wide = request.width * size[1] >= request.height * size[0]
        _check(size[0] * factor, size[1] * factor, wide, limits)
    else:
        check_picture("extras.scale", size[0] * factor, size[1] * factor, limits)


def _check(width: float, height: float, wide: bool, limits: WorkLimits) -> None:
    check_picture("extras.width" if wide else "extras.height", width, height, limits)
