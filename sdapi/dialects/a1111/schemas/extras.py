"""Bodies of the extras routes, png-info and interrogate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from sdapi.dialects.a1111.schemas.pictures import PictureText
from sdapi.http.lax import Bool, Float, Int, Str, to_str


def _bounded(check: Callable[[float], bool], words: str, kind: str, limit: float) -> AfterValidator:
    def validate(value: Any) -> Any:
        if not check(value):
            message = f"ensure this value is {words} {limit}"
            raise PydanticCustomError(f"value_error.number.{kind}", message, {"limit_value": limit})  # type: ignore[arg-type]
        return value

    return AfterValidator(validate)


def _at_least(limit: float) -> AfterValidator:
    return _bounded(lambda v: v >= limit, "greater than or equal to", "not_ge", limit)


def _at_most(limit: float) -> AfterValidator:
    return _bounded(lambda v: v <= limit, "less than or equal to", "not_le", limit)


_positive = _bounded(lambda v: v > 0, "greater than", "not_gt", 0)


def _mode(value: int) -> int:
    if value not in (0, 1):
        context = {"given": value, "permitted": [0, 1]}
        raise PydanticCustomError("value_error.const", "unexpected value; permitted: 0, 1", context)
    return value


MAX_IMAGES = 1000
"""Most pictures of one request."""

Mode: TypeAlias = Annotated[Int, AfterValidator(_mode), Field(json_schema_extra={"enum": [0, 1]})]
Share: TypeAlias = Annotated[
    Float, _at_least(0), _at_most(1), Field(json_schema_extra={"minimum": 0, "maximum": 1})
]
Factor: TypeAlias = Annotated[Float, _positive, Field(json_schema_extra={"exclusiveMinimum": 0})]
Pixels: TypeAlias = Annotated[Int, _at_least(1), Field(json_schema_extra={"minimum": 1})]
Stripped: TypeAlias = Annotated[PictureText, AfterValidator(lambda text: to_str(text).strip())]


class _Extras(BaseModel):
    resize_mode: Mode = 0
    show_extras_results: Bool = True
    gfpgan_visibility: Share = 0
    codeformer_visibility: Share = 0
    codeformer_weight: Share = 0
    upscaling_resize: Factor = 2
    upscaling_resize_w: Pixels = 512
    upscaling_resize_h: Pixels = 512
    upscaling_crop: Bool = True
    upscaler_1: Str = "None"
    upscaler_2: Str = "None"
    extras_upscaler_2_visibility: Share = 0
    upscale_first: Bool = False


class ExtrasSingleImageRequest(_Extras):
    """Body of ``extra-single-image``."""

    image: PictureText = ""


class FileData(BaseModel):
    """A picture and a name that has no effect."""

    data: PictureText
    name: Str


class ExtrasBatchImagesRequest(_Extras):
    """Body of ``extra-batch-images``."""

    imageList: Annotated[list[FileData], Field(json_schema_extra={"minItems": 1, "maxItems": MAX_IMAGES})]


class ExtrasSingleImageResponse(BaseModel):
    """The operations as HTML, and the picture."""

    html_info: str
    image: str | None = None
    warnings: list[str] = []


class ExtrasBatchImagesResponse(BaseModel):
    """The operations on the last picture as HTML, and all pictures."""

    html_info: str
    images: list[str]
    warnings: list[str] = []


class PNGInfoRequest(BaseModel):
    """Body of ``png-info``."""

    image: Stripped


class PNGInfoResponse(BaseModel):
    """Infotext, other metadata, and the infotext's fields."""

    info: str
    items: dict[str, Any]
    parameters: dict[str, Any]


class InterrogateRequest(BaseModel):
    """Body of ``interrogate``."""

    image: PictureText = ""
    model: Str = "clip"


class InterrogateResponse(BaseModel):
    """A caption or tags."""

    caption: str
    warnings: list[str] = []
