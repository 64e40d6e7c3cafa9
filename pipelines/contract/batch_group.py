"""Groups of generations that may share a device: the same weights for the same size of picture."""

from __future__ import annotations

import hashlib
import re

from pipelines.contract.codec import encode
from pipelines.contract.requests import GenerationRequest

_TAG = re.compile(r"<[^<>]*>")


def generation_group(request: GenerationRequest) -> str:
    """Return a text that is equal for requests that load the same weights for the same size of picture.

    Such jobs share a device without undoing each other's work: everything may differ but the checkpoint,
    the size, the networks that prompts name, and the options. Empty for what must run alone.
    """
    if request.script or request.refiner or request.hires:
        return ""
    own = request.per_picture
    parts = [request.prompt, request.negative_prompt, *own.prompts, *own.negative_prompts]
    parts += [text for style in request.styles for text in (style.prompt, style.negative_prompt)]
    tags = sorted({tag for part in parts for tag in _TAG.findall(part)})
    shared = (request.checkpoint, request.width, request.height, request.tiling, tags, request.options)
    return hashlib.sha256(encode([*shared, request.always_on])).hexdigest()
