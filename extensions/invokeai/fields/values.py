"""Values that travel along edges: names of what lies in the store, colours, boxes, metadata."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, Field, RootModel, model_validator


class ImageField(BaseModel):
    """A picture in the store."""

    image_name: str = Field(description="The picture's name")


class VideoField(BaseModel):
    """A video in the store."""

    video_id: str = Field(description="The video's id")


class BoardField(BaseModel):
    """A board."""

    board_id: str = Field(description="The board's id")


class TensorField(BaseModel):
    """A tensor in the store."""

    tensor_name: str = Field(description="The tensor's name")


class LatentsField(BaseModel):
    """Latents in the store."""

    latents_name: str = Field(description="The latents' name")
    seed: int | None = Field(default=None, description="The seed that they were made with")


class ConditioningField(BaseModel):
    """Conditioning in the store, for a region of the picture where there is a mask."""

    conditioning_name: str = Field(description="The conditioning's name")
    mask: TensorField | None = Field(default=None, description="True where the conditioning holds")


class FluxConditioningField(BaseModel):
    """Conditioning for FLUX in the store."""

    conditioning_name: str = Field(description="The conditioning's name")
    mask: TensorField | None = Field(default=None, description="True where the conditioning holds")


class SD3ConditioningField(BaseModel):
    """Conditioning for Stable Diffusion 3 in the store."""

    conditioning_name: str = Field(description="The conditioning's name")


class CogView4ConditioningField(BaseModel):
    """Conditioning for CogView 4 in the store."""

    conditioning_name: str = Field(description="The conditioning's name")


class FluxReduxConditioningField(BaseModel):
    """An image prompt of FLUX Redux."""

    conditioning: TensorField = Field(description="The encoded picture")
    mask: TensorField | None = Field(default=None, description="True where it holds")


class DenoiseMaskField(BaseModel):
    """The part to denoise, as a mask: 0 is denoised whole, 1 is kept."""

    mask_name: str = Field(description="The mask's name")
    masked_latents_name: str | None = Field(default=None, description="Latents of the picture without it")
    gradient: bool = Field(default=False, description="Whether values between 0 and 1 count")


class ColorField(BaseModel):
    """A colour and its opacity, each in 0..255."""

    r: int = Field(ge=0, le=255, description="Red")
    g: int = Field(ge=0, le=255, description="Green")
    b: int = Field(ge=0, le=255, description="Blue")
    a: int = Field(ge=0, le=255, description="Opacity")

    def tuple(self) -> tuple[int, int, int, int]:
        """Return red, green, blue and opacity, as Pillow takes a colour of mode RGBA."""
        return self.r, self.g, self.b, self.a


class BoundingBoxField(BaseModel):
    """A box in pixels: left and top belong to it, right and bottom don't."""

    x_min: int = Field(description="Left")
    x_max: int = Field(description="Right")
    y_min: int = Field(description="Top")
    y_max: int = Field(description="Bottom")
    score: float | None = Field(default=None, ge=0.0, le=1.0, description="How sure a detector is")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.x_min > self.x_max or self.y_min > self.y_max:
            raise ValueError("the least x and y must not be above the greatest")
        return self

    def tuple(self) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom, as Pillow's ``crop`` takes them."""
        return self.x_min, self.y_min, self.x_max, self.y_max


class MetadataField(RootModel[dict[str, Any]]):
    """Metadata of any kind."""

    root: dict[str, Any] = Field(description="The metadata")


class MetadataItemField(BaseModel):
    """One entry of metadata."""

    label: str = Field(description="Its name")
    value: Any = Field(description="Its value")
