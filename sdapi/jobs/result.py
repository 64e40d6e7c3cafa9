"""The answer for a finished job: pictures as base64, as URLs of saved files, or one as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal, TypeAlias, cast

from starlette.responses import Response

from pipelines.contract.kinds import kind_answered
from pipelines.contract.results import EngineResult
from pipelines.contract.work_kind import ToldField
from sdapi.http.dialect import OUR_NAMES, FieldNames
from sdapi.http.errors import ApiError
from sdapi.http.responses import encode_base64, info_text

Form: TypeAlias = Literal["base64", "url"]

SIGNS = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8", "image/jpeg"),
    (b"GIF8", "image/gif"),
)


def picture_type(data: bytes) -> str:
    """The media type of an encoded picture, by its first bytes."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return next((kind for sign, kind in SIGNS if data.startswith(sign)), "application/octet-stream")


def wants_picture(accept: str) -> bool:
    """True if an Accept header asks for a picture and not for JSON."""
    kinds = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    return any(kind.startswith("image/") for kind in kinds) and "application/json" not in kinds


def raw_picture(result: EngineResult, number: int) -> Response:
    """One picture of the result, counted from 0. Raises ApiError 404 if there is none."""
    images: tuple[bytes, ...] = getattr(result, "images", ())
    if not 0 <= number < len(images):
        raise ApiError(404, f"the job has {len(images)} pictures", field="image")
    return Response(images[number], media_type=picture_type(images[number]))


def result_json(
    result: EngineResult,
    form: Form = "base64",
    links: Callable[[Sequence[str]], list[str]] = list,
    names: FieldNames = OUR_NAMES,
) -> dict[str, Any]:
    """The result of any kind of job; ``url`` names the files that were saved instead of sending pictures.

    ``links`` turns files into addresses; warnings are in ``names``. Raises ApiError 404 for upkeep, which
    makes nothing to show.
    """
    kind = kind_answered(result)
    if kind.upkeep:
        raise ApiError(404, "the job made no pictures", field="job_id")
    rows = _all_fields(result) if kind.told is None else kind.told
    told = {row.name or row.of: _told(getattr(result, row.of), row, links) for row in rows}
    images: tuple[bytes, ...] | None = getattr(result, "images", None)
    pictures = {} if images is None else {"images": _pictures(images, form)}
    linked = any(told[row.name or row.of] for row in rows if row.form == "links")
    unsaved = _unsaved(form) if images is not None and not linked else []
    return {**pictures, **told, "warnings": [*map(names.of, result.warnings), *unsaved]}


def _all_fields(result: EngineResult) -> tuple[ToldField, ...]:
    return tuple(ToldField(of=f.name) for f in fields(result) if f.name != "images")


def _told(value: Any, row: ToldField, links: Callable[[Sequence[str]], list[str]]) -> object:
    if row.form == "links":
        return links(value)
    plain = dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value
    return info_text(plain) if row.form == "text" else plain


def _unsaved(form: Form) -> list[str]:
    """A warning where addresses were asked for and no picture was saved."""
    if form == "base64":
        return []
    return ["form=url: no picture was saved, so there is no address; send save_images: true, or form=base64"]


def _pictures(pictures: tuple[bytes, ...], form: Form) -> list[str]:
    return [encode_base64(picture) for picture in pictures] if form == "base64" else []
