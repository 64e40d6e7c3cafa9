"""Types of fields with encoded pictures, which no pattern can tell from other text."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import WithJsonSchema

from sdapi.http.lax import OptList, OptStr, Str

FORMAT: dict[str, Any] = {"type": "string", "format": "picture"}
"""Base64, a data URL, or a link where the server follows links."""

PictureText: TypeAlias = Annotated[Str, WithJsonSchema(FORMAT)]
OptPicture: TypeAlias = Annotated[OptStr, WithJsonSchema({**FORMAT, "nullable": True})]
OptPictures: TypeAlias = Annotated[
    OptList, WithJsonSchema({"type": "array", "items": FORMAT, "nullable": True})
]
