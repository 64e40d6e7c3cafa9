"""Points in a picture, on a thing and off it."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, Field


class SAMPointLabel(Enum):
    """The sense of a point: off the thing, neither, on the thing."""

    negative = -1
    neutral = 0
    positive = 1


class SAMPoint(BaseModel):
    """A point in pixels."""

    x: int = Field(description="From the left")
    y: int = Field(description="From the top")
    label: SAMPointLabel = Field(description="Whether the thing is there")


class SAMPointsField(BaseModel):
    """Points that belong to one thing."""

    points: list[SAMPoint] = Field(min_length=1, description="The points")
