"""The request by which pictures are prepared for training, and its result, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.contract.options import GenerationOptions
from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import EngineResult


@dataclass(frozen=True, slots=True, kw_only=True)
class FocalCrop:
    """Crop around the most interesting place: the weights of edges, entropy and faces.

    ``debug`` marks the place in the picture.
    """

    edges: float = 0.5
    entropy: float = 0.15
    faces: float = 0.9
    debug: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiCrop:
    """Crop to the size whose shape fits best, of sides and areas within bounds, in multiples of 64.

    ``maximise_area``: the largest of those within ``threshold`` of the picture's shape, else the nearest.
    """

    least_side: int = 384
    most_side: int = 768
    least_area: int = 64 * 64
    most_area: int = 640 * 640
    maximise_area: bool = True
    threshold: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PreprocessRequest(EngineRequest):
    """Prepare the pictures of a folder for training, into another one.

    ``text_action``: what becomes of a text beside a picture when there is a caption: ``ignore``, ``copy``
    (the text takes the caption's place), ``prepend`` or ``append``. ``split``: tall and wide pictures become
    several, if their shape is beyond ``split_threshold`` of the wanted one, which overlap by
    ``overlap_ratio``.
    """

    source: str
    destination: str
    width: int
    height: int
    text_action: str = "ignore"
    keep_size: bool = False
    flip: bool = False
    split: bool = False
    split_threshold: float = 0.5
    overlap_ratio: float = 0.2
    caption: bool = False
    tags: bool = False
    focal: FocalCrop | None = None
    multi: MultiCrop | None = None
    options: GenerationOptions = field(default_factory=GenerationOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreprocessResult(EngineResult):
    """The numbers of pictures that were read and written."""

    read: int
    written: int
