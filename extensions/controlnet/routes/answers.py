"""Schemas of the answers of ``/controlnet/*``."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class ControlNetVersion(BaseModel):
    """The number of the interface."""

    version: int


class ControlNetModels(BaseModel):
    """Titles of control models."""

    model_list: list[str]


class ControlNetSlider(BaseModel):
    """A number that a preprocessor takes."""

    name: str
    value: float
    min: float
    max: float
    step: float | None = None


class ControlNetModule(BaseModel):
    """A preprocessor: whether it works without a model, and its numbers."""

    model_free: bool
    sliders: list[ControlNetSlider]


class ControlNetModules(BaseModel):
    """Preprocessors in order, and by name."""

    module_list: list[str]
    module_detail: dict[str, ControlNetModule]


class ControlNetType(BaseModel):
    """The preprocessors and models of a control type."""

    module_list: list[str]
    model_list: list[str]
    default_option: str
    default_model: str


class ControlNetTypes(BaseModel):
    """Control types by name."""

    control_types: dict[str, ControlNetType]


class ControlNetSettings(BaseModel):
    """The number of units that a user interface shows."""

    control_net_unit_count: int


class DetectResponse(BaseModel):
    """Maps in base64, with poses where people are found; or embeddings in place of maps."""

    images: list[str] | None = None
    poses: list[Any] | None = None
    tensor: list[Any] | None = None
    info: str


class PosePictures(BaseModel):
    """Drawn poses in base64; none without poses."""

    images: list[str] | None = None
    info: str
