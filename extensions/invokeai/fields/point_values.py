"""Points in a picture that say where a thing is, and where it isn't."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, Field


class SAMPointLabel(Enum):
    """What a point says."""

    negative = -1
    neutral = 0
    positive = 1


class SAMPoint(BaseModel):
    """A point in pixels."""

    x: int = Field(description="From the left")
    y: int = Field(description="From the top")
    label: SAMPointLabel = Field(description="Whether the thing is there")


class SAMPointsField(BaseModel):
    """Points that mean one thing."""

    points: list[SAMPoint] = Field(min_length=1, description="The points")
